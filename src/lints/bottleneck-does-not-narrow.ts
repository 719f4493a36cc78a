/** DN0607: a 1x1 convolution before a wide one that never makes fewer channels than it reads. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { groupBy } from "../base/group.ts";
import { bottleneck } from "../ops/bottleneck.ts";
import type { OpNode } from "../ops/op.ts";
import { windowRuleOf } from "../ops/window.ts";
import { defineLint, type Lint, type LintContext, stageKey, stageName } from "./context.ts";
import { denseBlocks } from "./dense-blocks.ts";
import { isConvolution, isPointwiseConvolution, keepsShape } from "./families.ts";

const bottleneckDoesNotNarrow: DiagnosticKind<[from: number, to: number]> = defineLint({
  code: "DN0607",
  severity: "warning",
  message: (from: number, to: number) => `the bottleneck does not narrow: ${from} channels become ${to}`,
  explain: {
    title: "bottleneck-does-not-narrow",
    text: "A 1x1 convolution before a wide one is there to save work: it hands on fewer channels than it reads. One that never does costs parameters and time. In a DenseNet it makes four times the growth (Huang et al. 2017, section 3), which widens in the first layers of a block and narrows in the later ones; that, and every bottleneck that narrows in one repetition at least, is not meant.",
    wrong:
      "dn 1;\nmodel m { set order = pre; input x: f32[64 @ 8x8]; output y = x < bottleneck 1 -> 64; conv 3 -> 64; concat; bn; relu; gap >; }\n",
    right:
      "dn 1;\nmodel m { set order = pre; input x: f32[64 @ 8x8]; output y = x < bottleneck 1 -> 32; conv 3 -> 64; concat; bn; relu; gap >; }\n",
  },
});

/** DenseNet-B: each 1x1 convolution makes 4k feature maps (Huang et al. 2017, section 3). */
const PAPER_WIDTH = 4;

export const lint: Lint = {
  kinds: [bottleneckDoesNotNarrow],
  check(context) {
    // What is hidden may narrow.
    if (!context.isWhole) return;
    for (const nodes of groupBy(candidates(context), stageKey).values()) {
      const repetitions = nodes.map((node) => ({
        node,
        from: context.sourceOf(node)?.shape.channels ?? 0,
        to: node.shape.channels,
      }));
      const isKnown = (node: OpNode | undefined): boolean =>
        node !== undefined && context.knows("channels", node);
      if (nodes.some((node) => !isKnown(node) || !isKnown(context.sourceOf(node)))) continue;
      if (repetitions.some(({ from, to }) => to < from)) continue;
      for (const { node, from, to } of repetitions) {
        context.report(bottleneckDoesNotNarrow, [from, to], node, {
          at: node.origin.parts.has("channels") ? "channels" : "name",
          help: ["make fewer channels; the paper makes four times the growth `k`, of many more"],
        });
      }
    }
  },
};

/** In dense layers, and wherever the source says `bottleneck`. */
function candidates(context: LintContext): ReadonlySet<OpNode> {
  const layers = denseBlocks(context).flatMap((block) => block.layers);
  const found = [
    ...layers.flatMap(({ steps }) => steps.filter(isPointwiseConvolution)),
    ...context.nodes.filter((node) => isPointwiseConvolution(node) && stageName(node) === bottleneck.name),
  ];
  return new Set(
    found.filter((node) => {
      const next = wideAfter(node, context);
      return next !== undefined && node.shape.channels !== PAPER_WIDTH * next.shape.channels;
    }),
  );
}

/** The convolution that a bottleneck stands before: wide, and over all channels. */
function wideAfter(node: OpNode, context: LintContext): OpNode | undefined {
  let [next, ...others] = context.readersOf(node);
  while (next !== undefined && others.length === 0 && keepsShape(next))
    [next, ...others] = context.readersOf(next);
  if (next === undefined || others.length > 0 || !isConvolution(next)) return undefined;
  const isWide = windowRuleOf(next)?.size.some((size) => size > 1) === true;
  const readsAll = next.weights.some(({ shape }) => shape[1] === node.shape.channels);
  return isWide && readsAll ? next : undefined;
}
