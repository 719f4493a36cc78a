/** What is kept when dnc itself fails: all that is needed to reproduce it, in a file that a person can send. */
import { existsSync, mkdtempSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { Diagnostic } from "../base/diagnostic.ts";
import { internalError } from "../base/faults.ts";
import { VERSION } from "./version.ts";

/** A larger file is named in the report but not copied into it. */
const MAX_SOURCE_BYTES = 1_000_000;

/** Writes the report; when even that is impossible, the stack goes into the message. */
export function reportBug(error: unknown, args: readonly string[]): Diagnostic {
  const message = error instanceof Error ? error.message : String(error);
  // With the causes, and whatever else the error carries.
  const stack = inspect(error);
  const notes = [`while running ${["dnc", ...args].join(" ")}`];
  try {
    const path = writeReport({ message, stack, args });
    return internalError.at({ notes, help: [`please report it, and attach ${path}`] }, message);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return internalError.at({ notes: [...notes, `no report could be written: ${why}`, stack] }, message);
  }
}

interface Failure {
  readonly message: string;
  readonly stack: string;
  readonly args: readonly string[];
}

function writeReport({ message, stack, args }: Failure): string {
  const report = {
    schema: "dnc/bug-1",
    version: VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    args,
    message,
    stack: stack.split("\n"),
    sources: sourcesOf(args),
  };
  const path = join(mkdtempSync(join(tmpdir(), "dnc-bug-")), "report.json");
  writeFileSync(`${path}.partial`, `${JSON.stringify(report, undefined, 2)}\n`);
  renameSync(`${path}.partial`, path);
  return path;
}

/** The specs among the arguments (`FILE.dn` or `FILE.dn:MODEL`), with their text. */
function sourcesOf(args: readonly string[]): readonly { readonly path: string; readonly text?: string }[] {
  return args.flatMap((argument) => {
    const path = /^(.*\.dn)(?::\w+)?$/.exec(argument)?.[1];
    if (path === undefined || !existsSync(path)) return [];
    return [statSync(path).size > MAX_SOURCE_BYTES ? { path } : { path, text: readFileSync(path, "utf8") }];
  });
}
