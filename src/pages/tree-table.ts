/** The rows of a report as data that the script of a page shows as a table to sort, filter and fold. */
import { largestOf } from "../base/integers.ts";
import { jsonInteger } from "../base/text.ts";
import { type Column, columnsOf } from "../report/columns.ts";
import { type Unit, valueText } from "../report/numbers.ts";
import type { OutlineItem } from "../report/outline.ts";
import { GROUP_KEYS } from "../report/parts.ts";
import type { Report, ReportRow } from "../report/report.ts";
import { type ViewLine, type ViewOptions, viewOf } from "../report/view.ts";

export interface TreeTable {
  readonly columns: readonly TreeColumn[];
  /** In the order of the spec, each before those inside it. */
  readonly rows: readonly TreeRow[];
}

interface TreeColumn {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly isShown: boolean;
  /** Where amounts have bars: the amount of the longest. */
  readonly largest?: number;
  /** Of all rows. */
  readonly total?: string;
}

/** Strings are text, or integers past 2^53; a pair is a text and what orders it. */
type Cell = number | string | readonly [text: string, order: number] | null;

interface TreeRow {
  readonly name: string;
  readonly path: string;
  readonly level: number;
  readonly isOpen: boolean;
  /** Of an operation: what it is grouped by, and what tests may name beside the columns. */
  readonly op?: string;
  readonly kernel?: string;
  readonly resolution?: string;
  readonly cells: readonly Cell[];
}

const WITH_BARS: ReadonlySet<string> = new Set(["params", "macs", "bytes", "live", "traffic", "fused"]);

/** Throws a `ColumnError` for a column that there is not. */
export function treeTableOf(report: Report, options: ViewOptions): TreeTable {
  const shown = viewOf(report, options);
  const isShown = new Set(shown.columns.map(({ id }) => id));
  const isOpen = new Set(shown.lines.filter((line) => line.isOpen).map(({ item }) => item.path));
  const counted = new Set(report.conventions.map(({ convention }) => `%${convention.data.id}`));
  const all = columnsOf(report).filter(({ id }) => !counted.has(id) || isShown.has(id));
  const { lines, totals } = viewOf(report, { ...options, depth: Number.POSITIVE_INFINITY });
  return {
    columns: all.map((column) => {
      const { id, title, unit, total } = column;
      return {
        id,
        title: unit === "percent" ? id.replace("%", "% ") : title,
        unit,
        isShown: isShown.has(id),
        ...(WITH_BARS.has(id) && { largest: largestIn(column, lines) }),
        ...(total && { total: total(totals)[0] }),
      };
    }),
    rows: lines.map(({ item, indent }) => rowOf(item, indent, all, isOpen)),
  };
}

function rowOf(
  item: OutlineItem,
  indent: number,
  columns: readonly Column[],
  isOpen: ReadonlySet<string>,
): TreeRow {
  return {
    name: item.name,
    path: item.path,
    level: indent + 1,
    isOpen: isOpen.has(item.path),
    ...(item.row && groupsOf(item.row)),
    cells: columns.map((column) => cellOf(column, item)),
  };
}

function groupsOf(row: ReportRow): Pick<TreeRow, "op" | "kernel" | "resolution"> {
  const { op, kernel, resolution } = GROUP_KEYS;
  return { op: op(row), kernel: kernel(row), resolution: resolution(row) };
}

function largestIn({ value }: Column, lines: readonly ViewLine[]): number {
  return largestOf(
    lines.map(({ item }) => Number(value(item) ?? 0)),
    0,
  );
}

function cellOf(column: Column, item: OutlineItem): Cell {
  const value = column.value(item);
  if (value === undefined) return null;
  if (typeof value === "bigint") return jsonInteger(value);
  if (typeof value === "number") return Number(value.toPrecision(4));
  if (typeof value === "string" && column.order !== undefined) {
    const order = column.order(item);
    return [valueText(value, "text"), Number.isFinite(order) ? order : Number.MAX_VALUE];
  }
  return value;
}
