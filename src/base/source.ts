/** A source file, spans into it, and the map from offsets to lines and columns. Offsets count UTF-16 units. */

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

/** The zero-based index of the line that holds `offset`. */
function lineIndexAt(file: SourceFile, offset: number): number {
  const starts = lineStarts(file);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function positionAt(file: SourceFile, offset: number): Position {
  const lineIndex = lineIndexAt(file, offset);
  const start = lineStarts(file)[lineIndex] ?? 0;
  return { line: lineIndex + 1, column: [...file.text.slice(start, offset)].length + 1 };
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
