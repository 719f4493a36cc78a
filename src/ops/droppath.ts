/** Stochastic depth (Huang et al. 2016): a branch is dropped as a whole while training, and scaled at inference. */
import { share } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";
import { mapElements } from "./reference-tensor.ts";

export interface DroppathAttrs {
  /** The probability that the value is kept while training. */
  readonly keep: number;
}

export const droppath: OpStage<DroppathAttrs> = defineOp({
  name: "droppath",
  group: "regularise",
  summary: "Keeps or drops the whole value while training; multiplies it by `keep` at inference.",
  slots: {},
  arguments: { keep: { type: share, summary: "the probability of being kept", required: true } },
  examples: [
    {
      source: "droppath(keep=4/5)",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: ({ arguments: { keep } }) => (keep === undefined ? undefined : { keep }),
  shape: ([input]) => input,
  // What each sample was multiplied by.
  memory: (_output, { keep }) => ({
    keeps: "nothing",
    ...(keep < 1 && { keepsMore: { elements: 1n } }),
  }),
  reference: ([x], _weight, { keep }) => mapElements(x, (value) => keep * value),
  lower: (lowering, [x], { keep }) => lowering.add({ kind: "multiply" }, [x, lowering.number(keep, "keep")]),
});
