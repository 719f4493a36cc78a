/** The rectifier that lets a share of negative numbers through (Maas et al. 2013). */
import { nonNegative } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";
import { mapElements } from "./reference-tensor.ts";

export interface LeakyreluAttrs {
  readonly slope: number;
}

export const leakyrelu: OpStage<LeakyreluAttrs> = defineOp({
  name: "leakyrelu",
  group: "activation",
  summary: "`x` where it is positive, `slope * x` elsewhere.",
  slots: {},
  arguments: { slope: { type: nonNegative, summary: "factor of negative numbers", default: "0.01" } },
  examples: [
    {
      source: "leakyrelu(slope=0.1)",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: (call) => ({ slope: call.arguments.slope ?? 0.01 }),
  shape: ([input]) => input,
  memory: () => ({ result: "in-place" }),
  reference: ([x], _weight, { slope }) => mapElements(x, (value) => (value > 0 ? value : slope * value)),
  lower: (lowering, [x], { slope }) => lowering.add({ kind: "leaky-relu", slope }, [x]),
});
