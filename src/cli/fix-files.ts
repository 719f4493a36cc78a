/** `dnc check --fix`: mends what can be mended without a person, writes the files, and says what was done. */
import { applyFixes } from "../base/fixes.ts";
import { count } from "../base/text.ts";
import { collectDiagnostics, type Diagnostic, type SourceFile } from "../index.ts";
import { replaceSource } from "../runtime/replace-source.ts";
import type { Sources } from "../runtime/sources.ts";
import type { Terminal } from "./command.ts";

/** A fix may bring another mistake to light; one that brings itself about again must not go on forever. */
const MAX_ROUNDS = 10;

interface Mended<Result> {
  /** Of the last check, of the texts as they are now. */
  readonly result: Result;
  /** How many fixes changed each file, by its path. */
  readonly nFixes: ReadonlyMap<string, number>;
}

/** Checks and mends in turns until nothing is left to mend; the new texts are in `sources`, and nothing is written. */
export function mend<Result extends { readonly diagnostics: readonly Diagnostic[] }>(
  sources: Sources,
  check: () => Result,
  { mayChange = sources.has }: { readonly mayChange?: (file: SourceFile) => boolean } = {},
): Mended<Result> {
  const nFixes = new Map<string, number>();
  let result = check();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const fixed = applyFixes(result.diagnostics, mayChange);
    if (fixed.length === 0) break;
    for (const { file, text, nFixes: more } of fixed) {
      sources.replace(file, text);
      nFixes.set(file.path, (nFixes.get(file.path) ?? 0) + more);
    }
    result = check();
  }
  return { result, nFixes };
}

/** Writes each mended file to where it was read; says how often it was mended, or why it cannot be written. */
export function writeMended(
  sources: Sources,
  nFixes: ReadonlyMap<string, number>,
  terminal: Terminal,
): readonly Diagnostic[] {
  const { diagnostics, report } = collectDiagnostics();
  const written = sources
    .replaced()
    .filter(({ file, before }) => replaceSource(file.path, before, file.text, { report }))
    .map(({ file }) => file.path);
  printCounts(new Map([...nFixes].filter(([path]) => written.includes(path))), terminal);
  return diagnostics;
}

export function printCounts(nFixes: ReadonlyMap<string, number>, terminal: Terminal): void {
  for (const [path, amount] of nFixes) terminal.err(`applied ${count(amount, "fix", "fixes")} in ${path}\n`);
}
