/** The difference of two equal shapes. */
import { defineElementwise } from "./elementwise.ts";
import type { OpStage } from "./op.ts";

export const sub: OpStage<object> = defineElementwise({
  name: "sub",
  summary:
    "The first of its two operands, which have one shape, less the second. Bare, it takes the current value from the body's input.",
  join: "pair",
  primitive: "subtract",
  isLinear: true,
  combine: (first, second) => first - second,
});
