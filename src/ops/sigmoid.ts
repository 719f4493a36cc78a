/** The logistic function, element by element: 1 / (1 + exp(-x)). */
import { defineOp, type OpStage } from "./op.ts";
import { mapElements } from "./reference-tensor.ts";

export const sigmoid: OpStage<object> = defineOp({
  name: "sigmoid",
  group: "activation",
  summary: "`1 / (1 + exp(-x))`, element by element.",
  slots: {},
  arguments: {},
  examples: [
    {
      source: "sigmoid",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape: ([input]) => input,
  reference: ([x]) => mapElements(x, (value) => 1 / (1 + Math.exp(-value))),
  lower: (lowering, [x]) => lowering.add({ kind: "pointwise", function: "sigmoid" }, [x]),
});
