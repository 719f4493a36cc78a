/** The rectifier, element by element: max(x, 0). */
import { defineOp, type OpStage } from "./op.ts";
import { mapElements } from "./reference-tensor.ts";

export const relu: OpStage<object> = defineOp({
  name: "relu",
  group: "activation",
  summary: "`max(x, 0)`, element by element.",
  slots: {},
  arguments: {},
  examples: [
    {
      source: "relu",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape: ([input]) => input,
  reference: ([x]) => mapElements(x, (value) => Math.max(value, 0)),
  lower: (lowering, [x]) => lowering.add({ kind: "pointwise", function: "relu" }, [x]),
});
