/** Source lines with a line-number gutter and what is wrong with them underlined, laid out as rustc does. */
import {
  endOf,
  lineOffset,
  lineText,
  placeOf,
  positionAt,
  type SourceFile,
  type Span,
} from "../../base/source.ts";
import { draw, type Row, renderRow } from "./canvas.ts";
import {
  type Annotation,
  assignDepths,
  type Block,
  type Mark,
  renderLine,
  type SnippetOptions,
} from "./snippet-line.ts";

/** A block longer than this is shown with its middle left out. */
const MAX_BLOCK_LINES = 6;

/** The digits of the highest line number that the annotations show. */
export function gutterWidth(spans: readonly Span[]): number {
  return Math.max(1, ...spans.map((span) => String(endOf(span).line).length));
}

/** The snippets of one message: the file of the first annotation leads, the others follow after `:::`. */
export function renderSnippets(
  annotations: readonly Annotation[],
  options: SnippetOptions,
): readonly string[] {
  const files = [...new Set(annotations.map(({ span }) => span.file))];
  const margin = " ".repeat(options.gutter);
  return files.flatMap((file, index) => {
    const own = annotations.filter(({ span }) => span.file === file);
    const place = own[0] === undefined ? file.path : placeOf(own[0].span);
    return [
      `${margin}${options.frame(index === 0 ? "-->" : ":::")} ${place}`,
      `${margin} ${options.frame("|")}`,
      ...renderFile(file, own, options),
    ];
  });
}

function renderFile(
  file: SourceFile,
  annotations: readonly Annotation[],
  options: SnippetOptions,
): readonly string[] {
  const marks = new Map<number, Mark[]>();
  const blocks: Block[] = [];
  const addMark = (line: number, mark: Mark) => marks.set(line, [...(marks.get(line) ?? []), mark]);
  for (const annotation of annotations) {
    const { start, end } = clamp(annotation.span);
    const [first, last] = [positionAt(file, start).line, positionAt(file, end).line];
    const [from, to] = [start - lineOffset(file, first), end - lineOffset(file, last)];
    if (first === last) {
      addMark(first, { kind: "range", from, to, annotation });
    } else {
      const block = { annotation, first, last, from, to };
      blocks.push(block);
      addMark(first, { kind: "opens", block });
      addMark(last, { kind: "closes", block });
    }
  }
  const depths = assignDepths(blocks);
  const nDepths = Math.max(0, ...depths.values());
  const shown = shownLines([...marks.keys()], blocks);
  const lines: string[] = [];
  for (const [index, line] of shown.entries()) {
    const gap = index === 0 ? 0 : line - (shown[index - 1] ?? line);
    const open = blocks.filter(({ first, last }) => first < line && line <= last);
    if (gap > 1) lines.push(renderGap(open, depths, options));
    const source = lineText(file, line);
    lines.push(
      ...renderLine({ number: line, source, marks: marks.get(line) ?? [], open, depths, nDepths }, options),
    );
  }
  return lines;
}

/** Inside its file; and a span that swallows its line's end does not reach into the next line. */
function clamp({ file, start, end }: Span): { start: number; end: number } {
  const from = Math.max(0, Math.min(start, file.text.length));
  const to = Math.max(from, Math.min(end, file.text.length));
  const swallowed = /\r?\n$/.exec(file.text.slice(from, to));
  return { start: from, end: swallowed === null ? to : Math.max(from, to - swallowed[0].length) };
}

/** The lines with marks, some of each block, and a line that would be the only one left out between two others. */
function shownLines(marked: readonly number[], blocks: readonly Block[]): readonly number[] {
  const lines = new Set(marked);
  for (const { first, last } of blocks) {
    const whole = last - first < MAX_BLOCK_LINES;
    for (let line = first; line <= last; line += 1) {
      if (whole || line <= first + 1 || line >= last - 1) lines.add(line);
    }
  }
  for (const line of [...lines]) if (lines.has(line + 2)) lines.add(line + 1);
  return [...lines].sort((a, b) => a - b);
}

function renderGap(
  open: readonly Block[],
  depths: ReadonlyMap<Block, number>,
  options: SnippetOptions,
): string {
  const row: Row = [];
  for (const block of open) {
    const depth = depths.get(block) ?? 1;
    draw(row, depth - 1, depth, "|", block.annotation.paint);
  }
  return `${options.frame("...")}${" ".repeat(options.gutter)}${renderRow(row)}`.trimEnd();
}
