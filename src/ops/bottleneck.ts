/** The 1x1 convolution that narrows before a wide one: `conv` with `b*k` output channels (Huang et al. 2017, section 3). */
import { integer } from "./argument.ts";
import { conv } from "./conv.ts";
import { defineStage, type Stage } from "./op.ts";
import { applyUnit, unitArguments } from "./unit.ts";

/** DenseNet-B lets each 1x1 convolution produce 4k feature maps (Huang et al. 2017, section 3). */
const WIDTH_FACTOR = 4;

export const bottleneck: Stage = defineStage({
  name: "bottleneck",
  group: "units",
  summary: "A `conv` whose output channels default to `b*k`: the narrow layer before a wide convolution.",
  slots: conv.slots,
  arguments: {
    b: { type: integer(1), summary: "width in multiples of `k`", default: `${WIDTH_FACTOR}` },
    ...unitArguments,
  },
  examples: [
    {
      source: "bottleneck 1 (order=pre) -> 128",
      input: { channels: 64, sizes: [56, 56] },
      output: { channels: 128, sizes: [56, 56] },
      parameters: 8320,
    },
  ],
  readsGrowth: true,
  apply(call, [input], expansion) {
    const growth = expansion.growth();
    const width = growth === undefined ? undefined : (call.arguments.b ?? WIDTH_FACTOR) * growth;
    return applyUnit(conv, call, call.channels ?? width, input, expansion);
  },
});
