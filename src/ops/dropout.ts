/** Dropout (Srivastava et al. 2014), inverted: it scales while training and is the identity at inference. */
import { elementCount } from "../ir/shape.ts";
import { fraction } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";

export interface DropoutAttrs {
  /** The probability that an element is set to zero while training. */
  readonly probability: number;
}

export const dropout: OpStage<DropoutAttrs> = defineOp({
  name: "dropout",
  group: "regularise",
  summary: "Sets elements to zero while training and scales the rest; the identity at inference.",
  slots: {},
  arguments: { p: { type: fraction(0, 1), summary: "probability of zero", default: "1/2" } },
  examples: [
    {
      source: "dropout(p=0.2)",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: (call) => ({ probability: call.arguments.p ?? 0.5 }),
  shape: ([input]) => input,
  // What was multiplied by: zeros, and what the rest is scaled by.
  memory: (output) => ({
    result: "view-at-inference",
    keeps: "nothing",
    keepsMore: { elements: elementCount(output) },
  }),
  reference: ([x]) => x,
  lower: (lowering, [x]) => lowering.add({ kind: "identity" }, [x]),
});
