/** Depthwise convolution: each channel is convolved on its own (Howard et al. 2017, section 3.1). */
import { conv } from "./conv.ts";
import { defineStage, type Stage } from "./op.ts";
import { applyUnit, unitArguments } from "./unit.ts";

const { groups: _, ...ownArguments } = unitArguments;

export const dwconv: Stage = defineStage({
  name: "dwconv",
  group: "units",
  summary:
    "Depthwise `conv`: each channel makes outputs of its own. `-> 2*it.c` makes two of each (default: one).",
  slots: conv.slots,
  arguments: ownArguments,
  examples: [
    {
      source: "dwconv 3 (order=post)",
      input: { channels: 32, sizes: [14, 14] },
      output: { channels: 32, sizes: [14, 14] },
      parameters: 352,
    },
    {
      source: "dwconv 3 (order=bare) /2 -> 12",
      input: { channels: 6, sizes: [9, 7] },
      output: { channels: 12, sizes: [5, 4] },
      parameters: 120,
    },
  ],
  apply(call, [input], expansion) {
    const { channels } = input.shape;
    const depthwise = { ...call, arguments: { ...call.arguments, groups: channels } };
    return applyUnit(conv, depthwise, call.channels ?? channels, input, expansion);
  },
});
