/** A fix as it changes the source: marked insertions where nothing else happens in a line, else a small diff. */
import type { Edit, Fix } from "../../base/diagnostic.ts";
import {
  endOf,
  lineOffset,
  lineText,
  placeOf,
  type SourceFile,
  type Span,
  spanText,
  startOf,
} from "../../base/source.ts";
import { draw, type Paint, type Row, renderRow } from "./canvas.ts";
import { cutLine, layOutLine, windowAround } from "./line-layout.ts";
import { type SnippetOptions, sourceWidth } from "./snippet-line.ts";

export interface FixOptions extends SnippetOptions {
  /** The file that the message is about: edits in other files say where they are. */
  readonly home: SourceFile | undefined;
  readonly added: Paint;
  readonly removed: Paint;
}

/** A change longer than this many lines is shown in part. */
const MAX_LINES = 6;

/** Neighboring edits of one file, and the whole lines that they change. */
interface Region {
  readonly file: SourceFile;
  readonly edits: readonly Edit[];
  readonly first: number;
  readonly last: number;
}

/** The spans whose line numbers `renderFix` shows. */
export function fixSpans(fix: Fix | undefined): readonly Span[] {
  return fix?.edits.map(({ span }) => span) ?? [];
}

export function renderFix(fix: Fix, options: FixOptions): readonly string[] {
  const changes = fix.edits.filter(({ span, text }) => spanText(span) !== text);
  return regionsOf(changes).flatMap((region) => {
    const margin = " ".repeat(options.gutter);
    const edit = region.edits[0];
    const place =
      region.file === options.home || edit === undefined
        ? []
        : [`${margin}${options.frame("-->")} ${placeOf(edit.span)}`];
    return [...place, `${margin} ${options.frame("|")}`, ...renderRegion(region, options)];
  });
}

function regionsOf(edits: readonly Edit[]): readonly Region[] {
  const regions: Region[] = [];
  const inOrder = [...edits].sort(
    (a, b) => Number(a.span.file !== b.span.file) || a.span.start - b.span.start || a.span.end - b.span.end,
  );
  for (const edit of inOrder) {
    const { file } = edit.span;
    const [first, last] = [startOf(edit.span).line, endOf(edit.span).line];
    const previous = regions[regions.length - 1];
    if (previous !== undefined && previous.file === file && first <= previous.last + 1) {
      const edits = [...previous.edits, edit];
      regions.splice(-1, 1, { ...previous, edits, last: Math.max(previous.last, last) });
    } else {
      regions.push({ file, edits: [edit], first, last });
    }
  }
  return regions;
}

function renderRegion(region: Region, options: FixOptions): readonly string[] {
  const { file, edits, first, last } = region;
  const inserted = edits.every(({ span, text }) => span.start === span.end && !text.includes("\n"));
  if (inserted && first === last) return renderInsertions(region, options);

  const start = lineOffset(file, first);
  const end = lineOffset(file, last) + lineText(file, last).length;
  const before = file.text.slice(start, end).split(/\r?\n/);
  const after = apply(file.text, start, end, edits).split(/\r?\n/);
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
  let sameEnd = 0;
  while (
    sameEnd < before.length - same &&
    sameEnd < after.length - same &&
    before[before.length - 1 - sameEnd] === after[after.length - 1 - sameEnd]
  ) {
    sameEnd += 1;
  }
  const changed = (lines: readonly string[], sign: string, paint: Paint): readonly string[] => {
    const part = lines.slice(same, lines.length - sameEnd);
    const shown = part.slice(0, part.length > MAX_LINES ? MAX_LINES - 1 : MAX_LINES).map((line, index) => {
      const number = String(first + same + index).padStart(options.gutter);
      return `${options.frame(number)} ${paint(`${sign} ${cut(line, changeStart(before, after), options)}`.trimEnd())}`;
    });
    return part.length > shown.length ? [...shown, options.frame("...")] : shown;
  };
  return [...changed(before, "-", options.removed), ...changed(after, "+", options.added)];
}

function apply(text: string, start: number, end: number, edits: readonly Edit[]): string {
  let out = "";
  let at = start;
  for (const { span, text: replacement } of edits) {
    out += text.slice(at, span.start) + replacement;
    at = Math.max(at, span.end);
  }
  return out + text.slice(at, Math.max(at, end));
}

/** Where the first changed line begins to differ, so that a long line is cut around it. */
function changeStart(before: readonly string[], after: readonly string[]): number {
  const line = before.findIndex((text, index) => text !== after[index]);
  const [old, changed] = [before[line] ?? "", after[line] ?? ""];
  let same = 0;
  while (same < old.length && old[same] === changed[same]) same += 1;
  return same;
}

function cut(line: string, change: number, options: FixOptions): string {
  const layout = layOutLine(line);
  const column = layout.columnAt(change);
  return cutLine(layout, windowAround(column, column + 1, layout.width, sourceWidth(options)));
}

/** The line as it will be, with `+` under what is new. */
function renderInsertions({ file, edits, first }: Region, options: FixOptions): readonly string[] {
  const start = lineOffset(file, first);
  const layout = layOutLine(apply(file.text, start, start + lineText(file, first).length, edits));
  let grown = 0;
  const ranges = edits.map(({ span, text }) => {
    const offset = span.start - start + grown;
    grown += text.length;
    const from = layout.columnAt(offset);
    return { from, to: Math.max(from + 1, layout.columnAt(offset + text.length)) };
  });
  const [leftmost, rightmost] = [ranges[0]?.from ?? 0, ranges[ranges.length - 1]?.to ?? 0];
  const window = windowAround(leftmost, rightmost, layout.width, sourceWidth(options));
  const row: Row = [];
  for (const { from, to } of ranges) {
    draw(row, from - window.left, Math.min(to, window.right) - window.left, "+", options.added);
  }
  const number = String(first).padStart(options.gutter);
  return [
    `${options.frame(`${number} |`)} ${cutLine(layout, window)}`.trimEnd(),
    `${" ".repeat(options.gutter)} ${options.frame("|")} ${renderRow(row)}`,
  ];
}
