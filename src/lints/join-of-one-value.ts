/** DN0619: a join whose operands are one and the same value. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { spanText } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { add } from "../ops/add.ts";
import { concat } from "../ops/concat.ts";
import { id } from "../ops/id.ts";
import { max } from "../ops/max.ts";
import { mul } from "../ops/mul.ts";
import type { OpNode } from "../ops/op.ts";
import { sub } from "../ops/sub.ts";
import { defineLint, type Lint, type LintContext, type LintDetails } from "./context.ts";

const joinOfOneValue: DiagnosticKind<[stage: string, effect: string]> = defineLint({
  code: "DN0619",
  severity: "warning",
  message: (stage: string, effect: string) => `${quoted(stage)} joins a value with itself: ${effect}`,
  explain: {
    title: "join-of-one-value",
    text: "`in` is the input of the innermost body, and each `when`, `repeat` and branch has a body of its own: where that begins, `in` and the current value are the same. A residual block that joins under a `when` names the value that it means before the `when`. Where one value is named twice, as in `mul(x, x)`, it is meant.",
    wrong:
      "dn 1;\nblock residual(skips = true) < conv 3 -> in.c; when (skips) < add(in, it) > >\nmodel m { set order = post; input x: f32[16 @ 8x8]; output y = x < residual; gap >; }\n",
    right:
      "dn 1;\nblock residual(skips = true) < id as skip; conv 3 -> in.c; when (skips) < add(skip, it) > >\nmodel m { set order = post; input x: f32[16 @ 8x8]; output y = x < residual; gap >; }\n",
  },
});

const EFFECTS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [add, "it is doubled"],
  [mul, "it is squared"],
  [sub, "nothing is left"],
  [max, "nothing changes"],
  [concat, "its channels are there twice"],
]);

export const lint: Lint = {
  kinds: [joinOfOneValue],
  check(context) {
    for (const node of context.nodes) {
      const effect = EFFECTS.get(node.op);
      const [first, ...others] = context.sourcesOf(node).map((operand) => passedOn(operand, context));
      // What is there of a join with a mistake may be one operand.
      if (effect === undefined || first === undefined || others.length === 0) continue;
      if (others.some((operand) => operand !== first)) continue;
      if (isNamedTwice(node)) continue;
      const { parts, span } = first.origin;
      context.report(joinOfOneValue, [node.op.name, effect], node, {
        ...labelOf(node),
        labels: [{ span: parts.get("name") ?? span, text: "all operands come from here" }],
        help: [
          `name the other value where it is, \`… as skip\`, and join with that: \`${node.op.name}(skip, it)\``,
        ],
      });
    }
  },
};

function labelOf({ origin: { parts } }: OpNode): Pick<LintDetails, "label"> {
  if (parts.has("branches")) return {};
  const list = parts.get("arguments");
  return {
    label:
      list === undefined || /\bin\b/.test(spanText(list))
        ? "here a body begins, so `in` is the current value"
        : "these are names of one value",
  };
}

/** What a row of `id` passes on. */
function passedOn(node: OpNode, context: LintContext): OpNode {
  let at = node;
  for (let source = context.sourceOf(at); at.op === id && source !== undefined; source = context.sourceOf(at))
    at = source;
  return at;
}

/** `mul(x, x)`. */
function isNamedTwice({ origin: { parts } }: OpNode): boolean {
  const list = parts.get("arguments");
  if (list === undefined) return false;
  const names = spanText(list).slice(1, -1).split(",");
  return names.every((name) => name.trim() === names[0]?.trim());
}
