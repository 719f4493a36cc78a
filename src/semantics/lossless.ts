/** For which sizes no row is lost: every row of a value that windows read is read by one of them at least. */
import { groupBy } from "../base/group.ts";
import { leastCommonMultiple } from "../base/integers.ts";
import { rankOf } from "../ir/shape.ts";
import { type Condition, conditionOn } from "../ir/size.ts";
import type { OpNode } from "../ops/op.ts";
import { readsAllRows, rowPeriod, windowRuleOf } from "../ops/window.ts";

/** One condition for each symbolic axis of a value that convolutions or pools read. */
export function losslessConditions(nodes: readonly OpNode[]): readonly Condition[] {
  const windows = nodes.flatMap((node) => {
    const rule = windowRuleOf(node);
    const [source] = node.inputs;
    return rule === undefined || source === undefined ? [] : [{ source, rule }];
  });
  return [...groupBy(windows, ({ source }) => source)].flatMap(([source, readers]) => {
    const rules = readers.map(({ rule }) => rule);
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
