/** Limits on what a report adds up to, from flags: `--max-macs 2.9G`, and on growth since an older report. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { withSeparators } from "../base/text.ts";
import { largestContributors } from "../measure/metric.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { budgetExceeded } from "../semantics/expect.ts";
import { type Amount as Limited, parseAmount } from "./amount.ts";
import type { ReportJson, ReportRowJson } from "./json.ts";
import { fractionText } from "./numbers.ts";
import { pathInModel } from "./paths.ts";
import { type Amount, growth, type Quantity, quantitiesOf } from "./quantity.ts";

export interface Limit {
  /** The name of a quantity. */
  readonly quantity: string;
  readonly amount: Limited;
  /** The flag as it was written. */
  readonly written: string;
}

/** `macs>+1%`, `params>100K`: how much a quantity may grow. `undefined`: it is none. */
export function parseGrowth(text: string): Limit | undefined {
  const [, quantity, written] = /^\s*([\w.@-]+)\s*>\s*\+?\s*(\S+)\s*$/.exec(text) ?? [];
  const amount = written === undefined ? undefined : parseAmount(written);
  return quantity === undefined || amount === undefined
    ? undefined
    : { quantity, amount, written: `--fail-on '${text.trim()}'` };
}

/** Where the operations of the model begin, if it was read from a spec. */
export interface Place {
  readonly span?: Span;
}

export function startOfModel({ nodes: [first] }: CheckedGraph): Place {
  return first === undefined ? {} : { span: first.origin.span };
}

/** A limit that is broken. */
export interface Exceeded {
  readonly diagnostic: Diagnostic;
  readonly quantity: Quantity;
  /** The most that would hold. */
  readonly allowed: number;
}

/** What is known of each limit that is exceeded. */
export function exceededLimits(
  report: ReportJson,
  limits: readonly Limit[],
  place: Place,
): readonly Exceeded[] {
  return each(limits, report).flatMap(({ limit, quantity }) => {
    const total = quantity.total(report.totals);
    if (total === undefined || Number(total) <= limit.amount.value) return [];
    const relation = `${quantity.name} <= ${limit.amount.text}`;
    const { share } = quantity;
    const shares = report.rows.map((row) => contributor(row, share?.(row) ?? 0n));
    const notes = [
      `the limit is that of \`${limit.written}\``,
      ...largestContributors(quantity.name, shares),
    ];
    const numbers = `${quantity.name} is ${printed(total)}`;
    const diagnostic = budgetExceeded.at({ ...place, notes }, relation, numbers);
    return [{ diagnostic, quantity, allowed: limit.amount.value }];
  });
}

/** The same for growth beyond an amount, or a share, of what an older report says. */
export function exceededGrowth(
  report: ReportJson,
  baseline: ReportJson,
  limits: readonly Limit[],
  place: Place,
): readonly Exceeded[] {
  return each(limits, report).flatMap(({ limit, quantity }) => {
    const [total, old] = [report, baseline].map(({ totals }) => quantity.total(totals));
    if (total === undefined || old === undefined) return [];
    const { amount, written } = limit;
    const grownBy = growth({ before: old, after: total });
    const allowed = amount.isShare ? Number(old) * amount.value : amount.value;
    if (Number(grownBy) <= allowed) return [];
    const share = Number(old) === 0 ? "" : ` (+${fractionText((100 * Number(grownBy)) / Number(old))} %)`;
    const relation = `${quantity.name} to grow by at most ${amount.text}`;
    const notes = [`the limit is that of \`${written}\``, ...grown(quantity, report, baseline)];
    const numbers = `it grew by ${printed(grownBy)}, from ${printed(old)} to ${printed(total)}${share}`;
    const diagnostic = budgetExceeded.at({ ...place, notes }, relation, numbers);
    return [{ diagnostic, quantity, allowed: Number(old) + allowed }];
  });
}

function each(
  limits: readonly Limit[],
  report: ReportJson,
): readonly { readonly limit: Limit; readonly quantity: Quantity }[] {
  const quantities = new Map(quantitiesOf(report).map((quantity) => [quantity.name, quantity]));
  return limits.flatMap((limit) => {
    const quantity = quantities.get(limit.quantity);
    return quantity === undefined ? [] : [{ limit, quantity }];
  });
}

function printed(amount: Amount): string {
  return typeof amount === "number" && !Number.isFinite(amount) ? "unlimited" : withSeparators(amount);
}

function contributor(
  { path, span }: ReportRowJson,
  amount: bigint,
): Parameters<typeof largestContributors>[1][number] {
  const { line, column } = span.start;
  return { path, place: `${span.path}:${line}:${column}`, amount };
}

/** Operations that cost more than those of the same path, or are new. */
function grown(
  { name, share, isSum }: Quantity,
  { rows }: ReportJson,
  baseline: ReportJson,
): readonly string[] {
  if (share === undefined || !isSum) return [];
  // A renamed model has the same operations.
  const before = new Map(baseline.rows.map((row) => [pathInModel(row), share(row)]));
  const more = rows.map((row) => contributor(row, share(row) - (before.get(pathInModel(row)) ?? 0n)));
  return largestContributors(`growth of ${name}`, more);
}
