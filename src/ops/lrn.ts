/** Local response normalization across channels (Krizhevsky et al. 2012, section 3.3), as PyTorch scales it. */
import { product } from "../ir/shape.ts";
import { integer, nonNegative, positive } from "./argument.ts";
import { liftedShape } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { elementsOf, extentsOf, zeros } from "./reference-tensor.ts";

export interface LrnAttrs {
  /** How many channels a window has. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

export const lrn: OpStage<LrnAttrs> = defineOp({
  name: "lrn",
  group: "norm",
  summary: "`x / (k + alpha * m)^beta`, with m the mean of the squares of `size` channels around each one.",
  slots: {},
  arguments: {
    size: { type: integer(1), summary: "channels in a window", default: "5" },
    alpha: { type: nonNegative, summary: "factor of the mean of the squares", default: "1e-4" },
    beta: { type: nonNegative, summary: "exponent", default: "3/4" },
    k: { type: positive, summary: "added to the mean", default: "1" },
  },
  examples: [
    {
      source: "lrn",
      input: { channels: 64, sizes: [7, 7] },
      output: { channels: 64, sizes: [7, 7] },
      parameters: 0,
    },
    {
      source: "lrn(size=4, alpha=1, k=2)",
      input: { channels: 6, sizes: [5, 3] },
      output: { channels: 6, sizes: [5, 3] },
      parameters: 0,
    },
  ],
  attrs: ({ arguments: { size, alpha, beta, k } }) => ({
    size: size ?? 5,
    alpha: alpha ?? 1e-4,
    beta: beta ?? 0.75,
    k: k ?? 1,
  }),
  shape: ([input]) => input,
  // The squares with the channels around them, the sum before the power, and what is divided by.
  memory: ({ channels, sizes }, { size }) => ({
    keepsMore: { elements: product([3 * channels + size - 1, ...sizes]) },
  }),
  reference([x], _weight, { size, alpha, beta, k }) {
    const { batch, channels, sizes } = extentsOf(x);
    const positions = elementsOf(sizes);
    const y = zeros(x.shape);
    for (let sample = 0; sample < batch; sample += 1) {
      for (let position = 0; position < positions; position += 1) {
        const at = (channel: number): number => (sample * channels + channel) * positions + position;
        for (let channel = 0; channel < channels; channel += 1) {
          let sum = 0;
          const first = channel - Math.floor(size / 2);
          for (let other = Math.max(first, 0); other < Math.min(first + size, channels); other += 1)
            sum += (x.data[at(other)] ?? 0) ** 2;
          // Channels that are not there count in the mean.
          y.data[at(channel)] = (x.data[at(channel)] ?? 0) / (k + (alpha * sum) / size) ** beta;
        }
      }
    }
    return y;
  },
  lower(lowering, [x], { size, alpha, beta, k }) {
    if (size % 2 === 1) {
      const radius = (size - 1) / 2;
      const { add } = lowering;
      return add({ kind: "local-response-normalization", radius, bias: k, alpha: alpha / size, beta }, [x]);
    }
    // A pool over the channels of each position.
    const whole = liftedShape(lowering.shapes[0]);
    const rows = [elementsOf(whole.slice(0, -1)), whole.at(-1) ?? 1, 1];
    const around = [Math.floor(size / 2), Math.floor((size - 1) / 2)] as const;
    const window = { size: [1, size], stride: [1, 1], dilation: [1, 1], padding: [[0, 0] as const, around] };
    const square = lowering.add({ kind: "multiply" }, [x, x], "square");
    const unfolded = lowering.add({ kind: "reshape", shape: rows }, [square], "rows");
    const means = lowering.add({ kind: "average-pool", window, countsPadding: true }, [unfolded], "means");
    const mean = lowering.add({ kind: "reshape", shape: whole }, [means], "mean");
    const scaled = lowering.add({ kind: "multiply" }, [mean, lowering.number(alpha, "alpha")], "scaled");
    const base = lowering.add({ kind: "add" }, [scaled, lowering.number(k, "k")], "base");
    return lowering.add({ kind: "multiply" }, [
      x,
      lowering.add({ kind: "power", exponent: -beta }, [base], "factor"),
    ]);
  },
});
