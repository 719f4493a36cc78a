/** The logistic function in three straight pieces (Howard et al. 2019, MobileNetV3). */
import type { Ref } from "../ir/lowered.ts";
import type { Lowering, OpStage } from "./op.ts";
import { definePointwise } from "./pointwise.ts";

export const hardsigmoid: OpStage<object> = definePointwise({
  name: "hardsigmoid",
  summary: "`relu6(x + 3) / 6`, element by element.",
  of: inThreePieces,
  lower: (lowering, [x]) => lowerThreePieces(lowering, x),
});

export function inThreePieces(value: number): number {
  return Math.min(Math.max(value + 3, 0), 6) / 6;
}

export function lowerThreePieces(lowering: Lowering, x: Ref, suffix?: string): Ref {
  const shifted = lowering.add({ kind: "add" }, [x, lowering.number(3, "three")], "shifted");
  const clipped = lowering.add({ kind: "pointwise", function: "relu6" }, [shifted], "relu6");
  return lowering.add({ kind: "multiply" }, [clipped, lowering.number(1 / 6, "one-sixth")], suffix);
}
