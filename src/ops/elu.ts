/** The exponential linear unit (Clevert et al. 2015). */
import { positive } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";
import { scaleNegative } from "./pointwise.ts";
import { mapElements } from "./reference-tensor.ts";

export interface EluAttrs {
  /** Minus the limit for very negative numbers. */
  readonly alpha: number;
}

export const elu: OpStage<EluAttrs> = defineOp({
  name: "elu",
  group: "activation",
  summary: "`x` where it is positive, `alpha * (exp(x) - 1)` elsewhere.",
  slots: {},
  arguments: { alpha: { type: positive, summary: "minus the limit for negative numbers", default: "1" } },
  examples: [
    {
      source: "elu",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
    {
      source: "elu(alpha=1/2)",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: (call) => ({ alpha: call.arguments.alpha ?? 1 }),
  shape: ([input]) => input,
  memory: () => ({ result: "in-place" }),
  reference: ([x], _weight, { alpha }) =>
    mapElements(x, (value) => (value > 0 ? value : alpha * Math.expm1(value))),
  lower(lowering, [x], { alpha }) {
    const withAlphaOne = { kind: "pointwise", function: "elu" } as const;
    if (alpha === 1) return lowering.add(withAlphaOne, [x]);
    const value = lowering.add(withAlphaOne, [x], "elu");
    return scaleNegative(lowering, x, value, lowering.number(alpha, "alpha"));
  },
});
