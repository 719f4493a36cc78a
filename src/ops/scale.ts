/** A learnt factor per channel: layer scale (Touvron et al. 2021). */
import { boolean, number } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";
import { lowerScaledAndShifted, scaledAndShifted } from "./per-channel.ts";

export interface ScaleAttrs {
  /** What the factors start from. */
  readonly start: number;
  readonly bias: boolean;
}

export const scale: OpStage<ScaleAttrs> = defineOp({
  name: "scale",
  group: "per channel",
  summary: "Multiplies each channel by a learnt number.",
  slots: {},
  arguments: {
    init: { type: number, summary: "what the factors start from", default: "1" },
    bias: { type: boolean, summary: "adds a learnt number per channel", default: "false" },
  },
  examples: [
    {
      source: "scale(init=1e-6)",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 8,
    },
    {
      source: "scale(bias=true)",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 16,
    },
  ],
  attrs: ({ arguments: { init, bias } }) => ({ start: init ?? 1, bias: bias ?? false }),
  shape: ([input]) => input,
  weights: ([{ channels }], { start, bias }) => [
    { name: "weight", role: "scale", shape: [channels], initial: start },
    ...(bias ? [{ name: "bias", role: "shift", shape: [channels] } as const] : []),
  ],
  reference: ([x], weight, { bias }) =>
    scaledAndShifted(x, weight("weight"), bias ? weight("bias") : undefined),
  lower: (lowering, [x], { bias }) =>
    bias
      ? lowerScaledAndShifted(lowering, x)
      : lowering.add({ kind: "multiply" }, [x, lowering.weight("weight")]),
});
