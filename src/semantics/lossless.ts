/** For which sizes no row is lost: every row of a value that windows read is read by one of them at least. */
import { groupBy } from "../base/group.ts";
import { leastCommonMultiple } from "../base/integers.ts";
import { type Condition, conditionOn, type SymbolicSize, UNKNOWN_PERIOD } from "../ir/size.ts";
import type { OpNode } from "../ops/op.ts";
import { readsAllRows, readsEachRow, rowPeriod, type WindowRule, windowRuleOf } from "../ops/window.ts";

/** One condition for each symbolic size that convolutions or pools read in a way of their own. */
export function losslessConditions(nodes: readonly OpNode[]): readonly Condition[] {
  const windows = nodes.flatMap((node) => {
    const rule = windowRuleOf(node);
    const [source] = node.inputs;
    return rule === undefined || source === undefined ? [] : [{ source, rule }];
  });
  const names = sizeNames();
  const conditions = new Map<string, Condition>();
  for (const [source, readers] of groupBy(windows, (window) => window.source)) {
    const rules = readers.map(({ rule }) => rule);
    for (const [axis, size] of (nodes[source]?.shape.sizes ?? []).entries()) {
      if (typeof size === "number" || rules.some((rule) => readsEachRow(rule, axis))) continue;
      // Deep networks read values of the same size in the same way, over and over.
      const ways = new Map(rules.map((rule) => [wayOf(rule, axis), rule]));
      const key = [names.of(size), ...ways.keys()].join(" ");
      if (!conditions.has(key)) conditions.set(key, conditionFor(size, [...ways.values()], axis));
    }
  }
  return [...conditions.values()];
}

/** A name for each size: the same for lines that are the same. */
function sizeNames(): { of(size: SymbolicSize): string } {
  const others = new Map<SymbolicSize, string>();
  return {
    of(size) {
      const { symbol, every, by, offset } = size;
      if (offset !== undefined) return `${symbol} ${every} ${by} ${offset}`;
      const name = others.get(size) ?? `${symbol} other ${others.size}`;
      others.set(size, name);
      return name;
    },
  };
}

function wayOf({ size, stride, dilation, padding, ceil }: WindowRule, axis: number): string {
  return [size[axis], stride[axis], dilation[axis], padding[axis], ceil].join(":");
}

/** Periods of rows beyond this are left undecided. */
const LONGEST_ROW_PERIOD = 2 ** 12;

function conditionFor(size: SymbolicSize, rules: readonly WindowRule[], axis: number): Condition {
  const periods = rules.map((rule) => rowPeriod(rule, axis));
  const every = periods.reduce((period, rule) => leastCommonMultiple(period, rule.every), 1);
  const from = every + Math.max(...periods.map((rule) => rule.from));
  const isLong = Math.max(every, from) > LONGEST_ROW_PERIOD;
  if (isLong) return conditionOn(size, () => false, { every: UNKNOWN_PERIOD, from });
  // Longer values are as the first ones in all that matters, which takes less to look at.
  const holds = Array.from({ length: from + every }, (_, length) => readsAllRows(rules, axis, length));
  const lookUp = (length: number): boolean =>
    holds[length < from ? length : from + ((length - from) % every)] ?? true;
  return conditionOn(size, lookUp, { every, from });
}
