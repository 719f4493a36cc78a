/** The rectifier that saturates at 6 (Krizhevsky 2010; MobileNet). */
import type { OpStage } from "./op.ts";
import { definePointwise } from "./pointwise.ts";

export const relu6: OpStage<object> = definePointwise({
  name: "relu6",
  summary: "`min(max(x, 0), 6)`, element by element.",
  of: (value) => Math.min(Math.max(value, 0), 6),
  lower: (lowering, [x]) => lowering.add({ kind: "pointwise", function: "relu6" }, [x]),
});
