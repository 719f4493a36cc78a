/** The logistic function, element by element: 1 / (1 + exp(-x)). */
import type { OpStage } from "./op.ts";
import { definePointwise } from "./pointwise.ts";

export const sigmoid: OpStage<object> = definePointwise({
  name: "sigmoid",
  summary: "`1 / (1 + exp(-x))`, element by element.",
  of: logistic,
  keepsResult: true,
  lower: (lowering, [x]) => lowering.add({ kind: "pointwise", function: "sigmoid" }, [x]),
});

export function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
