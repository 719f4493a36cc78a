/** For which sizes no row is lost: every row of a value that windows read is read by one of them at least. */
import { leastCommonMultiple } from "../base/integers.ts";
import { rankOf } from "../ir/shape.ts";
import { type Condition, conditionOn } from "../ir/size.ts";
import type { OpNode } from "../ops/op.ts";
import { readsAllRows, rowPeriod, type WindowRule, windowRuleOf } from "../ops/window.ts";

/** One condition for each symbolic axis of a value that convolutions or pools read. */
export function losslessConditions(nodes: readonly OpNode[]): readonly Condition[] {
  const readers = new Map<number, WindowRule[]>();
  for (const node of nodes) {
    const rule = windowRuleOf(node);
    const [source] = node.inputs;
    if (rule === undefined || source === undefined) continue;
    readers.set(source, [...(readers.get(source) ?? []), rule]);
  }
  return [...readers].flatMap(([source, rules]) => {
    const shape = nodes[source]?.shape;
    if (shape === undefined) return [];
    return shape.sizes.flatMap((size, axis): Condition[] => {
      if (typeof size === "number" || rankOf(shape) === 0) return [];
      const every = rules.reduce(
        (period, rule) => leastCommonMultiple(period, rowPeriod(rule, axis).every),
        1,
      );
      const from = Math.max(...rules.map((rule) => rowPeriod(rule, axis).from));
      return [
        conditionOn(size, (length) => readsAllRows(rules, axis, length), { every, from: from + every }),
      ];
    });
  });
}
