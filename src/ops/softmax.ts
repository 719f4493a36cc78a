/** Softmax over the channels, at each position. */
import { defineOp, type OpStage } from "./op.ts";

export const softmax: OpStage<object> = defineOp({
  name: "softmax",
  group: "activation",
  summary: "Exponentials that sum to 1 over the channels, at each position.",
  slots: {},
  arguments: {},
  examples: [
    {
      source: "softmax",
      input: { channels: 10, sizes: [] },
      output: { channels: 10, sizes: [] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape: ([input]) => input,
  lower: (lowering, [x]) => lowering.add({ kind: "softmax" }, [x]),
});
