/** Specs in `test/golden` with what is expected of them: `//~ DN0404 56 28` on a line, or `//~^` under it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import type { Diagnostic } from "../src/base/diagnostic.ts";
import { type SourceFile, startOf } from "../src/base/source.ts";
import { type CheckResult, check } from "../src/compile.ts";
import type { Loader } from "../src/semantics/module.ts";

export interface Expectation {
  readonly path: string;
  readonly line: number;
  readonly code: string;
  /** Each occurs in the message, in a label or in a note. */
  readonly words: readonly string[];
}

export interface CheckedSpec extends CheckResult {
  readonly source: SourceFile;
  /** Of this file and of all that it imports, in order. */
  readonly expectations: readonly Expectation[];
}

/** The names of the specs of a folder, without `.dn`. */
export function specNames(folder: URL): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".dn"))
    .map((name) => name.slice(0, -".dn".length));
}

export function checkSpec(folder: URL, path: string): CheckedSpec {
  const source = { path, text: readFileSync(new URL(path, folder), "utf8") };
  const files = new Map([[path, source]]);
  const result = check(source, { load: loaderFrom(folder, files) });
  return { ...result, source, expectations: [...files.values()].flatMap(expectationsOf) };
}

/** Loads what specs of a folder import, and remembers it in `files`. */
export function loaderFrom(folder: URL, files: Map<string, SourceFile> = new Map()): Loader {
  return (request, importer) => {
    const path = posix.join(posix.dirname(importer.path), request);
    const url = new URL(path, folder);
    if (!files.has(path) && existsSync(url)) files.set(path, { path, text: readFileSync(url, "utf8") });
    return files.get(path);
  };
}

function expectationsOf(file: SourceFile): readonly Expectation[] {
  return file.text.split("\n").flatMap((text, index) =>
    [...text.matchAll(/\/\/~(\^*) *(DN\d{4})([^/]*)/g)].map(([, up = "", code = "", words = ""]) => ({
      path: file.path,
      line: index + 1 - up.length,
      code,
      words: words.match(/\[[^\]]*\]|\S+/g) ?? [],
    })),
  );
}

/** Whether `diagnostic` is what `expectation` describes. */
export function fulfils(diagnostic: Diagnostic, { path, line, code, words }: Expectation): boolean {
  const { span, message, label = "", labels = [], notes = [] } = diagnostic;
  if (diagnostic.code !== code || span === undefined) return false;
  if (span.file.path !== path || startOf(span).line !== line) return false;
  const text = [message, label, ...labels.map((each) => each.text), ...notes].join("\n");
  return words.every((word) => text.includes(word));
}
