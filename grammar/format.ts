/** The canonical form of a file. Its syntax tree is the same; a file with syntax errors has none. */
import { collectDiagnostics, type Diagnostic, hasErrors, silent } from "../src/base/diagnostic.ts";
import { invariant } from "../src/base/invariant.ts";
import type { SourceFile } from "../src/base/source.ts";
import { count } from "../src/base/text.ts";
import type { File } from "./ast.ts";
import { printFile } from "./format-file.ts";
import { render } from "./format-layout.ts";
import { readTokens } from "./format-tokens.ts";
import { MAX_LENGTH, parse } from "./parse.ts";
import { scan } from "./scan.ts";
import { fileTooLarge } from "./syntax-errors.ts";

export interface FormatResult {
  /** Absent when there are errors. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

export function format(source: SourceFile): FormatResult {
  const collector = collectDiagnostics();
  const { diagnostics } = collector;
  const file = parse(source, collector);
  if (hasErrors(diagnostics)) return { diagnostics };
  const text = render(printFile(readTokens(source.text, scan(source, silent)), file));
  if (text.length > MAX_LENGTH) {
    const span = { file: source, start: 0, end: Math.min(source.text.length, 1) };
    const notes = ["in canonical form it would be this long"];
    return {
      diagnostics: [fileTooLarge.at({ span, notes, help: ["split it"] }, count(text.length, "character"))],
    };
  }
  // A formatter must never change what a file says, so it is not left to tests alone.
  const again = parse({ path: source.path, text }, silent);
  invariant(isSameFile(file, again), "formatting changes the syntax tree");
  return { text, diagnostics };
}

function isSameFile(before: File, after: File): boolean {
  const { comments: oldComments, edition: _, ...oldTree } = before;
  const { comments: newComments, edition: __, ...newTree } = after;
  const isCommented =
    oldComments.length === newComments.length &&
    oldComments.every(({ text }, index) => text.trimEnd() === newComments[index]?.text);
  return isCommented && isSameTree(oldTree, newTree);
}

/** Whether two trees differ in nothing but spans. */
export function isSameTree(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = Object.keys(a).filter((key) => key !== "span");
  const others = Object.keys(b).filter((key) => key !== "span");
  if (keys.length !== others.length) return false;
  return keys.every((key) => key in b && isSameTree(Reflect.get(a, key), Reflect.get(b, key)));
}
