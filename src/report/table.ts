/** A report as a table that fits a width: numbers are never cut, names give way first, then whole columns. */
import { shortened, withSeparators, withUnit } from "../base/text.ts";
import { printShape } from "../ir/shape.ts";
import type { Counts } from "../ops/counts.ts";
import { itemsWithin, lineCount, type OutlineItem, outlineOf } from "./outline.ts";
import { CONVENTION, type Report, type ReportPort } from "./report.ts";

export interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** How many levels of parts are shown; absent: as many as fit a screen. */
  readonly depth?: number;
}

export interface TableLine {
  readonly text: string;
  readonly kind: "title" | "note" | "head" | "group" | "operation" | "total";
}

/** Of the parts: what a person sees at one glance. */
const SCREEN_LINES = 32;
/** Less of a name, behind its indentation, says nothing. */
const MIN_NAME = 6;
const GAP = 2;

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Columns of a higher number go first where the width is short. */
  readonly rank: number;
  cell(item: OutlineItem): string;
  /** Below the column: the exact sum and the sum with a unit. */
  total?(totals: Counts): readonly [string, string];
}

function countColumn(title: string, rank: number, count: (counts: Counts) => bigint): Column {
  return {
    title,
    align: "right",
    rank,
    cell: (item) => (count(item) === 0n ? "–" : withSeparators(count(item))),
    total: (totals) => [withSeparators(count(totals)), withUnit(count(totals))],
  };
}

const COLUMNS: readonly Column[] = [
  { title: "stage", align: "left", rank: 2, cell: (item) => item.what },
  { title: "in", align: "left", rank: 4, cell: (item) => item.in },
  { title: "out", align: "left", rank: 1, cell: (item) => item.out },
  countColumn("params", 0, ({ params }) => params),
  countColumn("buffers", 3, ({ buffers }) => buffers),
  countColumn("MACs", 0, ({ macs }) => macs),
  { title: "source", align: "left", rank: 5, cell: (item) => item.source },
];

interface Entry {
  readonly item: OutlineItem;
  readonly indent: number;
  readonly isOpen: boolean;
}

export function tableOf(report: Report, options: TableOptions): readonly TableLine[] {
  const outline = outlineOf(report.parts);
  const entries = entriesOf(outline, options.depth ?? fittingDepth(outline), 0);
  const names = entries.map(({ item, indent }) => `${"  ".repeat(indent)}${item.name}`);
  const widest = Math.max(...names.map((name) => name.length), MIN_NAME);
  const narrowest = Math.min(widest, 2 * Math.max(...entries.map(({ indent }) => indent), 0) + MIN_NAME);
  const columns = fittingColumns(entries, report.totals, options.width - narrowest);
  const widths = columns.map((column) => widthOf(column, entries, report.totals));
  const taken = widths.reduce((sum, width) => sum + GAP + width, 0);
  const nameWidth = Math.max(narrowest, Math.min(widest, options.width - taken));

  const line = (name: string, cells: readonly string[]): string => {
    const aligned = columns.map(({ align }, index) => {
      const [cell, width] = [cells[index] ?? "", widths[index] ?? 0];
      return align === "left" ? cell.padEnd(width) : cell.padStart(width);
    });
    return [shortened(name, nameWidth).padEnd(nameWidth), ...aligned].join(" ".repeat(GAP)).trimEnd();
  };
  const totals = columns.map((column) => column.total?.(report.totals));
  return [
    { kind: "title", text: `${report.model}: ${portsOf(report.inputs)} → ${portsOf(report.outputs)}` },
    { kind: "note", text: `MACs: ${CONVENTION}` },
    {
      kind: "head",
      text: line(
        "part",
        columns.map(({ title }) => title),
      ),
    },
    ...entries.map(
      ({ item, isOpen }, index): TableLine => ({
        kind: isOpen ? "group" : "operation",
        text: line(
          names[index] ?? "",
          columns.map((column) => column.cell(item)),
        ),
      }),
    ),
    {
      kind: "total",
      text: line(
        "total",
        totals.map((total) => total?.[0] ?? ""),
      ),
    },
    {
      kind: "note",
      text: line(
        "",
        totals.map((total) => total?.[1] ?? ""),
      ),
    },
  ];
}

function entriesOf(items: readonly OutlineItem[], depth: number, indent: number): readonly Entry[] {
  return items.flatMap((item) => {
    const inner = itemsWithin(item, depth);
    return [{ item, indent, isOpen: inner.length > 0 }, ...entriesOf(inner, depth - item.levels, indent + 1)];
  });
}

/** The deepest outline that fits a screen, and one level at least. */
function fittingDepth(items: readonly OutlineItem[]): number {
  const everything = lineCount(items, Number.POSITIVE_INFINITY);
  let depth = 1;
  while (lineCount(items, depth) < everything && lineCount(items, depth + 1) <= SCREEN_LINES) depth += 1;
  return depth;
}

function widthOf(column: Column, entries: readonly Entry[], totals: Counts): number {
  const cells = [
    column.title,
    ...(column.total?.(totals) ?? []),
    ...entries.map(({ item }) => column.cell(item)),
  ];
  return Math.max(...cells.map((cell) => cell.length));
}

/** Those that fit, the most important first; parameters and multiply-adds stay however narrow the terminal is. */
function fittingColumns(entries: readonly Entry[], totals: Counts, width: number): readonly Column[] {
  let free = width;
  const kept = new Set<Column>();
  for (const column of COLUMNS.toSorted((a, b) => a.rank - b.rank)) {
    free -= GAP + widthOf(column, entries, totals);
    if (column.rank > 0 && free < 0) break;
    kept.add(column);
  }
  return COLUMNS.filter((column) => kept.has(column));
}

function portsOf(ports: readonly ReportPort[]): string {
  return ports.map(({ name, shape }) => `${name} ${printShape(shape)}`).join(", ");
}
