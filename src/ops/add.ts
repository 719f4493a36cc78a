/** The sum of equal shapes: the skip of ResNet (He et al. 2016). */
import { defineElementwise } from "./elementwise.ts";
import type { OpStage } from "./op.ts";

export const add: OpStage<object> = defineElementwise({
  name: "add",
  summary:
    "The sum of its operands, which have one shape. Bare, it adds the body's input to the current value.",
  join: "several",
  primitive: "add",
  isLinear: true,
  combine: (first, second) => first + second,
});
