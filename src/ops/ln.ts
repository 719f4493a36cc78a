/** Layer normalization over the channels, at each position (Ba et al. 2016; ConvNeXt's `LayerNorm2d`). */
import { product } from "../ir/shape.ts";
import { liftedShape } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { affineWeights, lowerScaledAndShifted, scaledAndShifted } from "./per-channel.ts";
import { epsilonArgument } from "./settings.ts";
import { lowerStandardized, standardized } from "./standardize.ts";

export interface LnAttrs {
  readonly epsilon: number;
}

export const ln: OpStage<LnAttrs> = defineOp({
  name: "ln",
  group: "norm",
  summary: "Layer normalization: over the channels at each position, with a learnt scale and shift.",
  slots: {},
  arguments: { eps: epsilonArgument },
  examples: [
    {
      source: "ln",
      input: { channels: 96, sizes: [7, 7] },
      output: { channels: 96, sizes: [7, 7] },
      parameters: 192,
    },
  ],
  attrs: (call, _inputs, { settings }) => ({ epsilon: call.arguments.eps ?? settings.eps ?? 1e-5 }),
  shape: ([input]) => input,
  weights: ([{ channels }]) => affineWeights(channels),
  memory: ({ sizes }) => ({ keepsMore: { ofEachSample: 8n * product(sizes) } }),
  reference([x], weight, { epsilon }) {
    const y = standardized(x, epsilon, (_channel, position) => position);
    return scaledAndShifted(y, weight("weight"), weight("bias"));
  },
  lower(lowering, [x], { epsilon }) {
    const axes = [liftedShape(lowering.shapes[0]).length];
    return lowerScaledAndShifted(lowering, lowerStandardized(lowering, x, { axes, epsilon }, "standardized"));
  },
});
