/** One source line and the rows below it: underlines, labels that hang from them, and the edges of blocks. */
import { invariant } from "../../base/invariant.ts";
import type { Span } from "../../base/source.ts";
import { draw, type Paint, plainly, type Row, renderRow, write } from "./canvas.ts";
import { CONTEXT, cutLine, type LineLayout, layOutLine, type Window, windowAround } from "./line-layout.ts";
import { displayWidth, wrap } from "./text-width.ts";

export interface SnippetOptions {
  /** Columns of the line numbers, the same in every file of a message. */
  readonly gutter: number;
  /** Columns of the terminal. */
  readonly width: number;
  /** The color of line numbers and rules. */
  readonly frame: Paint;
}

/** A place to show, with `^` where the mistake is and `-` elsewhere. */
export interface Annotation {
  readonly span: Span;
  readonly text: string;
  readonly glyph: "^" | "-";
  readonly paint: Paint;
}

/** An annotation of several lines; `from` and `to` are offsets in its first and its last line. */
export interface Block {
  readonly annotation: Annotation;
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
}

interface Range {
  readonly kind: "range";
  readonly from: number;
  readonly to: number;
  readonly annotation: Annotation;
}

interface Edge {
  readonly kind: "opens" | "closes";
  readonly block: Block;
}

/** What is drawn below one line. */
export type Mark = Range | Edge;

interface Line {
  readonly number: number;
  readonly source: string;
  readonly marks: readonly Mark[];
  /** The blocks that began on an earlier line and reach this one. */
  readonly open: readonly Block[];
  readonly depths: ReadonlyMap<Block, number>;
  readonly nDepths: number;
}

/** A mark with its columns in the drawn line; `end` is past the last. */
interface Placed {
  readonly mark: Mark;
  readonly start: number;
  readonly end: number;
}

/** On a terminal narrower than this, source lines run over rather than be cut to nothing. */
const MIN_SOURCE_WIDTH = 40;
/** A label wraps rather than leave the terminal, but is never squeezed below this. */
const MIN_LABEL_WIDTH = 24;

/** The margin's column for each block: zero-based, and different where two share a line. */
export function assignDepths(blocks: readonly Block[]): ReadonlyMap<Block, number> {
  const depths = new Map<Block, number>();
  for (const block of [...blocks].sort((a, b) => a.first - b.first || b.last - a.last)) {
    const taken = [...depths].filter(([other]) => other.first <= block.last && block.first <= other.last);
    let depth = 1;
    while (taken.some(([, used]) => used === depth)) depth += 1;
    depths.set(block, depth);
  }
  return depths;
}

/** The columns there are for source text. */
export function sourceWidth({ width, gutter }: SnippetOptions): number {
  return Math.max(MIN_SOURCE_WIDTH, width - gutter - 3);
}

export function renderLine(line: Line, options: SnippetOptions): readonly string[] {
  const layout = layOutLine(line.source);
  const margin = line.nDepths === 0 ? 0 : line.nDepths + 1;
  const available = sourceWidth(options) - margin;
  const number = String(line.number).padStart(options.gutter);
  const placed = line.marks.map((mark) => place(mark, layout)).sort((a, b) => a.start - b.start);
  let open = line.open;
  return clusters(placed, layout.width, available).flatMap((cluster) => {
    const drawn = drawCluster(cluster, { line, layout, margin, available, open });
    open = drawn.open;
    return drawn.rows.map((row, index) => {
      const gutter = index === 0 ? number : " ".repeat(options.gutter);
      return `${options.frame(`${gutter} |`)} ${renderRow(row)}`.trimEnd();
    });
  });
}

function place(mark: Mark, layout: LineLayout): Placed {
  if (mark.kind === "range") {
    const start = layout.columnAt(mark.from);
    return { mark, start, end: Math.max(start + 1, layout.columnAt(mark.to)) };
  }
  if (mark.kind === "opens") {
    const start = layout.columnAt(mark.block.from);
    return { mark, start, end: start + 1 };
  }
  const end = Math.max(1, layout.columnAt(mark.block.to));
  return { mark, start: end - 1, end };
}

interface Cluster {
  readonly window: Window;
  readonly placed: readonly Placed[];
}

/** The marks of a line in groups that fit the terminal side by side; a line too long is shown once for each. */
function clusters(placed: readonly Placed[], lineWidth: number, available: number): readonly Cluster[] {
  if (lineWidth <= available) return [{ window: { left: 0, right: available }, placed }];
  const groups: Placed[][] = [[]];
  for (const next of placed) {
    const group = groups[groups.length - 1];
    invariant(group !== undefined, "there is always a last group");
    const start = group[0]?.start ?? next.start;
    if (next.end - start + 2 * CONTEXT > available && group.length > 0) groups.push([next]);
    else group.push(next);
  }
  return groups.map((group) => {
    const start = group[0]?.start ?? 0;
    const end = Math.max(0, ...group.map((member) => member.end));
    return { window: windowAround(start, end, lineWidth, available), placed: group };
  });
}

