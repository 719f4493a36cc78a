/** The identity: passes its input on, for instance as the untouched branch of a join. */
import { defineOp, type OpStage } from "./op.ts";

export const id: OpStage<object> = defineOp({
  name: "id",
  group: "shape",
  summary: "Passes its input on: the untouched branch of a join.",
  slots: {},
  arguments: {},
  examples: [
    {
      source: "id",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape: ([input]) => input,
  memory: () => ({ result: "view", keeps: "nothing" }),
  reference: ([x]) => x,
  lower: (lowering, [x]) => lowering.add({ kind: "identity" }, [x]),
});
