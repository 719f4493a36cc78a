/** The larger of equal shapes, element by element: maxout (Goodfellow et al. 2013) over branches. */
import { defineElementwise } from "./elementwise.ts";
import type { OpStage } from "./op.ts";

export const max: OpStage<object> = defineElementwise({
  name: "max",
  summary:
    "The largest of its operands, which have one shape, at each element. Bare, of the body's input and the current value.",
  join: "several",
  primitive: "maximum",
  combine: Math.max,
});
