/** The rectifier with a learnt slope for negative numbers (He et al. 2015, section 2.1). */
import { boolean } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";
import { scaleNegative } from "./pointwise.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";

export interface PreluAttrs {
  /** One slope for all channels. */
  readonly single: boolean;
}

export const prelu: OpStage<PreluAttrs> = defineOp({
  name: "prelu",
  group: "activation",
  summary: "`x` where it is positive, a learnt factor times `x` elsewhere.",
  slots: {},
  arguments: {
    single: { type: boolean, summary: "one factor for all channels, not one each", default: "false" },
  },
  examples: [
    {
      source: "prelu",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 8,
    },
    {
      source: "prelu(single=true)",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 1,
    },
  ],
  attrs: (call) => ({ single: call.arguments.single ?? false }),
  shape: ([input]) => input,
  memory: () => ({ result: "in-place-at-inference" }),
  weights: ([{ channels }], { single }) => [
    { name: "weight", role: "scale", shape: [single ? 1 : channels], initial: 0.25 },
  ],
  reference([x], weight, { single }) {
    const slopes = weight("weight").data;
    const { channels } = extentsOf(x);
    const y = zeros(x.shape);
    const inputs = planesOf(x);
    planesOf(y).forEach((output, index) => {
      const slope = slopes[single ? 0 : index % channels] ?? 0;
      inputs[index]?.forEach((value, position) => {
        output[position] = value > 0 ? value : slope * value;
      });
    });
    return y;
  },
  lower: (lowering, [x]) => scaleNegative(lowering, x, x, lowering.weight("weight")),
});
