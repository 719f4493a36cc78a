/** Group normalization (Wu and He 2018): over the positions and the channels of each group. */
import { integer } from "./argument.ts";
import { checkGroups } from "./groups.ts";
import { liftedShape, sizeAxes } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { affineWeights, lowerScaledAndShifted, scaledAndShifted } from "./per-channel.ts";
import { extentsOf } from "./reference-tensor.ts";
import { epsilonArgument } from "./settings.ts";
import { lowerStandardized, standardized } from "./standardize.ts";

export interface GnAttrs {
  readonly groups: number;
  readonly epsilon: number;
}

export const gn: OpStage<GnAttrs> = defineOp({
  name: "gn",
  group: "norm",
  summary:
    "Group normalization: over the positions and the channels of a group, with a learnt scale and shift.",
  slots: {},
  arguments: {
    groups: { type: integer(1), summary: "into how many the channels are split", default: "32" },
    eps: epsilonArgument,
  },
  examples: [
    {
      source: "gn",
      input: { channels: 64, sizes: [7, 7] },
      output: { channels: 64, sizes: [7, 7] },
      parameters: 128,
    },
    {
      source: "gn(groups=2)",
      input: { channels: 6, sizes: [5, 3] },
      output: { channels: 6, sizes: [5, 3] },
      parameters: 12,
    },
  ],
  attrs: ({ arguments: { groups, eps } }, _inputs, { settings }) => ({
    groups: groups ?? 32,
    epsilon: eps ?? settings.eps ?? 1e-5,
  }),
  shape([input], { groups }, site) {
    checkGroups(groups, input.channels, site);
    return input;
  },
  weights: ([{ channels }]) => affineWeights(channels),
  memory: (_output, { groups }) => ({ keepsMore: { ofEachSample: 8n * BigInt(groups) } }),
  reference([x], weight, { groups, epsilon }) {
    const { channels } = extentsOf(x);
    const groupOf = (channel: number): number => Math.floor((channel * groups) / channels);
    return scaledAndShifted(standardized(x, epsilon, groupOf), weight("weight"), weight("bias"));
  },
  lower(lowering, [x], { groups, epsilon }) {
    const [shape] = lowering.shapes;
    const whole = liftedShape(shape);
    const split = [...whole.slice(0, -1), groups, shape.channels / groups];
    const axes = [...sizeAxes(shape), split.length];
    const grouped = lowering.add({ kind: "reshape", shape: split }, [x], "grouped");
    const normal = lowerStandardized(lowering, grouped, { axes, epsilon }, "standardized");
    return lowerScaledAndShifted(
      lowering,
      lowering.add({ kind: "reshape", shape: whole }, [normal], "ungrouped"),
    );
  },
});
