/** DN0602: positions between the windows that are never read. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { groupBy } from "../base/group.ts";
import { greatestCommonDivisor, modulo } from "../base/integers.ts";
import { quoted } from "../base/text.ts";
import { chpad } from "../ops/chpad.ts";
import { hole } from "../ops/hole.ts";
import type { OpNode } from "../ops/op.ts";
import { type WindowRule, windowRuleOf } from "../ops/window.ts";
import { defineLint, type Lint, type LintContext, stageName } from "./context.ts";
import { isJoin, isUnit } from "./families.ts";
import { valuesUnderStrides, type WindowReader } from "./windows.ts";

const strideExceedsKernel: DiagnosticKind<[stage: string, unread: number, total: number]> = defineLint({
  code: "DN0602",
  severity: "warning",
  message: (stage: string, unread: number, total: number) =>
    `${quoted(stage)} never reads ${unread} of ${total} positions`,
  explain: {
    title: "stride-exceeds-kernel",
    text: "The window moves by more positions than it covers, and nothing else reads those between: most of the input was computed in vain. Beside a branch that reads everything, as on the shortcut of a residual block, that is meant; elsewhere an average pool before it (He et al. 2019, ResNet-D) reads every position at the same size.",
    wrong:
      "dn 1;\nmodel m { set order = bare; input x: f32[16 @ 8x8]; output y = x < conv 1 /2 -> 32; gap >; }\n",
    right:
      "dn 1;\nmodel m { set order = bare; input x: f32[16 @ 8x8]; output y = x < avgpool 2; conv 1 -> 32; gap >; }\n",
  },
});

export const lint: Lint = {
  kinds: [strideExceedsKernel],
  check(context) {
    for (const [value, { windows, isReadWhole }] of valuesUnderStrides(context)) {
      if (
        isReadWhole ||
        !context.knows("sizes", value) ||
        value.shape.sizes.every((_, axis) => coverAxis(windows, axis))
      )
        continue;
      const skipping = windows.filter(({ rule }) => skippedShare(rule) !== undefined);
      // A shortcut is not to blame where the branch beside it leaves out the same.
      const blamed = skipping.find(({ node }) => !isShortcut(node, context)) ?? skipping[0];
      if (blamed !== undefined && !isOptionA(blamed.node, context)) reportSkipping(blamed, context);
    }
  },
};

function reportSkipping({ node, rule }: WindowReader, context: LintContext): void {
  const { unread, total } = skippedShare(rule) ?? { unread: 0, total: 1 };
  context.report(strideExceedsKernel, [stageName(node), unread, total], node, {
    at: "stride",
    help: [
      isUnit(node)
        ? `put \`avgpool ${rule.stride.join("x")};\` before it and leave out the stride`
        : "make the window as large as the stride",
    ],
  });
}

/** Strides of networks span a few positions; what larger ones leave out together is not looked into. */
const MOST_PLACES = 2 ** 12;

/** Whether the windows of one stride read every position of an axis together. */
function coverAxis(windows: readonly WindowReader[], axis: number): boolean {
  const byStride = groupBy(windows, ({ rule }) => rule.stride[axis] ?? 1);
  return [...byStride].some(([stride, readers]) => {
    const most = readers.reduce((sum, { rule }) => sum + placeCount(rule, axis), 0);
    if (most < stride) return false;
    if (readers.some(({ rule }) => placeCount(rule, axis) === stride) || stride > MOST_PLACES) return true;
    const places = new Set<number>();
    for (const { rule } of readers) for (const place of placesRead(rule, axis)) places.add(place);
    return places.size === stride;
  });
}

/** Which positions of a stride a window reads. A dilation that shares no factor with it fills the gaps. */
function placesRead(rule: WindowRule, axis: number): readonly number[] {
  const pad = rule.padding[axis];
  const before = pad === undefined || pad === "same" ? 0 : pad[0];
  const [step = 1, apart = 1] = [rule.stride[axis], rule.dilation[axis]];
  return Array.from({ length: placeCount(rule, axis) }, (_, tap) => modulo(tap * apart - before, step));
}

/** How many they are. */
function placeCount({ size, stride, dilation }: WindowRule, axis: number): number {
  const [length = 1, step = 1, apart = 1] = [size[axis], stride[axis], dilation[axis]];
  return Math.min(length, step / greatestCommonDivisor(step, apart));
}

/** Of the positions that one stride spans, how many the window leaves out; `undefined` where it reads all. */
function skippedShare(rule: WindowRule): { readonly unread: number; readonly total: number } | undefined {
  const total = rule.stride.reduce((product, step) => product * step, 1);
  const read = rule.stride.reduce((product, _, axis) => product * placeCount(rule, axis), 1);
  return read === total ? undefined : { unread: total - read, total };
}

/** Subsampling before channels of zeros, or what may be: the shortcut without weights of He et al. 2016. */
function isOptionA(node: OpNode, context: LintContext): boolean {
  return context.readersOf(node).some(({ op }) => op === chpad || op === hole);
}

/** Whether the result comes to a join without another convolution. */
function isShortcut(node: OpNode, context: LintContext): boolean {
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const reader of context.readersOf(at)) {
      if (isJoin(reader)) return true;
      if (!isUnit(reader) && windowRuleOf(reader) === undefined) open.push(reader);
    }
  }
  return false;
}
