/** Limits on what a report adds up to, from flags: `--max-macs 2.9G`, and against an older report. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { withSeparators } from "../base/text.ts";
import { type Contributor, largestContributors } from "../measure/metric.ts";
import { budgetExceeded } from "../semantics/expect.ts";
import type { Amount } from "./amount.ts";
import { namesOf, type ReportJson, type TotalsJson } from "./json.ts";
import { fractionText } from "./numbers.ts";
import type { Report, ReportRow } from "./report.ts";

/** What may be limited: these, and every convention of the report by its name. */
export const LIMITED = ["params", "buffers", "macs", "peak", "kept", "traffic", "rf"] as const;

export interface Limit {
  readonly metric: string;
  readonly amount: Amount;
  /** The flag as it was written. */
  readonly written: string;
}

interface Measured {
  readonly value: bigint | number;
  /** What each operation adds, or how much is alive at it. */
  readonly share?: (row: ReportRow) => bigint;
  /** The same in an older report. */
  readonly before: (totals: TotalsJson) => number | string | undefined;
}

/** `undefined`: it is none. */
function measureOf(metric: string, report: Report): Measured | undefined {
  const { totals, memory, field, conventions } = report;
  switch (metric) {
    case "params":
      return { value: totals.params, share: ({ params }) => params, before: ({ params }) => params };
    case "buffers":
      return { value: totals.buffers, share: ({ buffers }) => buffers, before: ({ buffers }) => buffers };
    case "macs":
      return { value: totals.macs, share: ({ macs }) => macs, before: ({ macs }) => macs };
    case "peak":
      return { value: memory.peak, share: ({ live }) => live, before: ({ peakBytes }) => peakBytes };
    case "kept":
      return { value: memory.kept.naive, before: ({ keptBytes }) => keptBytes };
    case "traffic":
      return {
        value: totals.traffic,
        share: ({ traffic }) => traffic,
        before: ({ trafficBytes }) => trafficBytes,
      };
    case "rf":
      return {
        value: Math.max(0, ...field.map(({ max }) => max)),
        before: ({ receptiveField }) =>
          Math.max(0, ...(receptiveField ?? []).map(({ max }) => max ?? Number.POSITIVE_INFINITY)),
      };
    default: {
      const index = namesOf(conventions).indexOf(metric);
      if (index < 0) return undefined;
      return {
        value: totals.counts[index] ?? 0n,
        share: ({ counts }) => counts[index] ?? 0n,
        before: (old) => old.conventions?.[metric],
      };
    }
  }
}

/** Whether the report has the metric. */
export function isLimitable(metric: string, report: Report): boolean {
  return measureOf(metric, report) !== undefined;
}

/** A diagnostic for each limit that is exceeded, at the first operation. */
export function exceededLimits(report: Report, limits: readonly Limit[]): readonly Diagnostic[] {
  return limits.flatMap(({ metric, amount, written }) => {
    const measured = measureOf(metric, report);
    if (measured === undefined || Number(measured.value) <= amount.value) return [];
    const relation = `${metric} <= ${amount.text}`;
    const notes = [`the limit is that of \`${written}\``, ...contributors(metric, report, measured.share)];
    return [
      budgetExceeded.at({ ...placeOf(report), notes }, relation, `${metric} is ${printed(measured.value)}`),
    ];
  });
}

/** The same for growth beyond a share or amount of what an older report says. */
export function exceededGrowth(
  report: Report,
  baseline: ReportJson,
  limits: readonly Limit[],
): readonly Diagnostic[] {
  return limits.flatMap(({ metric, amount, written }) => {
    const measured = measureOf(metric, report);
    const old = measured?.before(baseline.totals);
    if (measured === undefined || old === undefined) return [];
    const before = Number(old);
    const growth = Number(measured.value) - before;
    const allowed = amount.isShare ? before * amount.value : amount.value;
    if (growth <= allowed) return [];
    const share = before === 0 ? "" : ` (+${fractionText((100 * growth) / before)} %)`;
    const relation = `${metric} to grow by at most ${amount.text}`;
    const notes = [`the limit is that of \`${written}\``, ...grown(metric, report, baseline, measured.share)];
    const numbers = `it grew from ${withSeparators(String(old))} to ${printed(measured.value)}${share}`;
    return [budgetExceeded.at({ ...placeOf(report), notes }, relation, numbers)];
  });
}

function printed(value: bigint | number): string {
  return typeof value === "number" && !Number.isFinite(value) ? "unlimited" : withSeparators(value);
}

function contributors(metric: string, { rows }: Report, share: Measured["share"]): readonly string[] {
  if (share === undefined) return [];
  return largestContributors(
    metric,
    rows.map((row) => contributor(row, share(row))),
  );
}

function contributor({ path, span }: ReportRow, amount: bigint): Contributor {
  return { path, span, amount };
}

/** Operations that cost more than those of the same path, or are new. */
function grown(
  metric: string,
  { rows }: Report,
  baseline: ReportJson,
  share: Measured["share"],
): readonly string[] {
  if (share === undefined || (metric !== "params" && metric !== "buffers" && metric !== "macs")) return [];
  const before = new Map(baseline.rows.map((row) => [afterModel(row.path), BigInt(row[metric])]));
  const growth = rows.map((row) => contributor(row, share(row) - (before.get(afterModel(row.path)) ?? 0n)));
  return largestContributors(`growth of ${metric}`, growth);
}

/** A renamed model has the same operations. */
function afterModel(path: string): string {
  return path.slice(path.indexOf("/") + 1);
}

/** Where the model's operations begin. */
function placeOf({ rows }: Report): { readonly span?: Span } {
  const [first] = rows;
  return first === undefined ? {} : { span: first.span };
}
