/** The rectifier, element by element: max(x, 0). */
import type { OpStage } from "./op.ts";
import { definePointwise } from "./pointwise.ts";

export const relu: OpStage<object> = definePointwise({
  name: "relu",
  summary: "`max(x, 0)`, element by element.",
  of: (value) => Math.max(value, 0),
  keepsResult: true,
  lower: (lowering, [x]) => lowering.add({ kind: "pointwise", function: "relu" }, [x]),
});
