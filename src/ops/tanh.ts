/** The hyperbolic tangent, element by element. */
import type { OpStage } from "./op.ts";
import { definePointwise } from "./pointwise.ts";

export const tanh: OpStage<object> = definePointwise({
  name: "tanh",
  summary: "The hyperbolic tangent, element by element.",
  of: Math.tanh,
  keepsResult: true,
  lower: (lowering, [x]) => lowering.add({ kind: "pointwise", function: "tanh" }, [x]),
});
