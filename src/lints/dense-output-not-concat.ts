/** DN0605: a dense block whose result is the features of its last layer alone. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { quoted } from "../base/text.ts";
import { defineLint, type Lint, stageName } from "./context.ts";
import { denseBlocks } from "./dense-blocks.ts";

const denseOutputNotConcat: DiagnosticKind<[returned: number, total: number]> = defineLint({
  code: "DN0605",
  message: (returned: number, total: number) =>
    `the dense block returns ${returned} of its ${total} features`,
  explain: {
    title: "dense-output-not-concat",
    text: "Each layer of a dense block reads all features made before it, and the block returns all of them (Huang et al. 2017, figure 1). Here one more layer reads them, like those before it, and only what that layer makes goes on: the concatenation is left out or not used. A block that hands on all new features, as the upsampling path of FC-DenseNet does, is not meant, nor is a last layer that is another one than the rest.",
    wrong:
      "dn 1;\nmodel m { set order = pre; input x: f32[16 @ 8x8]; output y = x < repeat 3 < conv 3 -> 8; concat >; conv 3 -> 8; bn; relu; gap >; }\n",
    right:
      "dn 1;\nmodel m { set order = pre; input x: f32[16 @ 8x8]; output y = x < repeat 4 < conv 3 -> 8; concat >; bn; relu; gap >; }\n",
  },
});

export const lint: Lint = {
  kinds: [denseOutputNotConcat],
  check(context) {
    for (const { output, lost } of denseBlocks(context)) {
      if (lost === undefined) continue;
      const { node, total } = lost;
      if (!context.knows("channels", node)) continue;
      const { parts, span } = output.origin;
      const others = total - node.shape.channels;
      context.report(denseOutputNotConcat, [node.shape.channels, total], node, {
        labels: [
          { span: parts.get("name") ?? span, text: `${others} features come from here, and go no further` },
        ],
        help: [`return what \`concat\` makes of them and the result of ${quoted(stageName(node))}`],
      });
    }
  },
};
