/** The sum of equal shapes: the skip of ResNet (He et al. 2016). */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { checkJoin } from "./join.ts";
import { defineOp, type OpStage } from "./op.ts";

export const addMismatch: DiagnosticKind<[differs: string]> = defineDiagnostic({
  code: "DN0405",
  message: (differs: string) => `cannot add: ${differs}`,
  explain: {
    title: "add-mismatch",
    text: "A sum needs operands of one shape, channels included; a residual branch that changes its shape needs a projection on the shortcut.",
    wrong:
      "dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < add < id | conv 3 -> 8 > >; }\n",
    right:
      "dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < add < conv 1 -> 8 | conv 3 -> 8 > >; }\n",
  },
});

export const add: OpStage<object> = defineOp({
  name: "add",
  group: "joins",
  summary:
    "The sum of its operands, which have one shape. Bare, it adds the body's input to the current value.",
  slots: {},
  arguments: {},
  join: "several",
  examples: [
    {
      source: "add < id | maxpool 3 /1 >",
      input: { channels: 8, sizes: [6, 6] },
      output: { channels: 8, sizes: [6, 6] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape(inputs, _attrs, site) {
    checkJoin({ problem: addMismatch, joined: [], unstride: "maybe-incorrect" }, inputs, site);
    return inputs[0];
  },
  reference: ([first, ...rest]) => ({
    shape: first.shape,
    data: first.data.map((value, index) =>
      rest.reduce((sum, { data }) => sum + (data[index] ?? Number.NaN), value),
    ),
  }),
  lower(lowering, [first, ...rest]) {
    const last = rest.length - 1;
    return rest.reduce(
      (sum, operand, index) =>
        lowering.add({ kind: "add" }, [sum, operand], index < last ? `sum.${index + 1}` : undefined),
      first,
    );
  },
});
