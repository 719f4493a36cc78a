/** The columns of a report: what each shows of a line, what stands below it, and its value for programs. */
import { withSeparators, withUnit } from "../base/text.ts";
import { byteText, fieldText, fractionText, jumpText } from "./numbers.ts";
import type { OutlineItem } from "./outline.ts";
import type { Circumstances, Report } from "./report.ts";
import type { Sums } from "./sums.ts";

export interface Column {
  /** As `--cols` names it. */
  readonly id: string;
  readonly title: string;
  readonly align: "left" | "right";
  /** Columns of a higher number go first where the width is short; those of 0 never. */
  readonly rank: number;
  cell(item: OutlineItem): string;
  /** Of everything, and below it the same for people. */
  total?(totals: Sums): readonly [string, string];
  /** For CSV and for sorting; `undefined` where a line has none. */
  value(item: OutlineItem): bigint | number | string | undefined;
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
    text("in", "in", 4, (item) => item.in),
    text("out", "out", 1, ({ out }) => out),
    text("kernel", "kernel", 3, ({ window }) => window?.size.join("x") ?? ""),
    text("stride", "stride", 3, ({ window }) => window?.stride.join("x") ?? ""),
    text("groups", "groups", 3, ({ window }) => (window === undefined ? "" : `${window.groups}`)),
    sum("params", PARAMETER_TITLES[circumstances.params], 0, ({ params }) => params),
    share("%params", 3, ({ params }) => params, totals),
    sum("buffers", "buffers", 3, ({ buffers }) => buffers),
    sum("macs", "MACs", 0, ({ macs }) => macs),
    share("%macs", 3, ({ macs }) => macs, totals),
    ...conventions,
    bytes("bytes", "written", ({ written }) => written),
    { ...bytes("live", "live", ({ live }) => live ?? 0n), total: () => byteTotal(report.memory.peak) },
    bytes("traffic", "traffic", ({ traffic }) => traffic),
    bytes("fused", "fused traffic", ({ fusedTraffic }) => fusedTraffic),
    {
      ...number("ai", "FLOP/B", ({ macs, traffic }) =>
        traffic === 0n ? undefined : (2 * Number(macs)) / Number(traffic),
      ),
      total: ({ macs, traffic }) => [fractionText((2 * Number(macs)) / Number(traffic)), ""],
    },
    ...bound(circumstances),
    text("rf", "field", 3, ({ field }) => fieldText(field)),
    text("jump", "jump", 3, ({ field }) => jumpText(field)),
    { ...number("fan-in", "fan-in", ({ fanIn }) => fanIn), rank: 3 },
    text("src", "source", 5, ({ source }) => source),
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
  return { id, title, align: "left", rank, cell, value: cell };
}

function sum(id: string, title: string, rank: number, amount: (sums: Sums) => bigint): Column {
  return {
    id,
    title,
    align: "right",
    rank,
    cell: (item) => (amount(item) === 0n ? "–" : withSeparators(amount(item))),
    total: (totals) => [withSeparators(amount(totals)), withUnit(amount(totals))],
    value: amount,
  };
}

function share(id: string, rank: number, amount: (sums: Sums) => bigint, totals: Sums): Column {
  const of = (sums: Sums): number =>
    amount(totals) === 0n ? 0 : (100 * Number(amount(sums))) / Number(amount(totals));
  return {
    id,
    title: "%",
    align: "right",
    rank,
    cell: (item) => (amount(item) === 0n ? "–" : of(item).toFixed(1)),
    total: (sums) => [of(sums).toFixed(1), ""],
    value: of,
  };
}

type Measured = Sums & Partial<Pick<OutlineItem, "live">>;

function bytes(id: string, title: string, amount: (item: Measured) => bigint): Column {
  return {
    id,
    title,
    align: "right",
    rank: 2,
    cell: (item) => (amount(item) === 0n ? "–" : byteText(amount(item))),
    total: (totals) => byteTotal(amount(totals)),
    value: amount,
  };
}

function byteTotal(amount: bigint): readonly [string, string] {
  return [byteText(amount), ""];
}

function number(id: string, title: string, amount: (item: OutlineItem) => number | undefined): Column {
  return {
    id,
    title,
    align: "right",
    rank: 3,
    cell(item) {
      const value = amount(item);
      return value === undefined || value === 0 ? "–" : fractionText(value);
    },
    value: amount,
  };
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
  return [
    text("bound", "bound", 2, isBound),
    {
      ...number("least", "least µs", ({ picoseconds }) => Number(picoseconds) / 1e6),
      rank: 2,
      total: ({ picoseconds }) => [fractionText(Number(picoseconds) / 1e6), ""],
    },
  ];
}
