/** Machine-applicable fixes put into the text: as many as go together, each whole or not at all. */
import type { Diagnostic, Edit, Fix } from "./diagnostic.ts";
import type { SourceFile } from "./source.ts";

export interface FixedFile {
  readonly file: SourceFile;
  /** The new text. */
  readonly text: string;
  /** How many fixes changed it. */
  readonly nFixes: number;
}

/**
 * The files that change. A fix is left for the next round when it meets an earlier one: its edits were made for a
 * text that is not there any more. `mayChange` says which files are the person's own.
 */
export function applyFixes(
  diagnostics: readonly Diagnostic[],
  mayChange: (file: SourceFile) => boolean,
): readonly FixedFile[] {
  const accepted = new Map<SourceFile, Edit[]>();
  const nFixes = new Map<SourceFile, number>();
  for (const { fix } of diagnostics) {
    if (fix === undefined || !isApplicable(fix, mayChange)) continue;
    if (fix.edits.some((edit) => (accepted.get(edit.span.file) ?? []).some((other) => collide(edit, other))))
      continue;
    for (const edit of fix.edits) {
      const { file } = edit.span;
      accepted.set(file, [...(accepted.get(file) ?? []), edit]);
    }
    for (const file of new Set(fix.edits.map(({ span }) => span.file)))
      nFixes.set(file, (nFixes.get(file) ?? 0) + 1);
  }
  return [...accepted].map(([file, edits]) => ({
    file,
    text: applyEdits(file.text, edits),
    nFixes: nFixes.get(file) ?? 0,
  }));
}

function isApplicable({ applicability, edits }: Fix, mayChange: (file: SourceFile) => boolean): boolean {
  const changes = edits.some(({ span, text }) => span.file.text.slice(span.start, span.end) !== text);
  return applicability === "machine-applicable" && changes && edits.every(({ span }) => mayChange(span.file));
}

/** Whether two edits of a file overlap, or insert at the same place, where their order would matter. */
function collide({ span: a }: Edit, { span: b }: Edit): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}

/** The text with edits of it that do not collide, in any order. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = "";
  let at = 0;
  for (const { span, text: replacement } of edits.toSorted((a, b) => a.span.start - b.span.start)) {
    out += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return out + text.slice(at);
}
