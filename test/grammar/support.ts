/** What the tests of the grammar share: parse a text, render what was reported, apply a fix, walk a tree. */
import { readdirSync, readFileSync } from "node:fs";
import type { File } from "../../grammar/ast.ts";
import { parse } from "../../grammar/parse.ts";
import { collectDiagnostics, type Diagnostic, type Edit } from "../../src/base/diagnostic.ts";
import { placeOf, type Span } from "../../src/base/source.ts";

export interface Parsed {
  readonly file: File;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseText(text: string): Parsed {
  const collector = collectDiagnostics();
  const file = parse({ path: "test.dn", text }, collector);
  return { file, diagnostics: collector.diagnostics };
}

export const GOLDEN: URL = new URL("../golden/grammar/", import.meta.url);

/** Names, without `.dn`, and texts of the inputs in a folder of goldens. */
export function casesIn(folder: "ok" | "err"): readonly (readonly [name: string, text: string])[] {
  const directory = new URL(`${folder}/`, GOLDEN);
  return readdirSync(directory)
    .filter((name) => name.endsWith(".dn"))
    .sort()
    .map((name) => [name.slice(0, -3), readFileSync(new URL(name, directory), "utf8")]);
}

/** `DN0101 1:20 message`, then what mends it. */
export function render(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic)}\n`).join("");
}

function renderOne({ code, message, span, label, help = [], notes = [], fix }: Diagnostic): string {
  const place = span === undefined ? "" : placeOf(span).replace("test.dn:", "");
  const marked = span === undefined ? "" : span.file.text.slice(span.start, span.end);
  const shown = marked.length > 40 ? `${marked.slice(0, 37)}...` : marked;
  return [
    `${code} ${place} ${message}`,
    `  at ${JSON.stringify(shown)}${label === undefined ? "" : `: ${label}`}`,
    ...notes.map((note) => `  note: ${note}`),
    ...help.map((line) => `  help: ${line}`),
    ...(fix === undefined ? [] : [`  fix (${fix.applicability}): ${fix.title}`]),
  ].join("\n");
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)
    .reduce((result, { span, text: by }) => result.slice(0, span.start) + by + result.slice(span.end), text);
}

/** Every node of the tree with the node that holds it. */
export function* nodesOf(
  value: unknown,
  parent?: Span,
): Generator<readonly [span: Span, parent: Span | undefined]> {
  if (typeof value !== "object" || value === null) return;
  const own = "span" in value ? (value.span as Span) : undefined;
  if (own !== undefined) yield [own, parent];
  for (const [key, child] of Object.entries(value)) {
    if (key !== "span") yield* nodesOf(child, own ?? parent);
  }
}
