/** Some of the channels, which stand next to each other. */
import { count } from "../base/text.ts";
import { integer } from "./argument.ts";
import { outOfRange } from "./call-problems.ts";
import { liftedShape } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";

/** Counted from 0; `stop` is the first that is left out. */
export interface SliceAttrs {
  readonly start: number;
  readonly stop: number;
}

export const slice: OpStage<SliceAttrs> = defineOp({
  name: "slice",
  group: "shape",
  summary: "The channels from `start` to before `stop`, counted from 0.",
  slots: {},
  arguments: {
    start: { type: integer(0), summary: "the first channel that is taken", required: true },
    stop: { type: integer(1), summary: "the first channel that is left out", required: true },
  },
  examples: [
    {
      source: "slice(0, 16)",
      input: { channels: 64, sizes: [14, 14] },
      output: { channels: 16, sizes: [14, 14] },
      parameters: 0,
    },
    {
      source: "slice(start=3, stop=8)",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 5, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs({ arguments: { start, stop } }, _inputs, site) {
    if (start === undefined || stop === undefined) return undefined;
    if (start < stop) return { start, stop };
    site.report(outOfRange, ["`stop` of `slice`", `above its start, ${start}`, `${stop}`], {
      at: "stop",
      label: "nothing is left",
      help: ["`stop` is the first channel that is left out, not how many are taken"],
    });
    return undefined;
  },
  shape([input], { start, stop }, site) {
    const channels = stop - start;
    if (stop <= input.channels) return { ...input, channels };
    site.report(outOfRange, ["`stop` of `slice`", `at most ${input.channels}`, `${stop}`], {
      at: "stop",
      label: `there are ${count(input.channels, "channel")} here`,
      claims: [{ input: 0, axis: 0 }],
      help: [
        start < input.channels
          ? `all from ${start} on are \`slice(${start}, ${input.channels})\``
          : "channels are counted from 0",
      ],
    });
    return { ...input, channels };
  },
  memory: () => ({ result: "view", keeps: "nothing" }),
  reference([x], _weight, { start, stop }) {
    const { batch, channels, sizes } = extentsOf(x);
    const y = zeros([batch, stop - start, ...sizes]);
    const inputs = planesOf(x);
    planesOf(y).forEach((plane, index) => {
      const channel = index % (stop - start);
      const sample = (index - channel) / (stop - start);
      plane.set(inputs[sample * channels + start + channel] ?? []);
    });
    return y;
  },
  lower(lowering, [x], { start, stop }) {
    const end = liftedShape(lowering.shapes[0]).with(-1, stop);
    const begin = end.map(() => 0).with(-1, start);
    return lowering.add({ kind: "slice", begin, end, step: end.map(() => 1) }, [x]);
  },
});
