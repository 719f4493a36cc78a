/** Zero channels beside those that are there: the shortcut of option A (He et al. 2016, section 4.2). */
import type { Padding } from "../ir/lowered.ts";
import { word } from "./argument.ts";
import { outOfRange } from "./call-problems.ts";
import { sizeAxes } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";

export interface ChpadAttrs {
  readonly channels: number;
  readonly side: "after" | "both";
}

export const chpad: OpStage<ChpadAttrs> = defineOp({
  name: "chpad",
  group: "shape",
  summary: "Adds channels of zeros: behind the others, or half of them before, an odd one last.",
  slots: { channels: "required" },
  arguments: {
    side: { type: word("after", "both"), summary: "where the channels are added", default: "after" },
  },
  examples: [
    {
      source: "chpad -> 32",
      input: { channels: 16, sizes: [16, 16] },
      output: { channels: 32, sizes: [16, 16] },
      parameters: 0,
    },
    {
      source: "chpad (side=both) -> 8",
      input: { channels: 3, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: ({ channels = 1, arguments: { side } }) => ({ channels, side: side ?? "after" }),
  shape([input], { channels }, site) {
    if (channels >= input.channels) return { ...input, channels };
    site.report(outOfRange, ["the channels after `chpad`", `at least ${input.channels}`, `${channels}`], {
      at: "channels",
      label: "it takes no channels away",
      claims: [{ input: 0, axis: 0 }],
      help: [`take the first ones with \`slice(0, ${channels})\`, or project with \`conv 1 -> ${channels}\``],
    });
    return { ...input, channels };
  },
  memory: () => ({ keeps: "nothing" }),
  reference([x], _weight, attrs) {
    const { batch, channels, sizes } = extentsOf(x);
    const y = zeros([batch, attrs.channels, ...sizes]);
    const outputs = planesOf(y);
    const [before] = added(channels, attrs);
    planesOf(x).forEach((plane, index) => {
      const channel = index % channels;
      const sample = (index - channel) / channels;
      outputs[sample * attrs.channels + before + channel]?.set(plane);
    });
    return y;
  },
  lower(lowering, [x], attrs) {
    const [shape] = lowering.shapes;
    const kept = [0, ...sizeAxes(shape)].map(() => [0, 0] as const);
    return lowering.add({ kind: "pad", padding: [...kept, added(shape.channels, attrs)], value: 0 }, [x]);
  },
});

/** How many channels come before those that are there, and how many behind them. */
function added(channels: number, { channels: wanted, side }: ChpadAttrs): Padding {
  const amount = wanted - channels;
  const before = side === "both" ? Math.floor(amount / 2) : 0;
  return [before, amount - before];
}
