/** Reads spec files, and the files that they import, from disk or standard input. */
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import type { SourceFile } from "../base/source.ts";
import { quoted } from "../base/text.ts";

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
    const text = readFileSync(path === STANDARD_INPUT ? 0 : path, "utf8");
    return { path: path === STANDARD_INPUT ? "<stdin>" : path, text };
  } catch (error) {
    const help = ["give the path of a `.dn` file, or `-` for standard input"];
    reporter.report(cannotRead.at({ help }, path, reasonOf(error)));
    return undefined;
  }
}

/** Imports are relative to the importing file; one file has one path however it is reached. */
export function importPath(request: string, importer: SourceFile): string {
  return normalize(join(dirname(importer.path), request));
}

export function loadImport(request: string, importer: SourceFile): SourceFile | undefined {
  const path = importPath(request, importer);
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch {
    // The compiler says where the import stands and what it asked for.
    return undefined;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
};

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
