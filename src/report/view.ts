/** What of a report is shown, in which order and how deep: the lines that every form of it has. */
import { nearest, quoted } from "../base/text.ts";
import { type Column, columnsOf, DEFAULT_COLUMNS } from "./columns.ts";
import type { Filter } from "./filter.ts";
import type { Value } from "./numbers.ts";
import { itemsWithin, lineCount, type OutlineItem, outlineOf } from "./outline.ts";
import { type Grouping, groupsBy, partsOf } from "./parts.ts";
import type { Report, ReportRow } from "./report.ts";
import { type Sums, sumOf } from "./sums.ts";

export interface ViewOptions {
  /** Ids of columns; absent: the usual ones, or the conventions that were asked for. */
  readonly columns?: readonly string[];
  /** How many levels of parts are shown; absent: as many as fit a screen. */
  readonly depth?: number;
  readonly expand?: boolean;
  /** Default `block`. */
  readonly groupBy?: Grouping;
  /** The id of a column: the largest first, at every level. */
  readonly sort?: string;
  /** Only so many operations, the largest ones; the others on one line. */
  readonly top?: number;
  readonly filter?: Filter;
}

export interface View {
  readonly columns: readonly Column[];
  readonly lines: readonly ViewLine[];
  /** Of the operations that the filter takes. */
  readonly totals: Sums;
  readonly selected: number;
  readonly operations: number;
}

export interface ViewLine {
  readonly item: OutlineItem;
  readonly indent: number;
  readonly isOpen: boolean;
}

/** Of the parts: what a person sees at one glance. */
const SCREEN_LINES = 32;

/** An id that is no column, or of no use where it stands. */
export class ColumnError extends Error {
  override readonly name = "ColumnError";
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

/** Throws a `ColumnError`. */
export function viewOf(report: Report, options: ViewOptions): View {
  const all = columnsOf(report);
  const rows = options.filter === undefined ? report.rows : report.rows.filter(options.filter);
  const totals = rows.length === report.rows.length ? report.totals : sumOf(rows);
  const outline = outlineFor(report, rows, options);
  const sortBy = options.sort ?? (options.top === undefined ? undefined : "macs");
  const sorted = sortBy === undefined ? outline : sortedBy(outline, columnNamed(sortBy, all));
  const items = options.top === undefined ? sorted : topOf(sorted, options.top);
  const depth =
    options.depth ?? (options.expand === true ? Number.POSITIVE_INFINITY : fittingDepth(items, options));
  return {
    columns: chosenColumns(report, options).map((id) => columnNamed(id, all)),
    lines: linesOf(items, depth, 0),
    totals,
    selected: rows.length,
    operations: report.rows.length,
  };
}

function chosenColumns(report: Report, { columns }: ViewOptions): readonly string[] {
  if (columns !== undefined) return columns;
  const asked = report.conventions.map(({ convention }) => convention.data.id);
  const device = report.circumstances.device === undefined ? [] : ["bound", "least"];
  return DEFAULT_COLUMNS.flatMap((id) => {
    if (id === "macs" && asked.length > 0) return [...new Set(asked)];
    return id === "src" ? [...device, id] : [id];
  });
}

function columnNamed(id: string, columns: readonly Column[]): Column {
  const column = columns.find((each) => each.id === id);
  if (column !== undefined) return column;
  const ids = columns.map((each) => each.id);
  const near = nearest(id, ids);
  throw new ColumnError(
    `there is no column ${quoted(id)}`,
    near === undefined ? `there are ${[...new Set(ids)].join(", ")}` : `did you mean ${quoted(near)}?`,
  );
}

function outlineFor(
  report: Report,
  rows: readonly ReportRow[],
  options: ViewOptions,
): readonly OutlineItem[] {
  const { groupBy = "block", expand, top } = options;
  const flat = { isFlat: true, expand: true };
  if (groupBy !== "block") return outlineOf(groupsBy(rows, groupBy), flat);
  if (top !== undefined) return outlineOf(rows, flat);
  const parts = rows.length === report.rows.length ? report.parts : partsOf(rows, 1);
  return outlineOf(parts, { ...(expand !== undefined && { expand }) });
}

/** The largest first; what has no value last, all in their own order. */
function sortedBy(items: readonly OutlineItem[], column: Column): readonly OutlineItem[] {
  return items
    .map((item) => ({ ...item, items: sortedBy(item.items, column) }))
    .toSorted((a, b) => compareValues(orderOf(b, column), orderOf(a, column)));
}

function orderOf(item: OutlineItem, { order, value }: Column): Value | undefined {
  return order?.(item) ?? value(item);
}

function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === "string" && typeof b === "string") return b < a ? -1 : b > a ? 1 : 0;
  const [first, second] = [a ?? -1, b ?? -1];
  return first < second ? -1 : first > second ? 1 : 0;
}

function topOf(items: readonly OutlineItem[], count: number): readonly OutlineItem[] {
  const [shown, others] = [items.slice(0, count), items.slice(count)];
  if (others.length === 0) return shown;
  const live = others.reduce((most, item) => (item.live > most ? item.live : most), 0n);
  const rest = {
    path: "",
    name: `… ${others.length} more`,
    what: "",
    out: "",
    live,
    field: [],
  };
  return [...shown, { ...rest, ...sumOf(others), levels: 1, items: [] }];
}

/** The deepest outline that fits a screen, and one level at least; groups and selections stay closed. */
function fittingDepth(items: readonly OutlineItem[], { groupBy = "block" }: ViewOptions): number {
  if (groupBy !== "block") return 1;
  const everything = lineCount(items, Number.POSITIVE_INFINITY);
  let depth = 1;
  while (lineCount(items, depth) < everything && lineCount(items, depth + 1) <= SCREEN_LINES) depth += 1;
  return depth;
}

function linesOf(items: readonly OutlineItem[], depth: number, indent: number): readonly ViewLine[] {
  return items.flatMap((item) => {
    const inner = itemsWithin(item, depth);
    return [{ item, indent, isOpen: inner.length > 0 }, ...linesOf(inner, depth - item.levels, indent + 1)];
  });
}
