/** Swish with the logistic function in three straight pieces (Howard et al. 2019, MobileNetV3). */
import { inThreePieces, lowerThreePieces } from "./hardsigmoid.ts";
import type { OpStage } from "./op.ts";
import { definePointwise } from "./pointwise.ts";

export const hardswish: OpStage<object> = definePointwise({
  name: "hardswish",
  summary: "`x * hardsigmoid(x)`, element by element.",
  of: (value) => value * inThreePieces(value),
  lower: (lowering, [x]) =>
    lowering.add({ kind: "multiply" }, [x, lowerThreePieces(lowering, x, "hardsigmoid")]),
});
