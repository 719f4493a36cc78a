/** How far an operation looks along each axis of its operand, and how far apart its results look. */
import { isBoundShape, type Shape } from "../ir/shape.ts";
import { type AdaptiveAttrs, longestMean } from "./adaptive-avgpool.ts";
import { avgpool } from "./avgpool.ts";
import type { OpNode } from "./op.ts";
import { type UpsampleAttrs, upsample } from "./upsample.ts";
import { windowSizes } from "./window-sizes.ts";

export interface Reach {
  /** Positions of the operand from the first to the last that one position of the result reads. */
  readonly span: number;
  /** Positions of the operand between neighbours of the result: a fraction where the map grows. */
  readonly step: number;
}

/** One an axis; `undefined`: each position reads its own. */
export function reachOf(node: OpNode, operand: Shape): readonly Reach[] | undefined {
  if (!isBoundShape(operand) || !isBoundShape(node.shape)) return undefined;
  const window = windowSizes(node, operand);
  if (window !== undefined) {
    return window.size.map((size, axis) => {
      const [stride = 1, dilation = 1] = [window.stride[axis], window.dilation[axis]];
      return window.transposed
        ? { span: Math.ceil(size / stride), step: 1 / stride }
        : { span: dilation * (size - 1) + 1, step: stride };
    });
  }
  const { sizes } = node.shape;
  const ratios = operand.sizes.map((length, axis) => length / (sizes[axis] ?? length));
  if (isUpsample(node)) {
    const span = node.attrs.mode === "nearest" ? 1 : 2;
    return ratios.map((step) => ({ span: step === 1 ? 1 : span, step }));
  }
  if (!isAdaptive(node)) return undefined;
  return operand.sizes.map((length, axis) => ({
    span: longestMean(length, sizes[axis] ?? length),
    step: ratios[axis] ?? 1,
  }));
}

function isAdaptive(node: OpNode): node is OpNode & { readonly attrs: AdaptiveAttrs } {
  const { op, attrs } = node;
  return op === avgpool && typeof attrs === "object" && attrs !== null && "to" in attrs;
}

function isUpsample(node: OpNode): node is OpNode & { readonly attrs: UpsampleAttrs } {
  return node.op === upsample;
}
