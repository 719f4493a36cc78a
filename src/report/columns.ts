/** The columns of a report: what each shows of a line, what stands below it, and its value for programs. */
import { startOf } from "../base/source.ts";
import { withSeparators, withUnit } from "../base/text.ts";
import { printShape } from "../ir/shape.ts";
import { byteText, fieldText, fractionText, jumpText, type Unit, type Value, valueText } from "./numbers.ts";
import type { OutlineItem } from "./outline.ts";
import type { Circumstances, Report, ReportRow } from "./report.ts";
import type { Sums } from "./sums.ts";

export interface Column {
  /** As `--cols` names it. */
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** Columns of a higher number go first where the width is short; those of 0 never. */
  readonly rank: number;
  cell(item: OutlineItem): string;
  /** Of everything, and below it the same for people. */
  total?(totals: Sums): readonly [string, string];
  /** For CSV and for pages; `undefined` where a line has none. */
  value(item: OutlineItem): Value | undefined;
  /** What orders lines, where that is not the value. */
  order?(item: OutlineItem): number;
}

export function isText({ unit }: Pick<Column, "unit">): boolean {
  return unit === "text";
}

/** Shown beside the name of each part unless `--cols` says otherwise: eight columns with it. */
export const DEFAULT_COLUMNS: readonly string[] = ["op", "out", "params", "macs", "traffic", "ai", "src"];

/** So many have their column however narrow the terminal is; the totals of all stand above the table. */
const KEPT_CONVENTIONS = 2;

/** Every column that this report can show, in the order of the table. */
export function columnsOf(report: Report): readonly Column[] {
  const { totals, circumstances } = report;
  const conventions = report.conventions.flatMap(({ convention }, index): readonly Column[] =>
    // The column of multiply-adds is always there.
    convention.data.id === "macs"
      ? []
      : [
          sum(
            convention.data.id,
            titleOf(report, index),
            index < KEPT_CONVENTIONS ? 0 : 2,
            ({ counts }) => counts[index] ?? 0n,
          ),
          share(`%${convention.data.id}`, 3, ({ counts }) => counts[index] ?? 0n, totals),
        ],
  );
  return [
    text("op", "stage", 2, ({ what }) => what),
    text("in", "in", 4, ({ row }) => (row === undefined ? "" : inputsOf(row))),
    text("out", "out", 1, ({ out }) => out),
    text("kernel", "kernel", 3, ({ row }) => row?.windowSizes?.size.join("x") ?? ""),
    text("stride", "stride", 3, ({ row }) => row?.windowSizes?.stride.join("x") ?? ""),
    text("groups", "groups", 3, ({ row }) => `${row?.windowSizes?.groups ?? ""}`),
    sum("params", PARAMETER_TITLES[circumstances.params], 0, ({ params }) => params),
    share("%params", 3, ({ params }) => params, totals),
    sum("buffers", "buffers", 3, ({ buffers }) => buffers),
    sum("macs", "MACs", 0, ({ macs }) => macs),
    share("%macs", 3, ({ macs }) => macs, totals),
    ...conventions,
    bytes("bytes", "written", ({ written }) => written),
    {
      ...amount("live", "live", "bytes", 2, ({ live }) => live),
      total: () => [byteText(report.memory.peak), ""],
    },
    bytes("traffic", "traffic", ({ traffic }) => traffic),
    bytes("fused", "fused traffic", ({ fusedTraffic }) => fusedTraffic),
    {
      ...amount("ai", "FLOP/B", "number", 3, intensity),
      total: (sums) => [valueText(intensity(sums), "number"), ""],
    },
    ...bound(circumstances),
    { ...text("rf", "field", 3, ({ field }) => fieldText(field)), order: longest },
    text("jump", "jump", 3, ({ field }) => jumpText(field)),
    amount("fan-in", "fan-in", "number", 3, ({ row }) => row?.fanIn),
    text("src", "source", 5, ({ row }) => (row === undefined ? "" : sourceOf(row))),
  ];
}

const PARAMETER_TITLES = { trainable: "params", keras: "params (Keras)", folded: "params (folded)" } as const;

/** Two versions of one convention are told apart. */
function titleOf({ conventions }: Report, index: number): string {
  const data = conventions[index]?.convention.data;
  const isAlone = conventions.filter(({ convention }) => convention.data.id === data?.id).length === 1;
  return isAlone ? (data?.id ?? "") : `${data?.id}@${data?.version}`;
}

function text(id: string, title: string, rank: number, cell: (item: OutlineItem) => string): Column {
  return { id, title, unit: "text", rank, cell, value: cell };
}

function amount(
  id: string,
  title: string,
  unit: Unit,
  rank: number,
  value: (item: OutlineItem) => bigint | number | undefined,
): Column {
  return { id, title, unit, rank, value, cell: (item) => valueText(value(item), unit) };
}

function sum(id: string, title: string, rank: number, of: (sums: Sums) => bigint): Column {
  return {
    ...amount(id, title, "count", rank, of),
    total: (totals) => [withSeparators(of(totals)), withUnit(of(totals))],
  };
}

function share(id: string, rank: number, of: (sums: Sums) => bigint, totals: Sums): Column {
  const percent = (sums: Sums): number =>
    of(totals) === 0n ? 0 : (100 * Number(of(sums))) / Number(of(totals));
  return { ...amount(id, "%", "percent", rank, percent), total: (sums) => [percent(sums).toFixed(1), ""] };
}

function bytes(id: string, title: string, of: (sums: Sums) => bigint): Column {
  return { ...amount(id, title, "bytes", 2, of), total: (totals) => [byteText(of(totals)), ""] };
}

/** FLOPs a byte; a multiply-add is two. */
function intensity({ macs, traffic }: Sums): number | undefined {
  return traffic === 0n ? undefined : (2 * Number(macs)) / Number(traffic);
}

/** Only for a device: what bounds each operation, and how long it takes at least. */
function bound({ device }: Circumstances): readonly Column[] {
  if (device === undefined) return [];
  const isBound = (item: OutlineItem): string => {
    if (item.macs === 0n && item.traffic === 0n) return "";
    return (2 * Number(item.macs)) / device.peak >= Number(item.traffic) / device.bandwidth
      ? "compute"
      : "memory";
  };
  const least = ({ picoseconds }: Sums): number => Number(picoseconds) / 1e6;
  return [
    text("bound", "bound", 2, isBound),
    {
      ...amount("least", "least µs", "number", 2, least),
      total: (totals) => [fractionText(least(totals)), ""],
    },
  ];
}

function inputsOf({ in: [first, ...rest] }: ReportRow): string {
  if (first === undefined) return "";
  return rest.length === 0 ? printShape(first) : `${printShape(first)} + ${rest.length} more`;
}

/** `net.dn:12`. */
export function sourceOf({ span }: ReportRow): string {
  const { path } = span.file;
  return `${path.slice(path.lastIndexOf("/") + 1)}:${startOf(span).line}`;
}

/** Of the longest path along the longest axis. */
function longest({ field }: OutlineItem): number {
  return Math.max(0, ...field.map(({ max }) => max));
}
