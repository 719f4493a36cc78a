/** Instance normalization (Ulyanov et al. 2016): each channel of each sample over its positions. */
import { printShape, rankOf } from "../ir/shape.ts";
import { boolean } from "./argument.ts";
import { sizeAxes } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { affineWeights, lowerScaledAndShifted, scaledAndShifted } from "./per-channel.ts";
import { epsilonArgument } from "./settings.ts";
import { lowerStandardized, standardized } from "./standardize.ts";
import { rankMismatch } from "./window.ts";

export interface InstancenormAttrs {
  readonly affine: boolean;
  readonly epsilon: number;
}

export const instancenorm: OpStage<InstancenormAttrs> = defineOp({
  name: "instancenorm",
  group: "norm",
  summary: "Instance normalization: each channel of each sample over its positions.",
  slots: {},
  arguments: {
    affine: { type: boolean, summary: "learns a scale and a shift per channel", default: "false" },
    eps: epsilonArgument,
  },
  examples: [
    {
      source: "instancenorm",
      input: { channels: 8, sizes: [7, 7] },
      output: { channels: 8, sizes: [7, 7] },
      parameters: 0,
    },
    {
      source: "instancenorm(affine=true)",
      input: { channels: 8, sizes: [7, 7] },
      output: { channels: 8, sizes: [7, 7] },
      parameters: 16,
    },
  ],
  attrs: ({ arguments: { affine, eps } }, _inputs, { settings }) => ({
    affine: affine ?? false,
    epsilon: eps ?? settings.eps ?? 1e-5,
  }),
  shape([input], _attrs, site) {
    if (rankOf(input) === 0) {
      site.report(rankMismatch, ["instancenorm", "a map", printShape(input)], {
        claims: [{ input: 0, axis: "rank" }],
        help: ["put it before the value becomes a vector, or use `ln`"],
      });
    }
    return input;
  },
  weights: ([{ channels }], { affine }) => (affine ? affineWeights(channels) : []),
  // Mean, variance and, of each sample a copy, the scale.
  memory: ({ channels }, { affine }) => ({
    keepsMore: { ofEachSample: (affine ? 12n : 8n) * BigInt(channels) },
  }),
  reference([x], weight, { affine, epsilon }) {
    const y = standardized(x, epsilon, (channel) => channel);
    return affine ? scaledAndShifted(y, weight("weight"), weight("bias")) : y;
  },
  lower(lowering, [x], { affine, epsilon }) {
    const attrs = { axes: sizeAxes(lowering.shapes[0]), epsilon };
    if (!affine) return lowerStandardized(lowering, x, attrs);
    return lowerScaledAndShifted(lowering, lowerStandardized(lowering, x, attrs, "standardized"));
  },
});
