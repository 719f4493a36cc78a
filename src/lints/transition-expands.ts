/** DN0606: a transition that makes more channels than it reads. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { printRational, rational } from "../base/rational.ts";
import type { OpNode } from "../ops/op.ts";
import { windowRuleOf } from "../ops/window.ts";
import { defineLint, type Lint, type LintContext } from "./context.ts";
import { denseBlocks } from "./dense-blocks.ts";
import { isPointwiseConvolution, keepsShape } from "./families.ts";

const transitionExpands: DiagnosticKind<[from: number, to: number]> = defineLint({
  code: "DN0606",
  severity: "warning",
  message: (from: number, to: number) =>
    `the transition multiplies channels by ${printRational(rational(to, from))}: ${from} become ${to}`,
  explain: {
    title: "transition-expands",
    text: "Between dense blocks a 1x1 convolution keeps a share theta of the channels, at most all of them and in DenseNet-C half (Huang et al. 2017, section 3), because a block has gathered many. One that expands undoes what makes the network small.",
    wrong:
      "dn 1;\nblock dense(k=8, n=2) < conv 3; concat >\nmodel m { set order = pre; input x: f32[16 @ 8x8]; output y = x < dense; conv 1 -> 64; avgpool 2; dense; bn; relu; gap >; }\n",
    right:
      "dn 1;\nblock dense(k=8, n=2) < conv 3; concat >\nmodel m { set order = pre; input x: f32[16 @ 8x8]; output y = x < dense; conv 1 -> 16; avgpool 2; dense; bn; relu; gap >; }\n",
  },
});

export const lint: Lint = {
  kinds: [transitionExpands],
  check(context) {
    const blocks = denseBlocks(context);
    const starts = new Set(blocks.map(({ layers: [first] }) => first.input));
    for (const { output, lost } of blocks) {
      const returned = lost?.node ?? output;
      const from = returned.shape.channels;
      for (const node of ahead(returned, context)) {
        const to = node.shape.channels;
        if (!context.knows("channels", returned) || !context.knows("channels", node)) continue;
        if (!isPointwiseConvolution(node) || to <= from || !isTransition(node, starts, context)) continue;
        context.report(transitionExpands, [from, to], node, {
          at: "channels",
          help: ["keep at most as many channels; the paper keeps half: `-> floor(it.c/2)`"],
        });
      }
    }
  },
};

/** The first nodes after one that do more than norms and activations. */
function ahead(node: OpNode, context: LintContext): readonly OpNode[] {
  const found: OpNode[] = [];
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const reader of context.readersOf(at)) (keepsShape(reader) ? open : found).push(reader);
  }
  return found;
}

/** It makes sizes smaller, itself or by the pool behind it, or leads into a dense block. */
function isTransition(node: OpNode, starts: ReadonlySet<OpNode>, context: LintContext): boolean {
  const next = [node, ...ahead(node, context)];
  return next.some((each) => windowRuleOf(each)?.stride.some((step) => step > 1) || starts.has(each));
}
