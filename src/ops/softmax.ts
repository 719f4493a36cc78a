/** Softmax over the channels, at each position. */
import { defineOp, type OpStage } from "./op.ts";
import { elementsOf, extentsOf, zeros } from "./reference-tensor.ts";

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
  memory: () => ({ keeps: "result" }),
  reference([x]) {
    const { batch, channels, sizes } = extentsOf(x);
    const positions = elementsOf(sizes);
    const y = zeros(x.shape);
    for (let sample = 0; sample < batch; sample += 1) {
      for (let position = 0; position < positions; position += 1) {
        const at = (channel: number): number => (sample * channels + channel) * positions + position;
        const values = Array.from({ length: channels }, (_, channel) => x.data[at(channel)] ?? 0);
        // A common factor cancels; with this one no exponential overflows.
        const largest = Math.max(...values);
        const exponentials = values.map((value) => Math.exp(value - largest));
        const sum = exponentials.reduce((total, value) => total + value, 0);
        exponentials.forEach((value, channel) => {
          y.data[at(channel)] = value / sum;
        });
      }
    }
    return y;
  },
  lower: (lowering, [x]) => lowering.add({ kind: "softmax" }, [x]),
});
