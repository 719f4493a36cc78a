/** A source file, spans into it, and the map from offsets to lines and columns. Offsets count UTF-16 units. */
import { countBelow } from "./integers.ts";

export interface SourceFile {
  /** As the user named it; shown in messages. */
  readonly path: string;
  readonly text: string;
}

/** A half-open range of offsets: `start` is the first character, `end` is one past the last. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** One-based, as editors show it. A column counts code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const lineStartsOf = new WeakMap<SourceFile, readonly number[]>();

function lineStarts(file: SourceFile): readonly number[] {
  const known = lineStartsOf.get(file);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = file.text.indexOf("\n"); at >= 0; at = file.text.indexOf("\n", at + 1)) starts.push(at + 1);
  lineStartsOf.set(file, starts);
  return starts;
}

const pairsOf = new WeakMap<SourceFile, readonly number[]>();

/** Where the second halves of code points outside the basic plane stand. */
function secondHalves(file: SourceFile): readonly number[] {
  const known = pairsOf.get(file);
  if (known !== undefined) return known;
  const found = Array.from(file.text.matchAll(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g), ({ index }) => index + 1);
  pairsOf.set(file, found);
  return found;
}

const itself = (offset: number): number => offset;

/** Of an offset past the end: the end. */
export function positionAt(file: SourceFile, at: number): Position {
  const offset = Math.min(at, file.text.length);
  const starts = lineStarts(file);
  const line = countBelow(starts, offset + 1, itself);
  const start = starts[line - 1] ?? 0;
  const halves = secondHalves(file);
  // Lines may be as long as the file, so what is before the offset is not looked at again each time.
  const nPairs = countBelow(halves, offset, itself) - countBelow(halves, start, itself);
  return { line, column: offset - start - nPairs + 1 };
}

export function startOf(span: Span): Position {
  return positionAt(span.file, span.start);
}

export function endOf(span: Span): Position {
  return positionAt(span.file, span.end);
}

/** The text of a one-based line, without its line break. */
export function lineText(file: SourceFile, line: number): string {
  const starts = lineStarts(file);
  const start = starts[line - 1];
  if (start === undefined) return "";
  return file.text.slice(start, starts[line] ?? file.text.length).replace(/\r?\n$/, "");
}

/** The offset at which a one-based line begins. */
export function lineOffset(file: SourceFile, line: number): number {
  return lineStarts(file)[line - 1] ?? file.text.length;
}

export function spanText(span: Span): string {
  return span.file.text.slice(span.start, span.end);
}

/** The smallest span that holds both; both are of one file. */
export function joinSpans(first: Span, second: Span): Span {
  return {
    file: first.file,
    start: Math.min(first.start, second.start),
    end: Math.max(first.end, second.end),
  };
}

/** The empty span right after `span`: where something is inserted. */
export function spanAfter(span: Span): Span {
  return { file: span.file, start: span.end, end: span.end };
}

/** The empty span right before `span`. */
export function spanBefore(span: Span): Span {
  return { file: span.file, start: span.start, end: span.start };
}

/** A span as JSON documents have it. */
export interface SpanJson {
  readonly path: string;
  readonly start: Position;
  readonly end: Position;
}

export function spanToJson(span: Span): SpanJson {
  return { path: span.file.path, start: startOf(span), end: endOf(span) };
}

/** `path:line:column` of where a span starts. */
export function placeOf(span: Span): string {
  const { line, column } = startOf(span);
  return `${span.file.path}:${line}:${column}`;
}

/** Of a place, as a key. */
export function spanKey({ file, start, end }: Span): string {
  return `${file.path}:${start}-${end}`;
}

export function isSameSpan(a: Span | undefined, b: Span | undefined): boolean {
  return a?.file === b?.file && a?.start === b?.start && a?.end === b?.end;
}

export function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}
