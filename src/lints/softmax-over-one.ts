/** DN0612: a softmax that is always 1. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { sigmoid } from "../ops/sigmoid.ts";
import { softmax } from "../ops/softmax.ts";
import { defineLint, type Lint, stageName } from "./context.ts";
import { argumentEdits } from "./edits.ts";

const softmaxOverOne: DiagnosticKind<[]> = defineLint({
  code: "DN0612",
  message: () => "softmax over one channel is always 1",
  explain: {
    title: "softmax-over-one",
    text: "Softmax shares 1 among the channels; with one channel there is nothing to share, and the output does not depend on the input. For one probability use `sigmoid`, for two classes two units.",
    wrong: "dn 1;\nmodel m { input x: f32[16]; output y = x < linear -> 1; softmax >; }\n",
    right: "dn 1;\nmodel m { input x: f32[16]; output y = x < linear -> 1; sigmoid >; }\n",
  },
});

export const lint: Lint = {
  kinds: [softmaxOverOne],
  check(context) {
    for (const node of context.nodes) {
      if (node.op !== softmax || node.shape.channels !== 1 || !context.knows("channels", node)) continue;
      const isStage = stageName(node) === softmax.name;
      context.report(softmaxOverOne, [], node, {
        ...(!isStage && { at: "act" }),
        help: ["use `sigmoid`, or two units"],
        fix: {
          title: "use `sigmoid`",
          applicability: "maybe-incorrect",
          edits: isStage
            ? [{ span: node.origin.span, text: sigmoid.name }]
            : argumentEdits(node.origin, "act", sigmoid.name),
        },
      });
    }
  },
};
