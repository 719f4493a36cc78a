/** Writes a file so that it appears whole or not at all, and durably. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Reporter } from "../base/diagnostic.ts";
import { cannotWrite } from "./artifact.ts";
import { systemReasonOf } from "./system-reason.ts";

/**
 * Whether the whole file is there; if not, it was reported why, with `help`, and what stood there before still does.
 */
export function writeWholeFile(
  path: string,
  pieces: readonly (string | Uint8Array)[],
  { help, reporter }: { readonly help: string; readonly reporter: Reporter },
): boolean {
  const target = resolve(path);
  const temporary = join(dirname(target), `.${basename(target)}-${randomBytes(4).toString("hex")}`);
  try {
    mkdirSync(dirname(target), { recursive: true });
    writeDurably(temporary, pieces);
    renameSync(temporary, target);
    return true;
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    const reason = systemReasonOf(error);
    if (reason === undefined) throw error;
    reporter.report(cannotWrite.at({ help: [help] }, path, reason));
    return false;
  }
}

function writeDurably(path: string, pieces: readonly (string | Uint8Array)[]): void {
  const file = openSync(path, "wx");
  try {
    for (const piece of pieces) writeFileSync(file, piece);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
