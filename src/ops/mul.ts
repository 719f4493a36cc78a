/** The product of equal shapes, element by element. `gate` is the one that spreads a smaller value. */
import { defineElementwise } from "./elementwise.ts";
import type { OpStage } from "./op.ts";

export const mul: OpStage<object> = defineElementwise({
  name: "mul",
  summary:
    "The product of its operands, which have one shape. Bare, it multiplies the body's input by the current value.",
  join: "several",
  primitive: "multiply",
  combine: (first, second) => first * second,
});
