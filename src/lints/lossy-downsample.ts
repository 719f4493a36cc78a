/** DN0601: rows at the end that no window reads. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { listOf, quoted } from "../base/text.ts";
import { axisName, rankOf } from "../ir/shape.ts";
import type { OpNode } from "../ops/op.ts";
import { reach, type WindowRule, windowOn } from "../ops/window.ts";
import { sizeTrail } from "../semantics/trail.ts";
import { defineLint, type Lint, type LintContext, stageName } from "./context.ts";
import { isIn } from "./families.ts";
import { valuesUnderStrides, type WindowReader } from "./windows.ts";

const lossyDownsample: DiagnosticKind<[stage: string, rows: string]> = defineLint({
  code: "DN0601",
  severity: "hint",
  message: (stage: string, rows: string) => `no window of ${quoted(stage)} reads ${rows}`,
  explain: {
    title: "lossy-downsample",
    text: "A window that moves by more than one position may end before the end of its input: the rows behind it are computed and thrown away, and the sizes that follow come out smaller than in the published network. A 3x3 pool with stride 2 and no padding makes 55 of 112, where the DenseNet and ResNet stems, which pad by 1, make 56.",
    wrong: "dn 1;\nmodel m { input x: f32[16 @ 112x112]; output y = x < maxpool 3 (pad=0) /2 >; }\n",
    right: "dn 1;\nmodel m { input x: f32[16 @ 112x112]; output y = x < maxpool 3 /2 >; }\n",
  },
});

const ROWS: Readonly<Record<string, string>> = { L: "positions", D: "slices", H: "rows", W: "columns" };

export const lint: Lint = {
  kinds: [lossyDownsample],
  check(context) {
    for (const [value, { windows }] of valuesUnderStrides(context))
      if (context.knows("sizes", value)) checkReaders(value, windows, context);
  },
};

/** How many rows of an axis lie before the end of the last window. */
function rowsReached(rule: WindowRule, axis: number, size: number): number {
  const sizes = rule.size.map(() => size);
  const { window, overhang } = windowOn(rule, { channels: 1, sizes });
  const [before, after] = window.padding[axis] ?? [0, 0];
  const [k = 1, stride = 1, dilation = 1] = [rule.size[axis], rule.stride[axis], rule.dilation[axis]];
  const free = size + before + after + (overhang[axis] ?? 0) - reach(k, dilation);
  return Math.min(size, Math.floor(free / stride) * stride - before + reach(k, dilation));
}

function checkReaders(value: OpNode, readers: readonly WindowReader[], context: LintContext): void {
  const unread = value.shape.sizes.map((size, axis) => {
    if (typeof size !== "number") return 0;
    return readers.reduce((rows, { rule }) => Math.min(rows, size - rowsReached(rule, axis, size)), size);
  });
  const worst = readers.find(({ rule }) =>
    unread.some((rows, axis) => rows > 0 && (rule.stride[axis] ?? 1) <= (rule.size[axis] ?? 1)),
  );
  // A stride wider than the window leaves out rows everywhere: that is DN0602.
  if (worst === undefined) return;
  const rank = rankOf(value.shape);
  const rows = unread.flatMap((lost, axis) =>
    lost > 0 ? [`${lost} of ${value.shape.sizes[axis]} ${ROWS[axisName(rank, axis + 1)]}`] : [],
  );
  const keeps = isIn("pooling", worst.node)
    ? "pad, for instance by `pad=1`, or keep the last, partial window with `ceil=true`"
    : "pad, for instance by `pad=1`";
  context.report(lossyDownsample, [stageName(worst.node), `the last ${listOf(rows)}`], worst.node, {
    at: worst.node.origin.parts.has("stride") ? "stride" : "kernel",
    help: [keeps],
    sizes: sizeTrail({ node: worst.node.id, shape: worst.node.shape, doubt: new Set() }, context.graph.nodes),
  });
}
