/** Writes numpy's file format: version 1.0, float32, row-major. */
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
import { endianness } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Reporter } from "../../base/diagnostic.ts";
import { cannotWrite } from "../artifact.ts";
import { systemReasonOf } from "../system-reason.ts";
import type { Output } from "./output.ts";

/** Numpy aligns the values to this, so that they can be mapped into memory. */
const ALIGNMENT = 64;

/** Whether the whole file is there; if not, it was reported why, and what stood there before still does. */
export function writeNpy(path: string, output: Output, reporter: Reporter): boolean {
  const target = resolve(path);
  const temporary = join(dirname(target), `.${basename(target)}-${randomBytes(4).toString("hex")}`);
  try {
    mkdirSync(dirname(target), { recursive: true });
    writeDurably(temporary, npyPieces(output));
    renameSync(temporary, target);
    return true;
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    const reason = systemReasonOf(error);
    if (reason === undefined) throw error;
    reporter.report(cannotWrite.at({ help: ["name another file with `--save`"] }, path, reason));
    return false;
  }
}

function writeDurably(path: string, pieces: readonly Uint8Array[]): void {
  const file = openSync(path, "wx");
  try {
    for (const piece of pieces) writeFileSync(file, piece);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function npyPieces({ shape, data }: Output): readonly [Uint8Array, Uint8Array] {
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  const order = endianness() === "LE" ? "<" : ">";
  // Python writes a tuple of one with a comma behind it.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const prefix = 10;
  const length = Math.ceil((prefix + text.length + 1) / ALIGNMENT) * ALIGNMENT - prefix;
  const header = new Uint8Array(prefix + length);
  header.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  header.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), prefix);
  return [header, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
}
