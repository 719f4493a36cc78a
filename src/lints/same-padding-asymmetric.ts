/** DN0603: `set pad = same` pads unevenly where PyTorch pads evenly. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { spanText } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import type { Window } from "../ir/lowered.ts";
import type { Shape } from "../ir/shape.ts";
import type { OpNode } from "../ops/op.ts";
import { reach, type WindowRule, windowOf, windowRuleOf } from "../ops/window.ts";
import { defineLint, type Lint, stageName } from "./context.ts";
import { argumentEdits } from "./edits.ts";

const samePaddingAsymmetric: DiagnosticKind<[stage: string, pads: string, even: number]> = defineLint({
  code: "DN0603",
  severity: "hint",
  message: (stage: string, pads: string, even: number) =>
    `\`set pad = same\` pads ${quoted(stage)} by ${pads}, where PyTorch pads by (${even}, ${even})`,
  explain: {
    title: "same-padding-asymmetric",
    text: "TensorFlow's `same` puts the odd row of padding behind, PyTorch's networks pad evenly: the shapes are the same and the values are not, so weights trained with one give other results with the other. Written on the stage itself, `pad=same` is taken to be meant.",
    wrong:
      "dn 1;\nmodel m { set order = bare; set pad = same; input x: f32[3 @ 224x224]; output y = x < conv 7 /2 -> 64; gap >; }\n",
    right:
      "dn 1;\nmodel m { set order = bare; set pad = same; input x: f32[3 @ 224x224]; output y = x < conv 7 (pad=3) /2 -> 64; gap >; }\n",
  },
});

export const lint: Lint = {
  kinds: [samePaddingAsymmetric],
  check(context) {
    for (const node of context.nodes) {
      const rule = windowRuleOf(node);
      const source = context.sourceOf(node);
      if (rule === undefined || source === undefined || !context.knows("sizes", source)) continue;
      if (!rule.padding.includes("same") || isWrittenOnStage(node)) continue;
      const padding = windowOf(node, source.shape)?.padding ?? [];
      const axis = padding.findIndex((pads, index) => isUneven(rule, index, source.shape, pads));
      const pads = padding[axis];
      if (pads === undefined) continue;
      const even = evenPadding(rule, axis);
      context.report(samePaddingAsymmetric, [stageName(node), `(${pads.join(", ")})`, even], node, {
        at: "kernel",
        help: [
          `write \`pad=${even}\` where weights of PyTorch are meant, or \`pad=same\` where they are not`,
        ],
        fix: {
          title: `write \`pad=${even}\``,
          applicability: "maybe-incorrect",
          edits: argumentEdits(node.origin, "pad", `${even}`),
        },
      });
    }
  },
};

/** Whether `same` pads the two ends differently, and padding them alike would give the same size. */
function isUneven(
  rule: WindowRule,
  axis: number,
  { sizes }: Shape,
  [before, after]: Window["padding"][number],
): boolean {
  const length = sizes[axis];
  if (rule.padding[axis] !== "same" || typeof length !== "number" || before === after) return false;
  const [size = 1, stride = 1, dilation = 1] = [rule.size[axis], rule.stride[axis], rule.dilation[axis]];
  const even = Math.floor((length + 2 * evenPadding(rule, axis) - reach(size, dilation)) / stride) + 1;
  return even === Math.ceil(length / stride);
}

/** What PyTorch's networks pad both ends by. */
function evenPadding({ size, dilation }: WindowRule, axis: number): number {
  return Math.floor((reach(size[axis] ?? 1, dilation[axis] ?? 1) - 1) / 2);
}

/** By name, or as the first argument. */
function isWrittenOnStage({ origin: { parts } }: OpNode): boolean {
  const list = parts.get("arguments");
  return parts.has("pad") || (list !== undefined && /^\(\s*same\b/.test(spanText(list)));
}
