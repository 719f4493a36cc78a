/** What `add`, `mul`, `sub` and `max` share: they combine equal shapes element by element, from left to right. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import type { Primitive } from "../ir/lowered.ts";
import { checkJoin } from "./join.ts";
import { defineOp, type JoinForm, type OpStage } from "./op.ts";

export const shapesDiffer: DiagnosticKind<[stage: string, differs: string]> = defineDiagnostic({
  code: "DN0405",
  message: (stage: string, differs: string) => `cannot ${stage}: ${differs}`,
  explain: {
    title: "add-mismatch",
    text: "`add`, `mul`, `sub` and `max` need operands of one shape, channels included; a residual branch that changes its shape needs a projection on the shortcut. Only `gate` spreads the smaller value: its body gives one number per channel, `[C]` or `[C @ 1x1]`, one per position, `[1 @ HxW]`, or one per element.",
    wrong:
      "dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < add < id | conv 3 -> 8 > >; }\n",
    right:
      "dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < add < conv 1 -> 8 | conv 3 -> 8 > >; }\n",
  },
});

export interface Elementwise {
  readonly name: string;
  readonly summary: string;
  readonly join: JoinForm;
  readonly primitive: Extract<Primitive["kind"], "add" | "subtract" | "multiply" | "maximum">;
  readonly combine: (first: number, second: number) => number;
  /** Whether the derivatives are constants, so that training keeps no operand. */
  readonly isLinear?: true;
}

export function defineElementwise(definition: Elementwise): OpStage<object> {
  const { name, summary, join, primitive, combine, isLinear } = definition;
  return defineOp({
    name,
    group: "joins",
    summary,
    slots: {},
    arguments: {},
    join,
    examples: [
      {
        source: `${name} < id | maxpool 3 /1 >`,
        input: { channels: 8, sizes: [6, 6] },
        output: { channels: 8, sizes: [6, 6] },
        parameters: 0,
      },
    ],
    attrs: () => ({}),
    shape(inputs, _attrs, site) {
      checkJoin(
        { problem: shapesDiffer, stage: name, joined: [], unstride: "maybe-incorrect" },
        inputs,
        site,
      );
      return inputs[0];
    },
    memory: () => (isLinear ? { keeps: "nothing" } : {}),
    reference: ([first, ...rest]) => ({
      shape: first.shape,
      data: first.data.map((value, index) =>
        rest.reduce((result, { data }) => combine(result, data[index] ?? Number.NaN), value),
      ),
    }),
    lower(lowering, [first, ...rest]) {
      const last = rest.length - 1;
      return rest.reduce(
        (result, operand, index) =>
          lowering.add(
            { kind: primitive },
            [result, operand],
            index < last ? `part.${index + 1}` : undefined,
          ),
        first,
      );
    },
  });
}
