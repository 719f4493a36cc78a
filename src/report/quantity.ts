/** The numbers of a whole model that limits name and comparisons tell, as saved reports hold them. */
import { withSeparators } from "../base/text.ts";
import type { ReceptiveFieldJson, ReportJson, ReportRowJson, TotalsJson } from "./json.ts";
import { byteText, fractionText } from "./numbers.ts";

export interface Quantity {
  /** As limits name it: `macs`, `peak`, `fvcore`. */
  readonly name: string;
  readonly title: string;
  readonly unit: "count" | "bytes" | "positions";
  /** `undefined`: a report of an older version does not tell it. */
  total(totals: TotalsJson): Amount | undefined;
  /** What an operation adds to the total, or how much is alive at it; absent where the total is made of no such parts. */
  share?(row: ReportRowJson): bigint;
  /** Whether the shares add up to the total. */
  readonly isSum: boolean;
}

/** Counts and bytes are exact; positions may be fractions, or unlimited. */
export type Amount = bigint | number;

/** Of every report. */
export const USUAL_QUANTITIES: readonly Quantity[] = [
  sum("params", "params", "count", ({ params }) => params),
  sum("buffers", "buffers", "count", ({ buffers }) => buffers),
  sum("macs", "MACs", "count", ({ macs }) => macs),
  {
    name: "peak",
    title: "peak bytes",
    unit: "bytes",
    total: ({ peakBytes }) => exact(peakBytes),
    share: ({ liveBytes }) => exact(liveBytes) ?? 0n,
    isSum: false,
  },
  {
    name: "kept",
    title: "kept bytes",
    unit: "bytes",
    total: ({ keptBytes }) => exact(keptBytes),
    isSum: false,
  },
  sum("traffic", "traffic", "bytes", ({ trafficBytes }) => trafficBytes),
  {
    name: "rf",
    title: "field",
    unit: "positions",
    total: ({ receptiveField }) => receptiveField && longestField(receptiveField),
    isSum: false,
  },
];

/** The usual ones, and each convention that was asked for. */
export function quantitiesOf({ totals }: Pick<ReportJson, "totals">): readonly Quantity[] {
  const conventions = Object.keys(totals.conventions ?? {}).filter((name) => name !== "macs");
  const counted = conventions.map((name) =>
    sum(name, name, "count", ({ conventions: counts }) => counts?.[name]),
  );
  return [...USUAL_QUANTITIES, ...counted];
}

/** Along the axis where it is longest. */
export function longestField(field: ReceptiveFieldJson): number {
  return Math.max(0, ...field.map(({ max }) => max ?? Number.POSITIVE_INFINITY));
}

type Sums = TotalsJson | ReportRowJson;

function sum(
  name: string,
  title: string,
  unit: Quantity["unit"],
  of: (sums: Sums) => number | string | undefined,
): Quantity {
  return {
    name,
    title,
    unit,
    total: (totals) => exact(of(totals)),
    share: (row) => exact(of(row)) ?? 0n,
    isSum: true,
  };
}

function exact(value: number | string | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}

/** What came; negative where it went. */
export function growth({ before, after }: { readonly before: Amount; readonly after: Amount }): Amount {
  return typeof before === "bigint" && typeof after === "bigint"
    ? after - before
    : Number(after) - Number(before);
}

/** With its unit where that is bytes: `7,978,856`, `6.9 MiB`, `all` of the positions. */
export function amountText(amount: Amount, { unit }: Pick<Quantity, "unit">): string {
  if (typeof amount === "bigint") return unit === "bytes" ? byteText(amount) : withSeparators(amount);
  return Number.isFinite(amount) ? fractionText(amount) : "all";
}