interface Drawing {
  readonly line: Line;
  readonly layout: LineLayout;
  readonly margin: number;
  readonly available: number;
  readonly open: readonly Block[];
}

function drawCluster({ window, placed }: Cluster, drawing: Drawing): { rows: Row[]; open: readonly Block[] } {
  const { line, layout, margin } = drawing;
  let open = drawing.open;
  const column = (drawn: number): number => margin + Math.max(0, Math.min(drawn, window.right) - window.left);
  const bars = (row: Row): Row => {
    for (const block of open) bar(row, block, "|");
    return row;
  };
  const bar = (row: Row, block: Block, glyph: string): void => {
    const depth = line.depths.get(block) ?? 1;
    draw(row, depth - 1, depth, glyph, block.annotation.paint);
  };

  const source = bars([]);
  write(source, margin, cutLine(layout, window), plainly);
  const only = placed.length === 1 ? placed[0] : undefined;
  if (only?.mark.kind === "opens" && line.source.slice(0, only.mark.block.from).trim() === "") {
    bar(source, only.mark.block, "/");
    return { rows: [source], open: [...open, only.mark.block] };
  }

  const rows = [source];
  const ranges = placed.flatMap(({ mark, start, end }) =>
    mark.kind === "range" ? [{ ...mark.annotation, start: column(start), end: column(end) }] : [],
  );
  rows.push(...drawRanges(ranges, margin + drawing.available).map(bars));
  for (const { mark, start, end } of placed) {
    if (mark.kind === "range") continue;
    const { block } = mark;
    const { annotation } = block;
    const at = mark.kind === "opens" ? column(start) : Math.max(margin, column(end) - 1);
    const row: Row = [];
    draw(row, line.depths.get(block) ?? 1, at, "_", annotation.paint);
    draw(row, at, at + 1, annotation.glyph, annotation.paint);
    rows.push(bars(row));
    if (mark.kind === "opens") {
      open = [...open, block];
    } else {
      open = open.filter((other) => other !== block);
      const [text = "", ...more] = wrapLabel(annotation.text, margin + drawing.available - at - 2);
      if (text !== "") write(row, at + 2, text, annotation.paint);
      for (const part of more) {
        const below: Row = [];
        write(below, at + 2, part, annotation.paint);
        rows.push(bars(below));
      }
    }
  }
  return { rows, open };
}

interface Underline extends Annotation {
  readonly start: number;
  readonly end: number;
}

/** The row of underlines, with the rightmost label beside it, and the rows of the labels that hang from it. */
function drawRanges(ranges: readonly Underline[], limit: number): Row[] {
  if (ranges.length === 0) return [];
  const underlines: Row = [];
  // What is wrong is drawn last, so that it shows where two overlap.
  for (const { start, end, glyph, paint } of [...ranges].sort((a, b) => rank(a) - rank(b))) {
    draw(underlines, start, Math.max(end, start + 1), glyph, paint);
  }
  const rightToLeft = [...ranges].sort((a, b) => b.start - a.start || rank(b) - rank(a));
  const lastEnd = Math.max(...ranges.map(({ end }) => end));
  const beside = rightToLeft.find(({ end }) => end === lastEnd);
  const fits = beside !== undefined && beside.end + 1 + displayWidth(beside.text) <= limit;
  if (fits && beside.text !== "") write(underlines, beside.end + 1, beside.text, beside.paint);
  const hanging = rightToLeft.filter((range) => range.text !== "" && !(fits && range === beside));
  return [underlines, ...drawHanging(hanging, limit)];
}

function wrapLabel(text: string, room: number): readonly string[] {
  return wrap(text, Math.max(MIN_LABEL_WIDTH, room));
}

function rank({ glyph }: Annotation): number {
  return glyph === "^" ? 1 : 0;
}

/** Labels from right to left, each on rows of its own, with a stem up to its underline. */
function drawHanging(hanging: readonly Underline[], limit: number): Row[] {
  if (hanging.length === 0) return [];
  const rowWithStems = (underlines: readonly Underline[]): Row => {
    const row: Row = [];
    for (const { start, paint } of underlines) draw(row, start, start + 1, "|", paint);
    return row;
  };
  const rows = [rowWithStems(hanging)];
  for (const [index, { start, text, paint }] of hanging.entries()) {
    for (const part of wrapLabel(text, limit - start)) {
      const row = rowWithStems(hanging.slice(index + 1));
      write(row, start, part, paint);
      rows.push(row);
    }
  }
  return rows;
}
