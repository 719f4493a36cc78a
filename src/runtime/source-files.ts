/** Reads spec files, and the files that they import, from disk or standard input. */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import type { SourceFile } from "../base/source.ts";
import { quoted, withByteUnit } from "../base/text.ts";
import type { Unreadable } from "../semantics/module.ts";

export const cannotRead: DiagnosticKind<[path: string, reason: string]> = defineDiagnostic({
  code: "DN0901",
  message: (path: string, reason: string) => `cannot read ${quoted(path)}: ${reason}`,
  explain: {
    title: "cannot-read",
    text: "The file is not there, is a folder, or must not be read by this user.",
  },
});

/** `-` on the command line. */
const STANDARD_INPUT = "-";

/** The spec at `path` (`-`: standard input), or `undefined` when it cannot be read (reported). */
export function readSource(path: string, reporter: Reporter): SourceFile | undefined {
  try {
    return path === STANDARD_INPUT ? { path: "<stdin>", text: readAll(0) } : readFile(path);
  } catch (error) {
    const help = ["give the path of a `.dn` file, or `-` for standard input"];
    reporter.report(cannotRead.at({ help }, path, reasonOf(error)));
    return undefined;
  }
}

/** No spec is as large, by far; what is, may be without end. */
const MOST_BYTES = 2 ** 24;
const CHUNK = 2 ** 16;

function readFile(path: string): SourceFile {
  const file = openSync(path, "r");
  try {
    return { path, text: readAll(file) };
  } finally {
    closeSync(file);
  }
}

/** The whole text, from wherever it comes. */
function readAll(file: number): string {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    const nRead = readSync(file, chunk);
    if (nRead === 0) return Buffer.concat(chunks, length).toString("utf8");
    chunks.push(chunk.subarray(0, nRead));
    length += nRead;
    if (length > MOST_BYTES)
      throw new Error(`it has more than ${withByteUnit(MOST_BYTES)}, which is too much for a spec`);
  }
}

/** Imports are relative to the importing file; one file has one path however it is reached. */
export function importPath(request: string, importer: SourceFile): string {
  return normalize(join(dirname(importer.path), request));
}

/** The compiler says where the import stands and what it asked for. */
export function loadImport(request: string, importer: SourceFile): SourceFile | Unreadable {
  const path = importPath(request, importer);
  try {
    // A pipe would be waited for, and a device may have no end.
    const stat = statSync(path);
    if (!stat.isFile() && !stat.isDirectory()) return { reason: "it is no regular file" };
    return readFile(path);
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  ENOTDIR: "there is no such file",
  ENAMETOOLONG: "its path is too long",
  ERR_INVALID_ARG_VALUE: "no file can have this name",
};

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
