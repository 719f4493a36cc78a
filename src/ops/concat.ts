/** Concatenation of channels: the skip of DenseNet (Huang et al. 2017) and of U-Net. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { checkJoin } from "./join.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, zeros } from "./reference-tensor.ts";

export const concatMismatch: DiagnosticKind<[stage: string, differs: string]> = defineDiagnostic({
  code: "DN0404",
  message: (stage: string, differs: string) => `cannot ${stage}: ${differs}`,
  explain: {
    title: "concat-mismatch",
    text: "Concatenation joins channels, so every size must agree. Where one operand went through a stride or a pool and the other did not, they differ.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < concat < id | maxpool 2 > >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < concat < id | maxpool 3 /1 > >; }\n",
  },
});

export const concat: OpStage<object> = defineOp({
  name: "concat",
  group: "joins",
  summary:
    "Joins channels, in the order of the operands. Bare, it joins the body's input with the current value.",
  slots: {},
  arguments: {},
  join: "several",
  examples: [
    {
      source: "concat < id | maxpool 3 /1 >",
      input: { channels: 8, sizes: [6, 6] },
      output: { channels: 16, sizes: [6, 6] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape(inputs, _attrs, site) {
    checkJoin(
      { problem: concatMismatch, stage: "concat", joined: [0], unstride: "machine-applicable" },
      inputs,
      site,
    );
    return { channels: inputs.reduce((sum, input) => sum + input.channels, 0), sizes: inputs[0].sizes };
  },
  memory: () => ({ keeps: "nothing" }),
  reference(inputs) {
    const { batch, sizes } = extentsOf(inputs[0]);
    const channels = inputs.reduce((sum, input) => sum + extentsOf(input).channels, 0);
    const y = zeros([batch, channels, ...sizes]);
    let end = 0;
    for (let sample = 0; sample < batch; sample += 1) {
      for (const { data } of inputs) {
        const length = data.length / batch;
        y.data.set(data.subarray(sample * length, (sample + 1) * length), end);
        end += length;
      }
    }
    return y;
  },
  lower: (lowering, inputs) => lowering.add({ kind: "concat" }, inputs),
});
