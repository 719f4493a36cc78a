/** The window of an operation in numbers, whichever way it moves: over its operand, or over its result. */
import { boundShape, type Shape } from "../ir/shape.ts";
import type { PerAxis } from "./argument.ts";
import type { OpNode } from "./op.ts";
import { type UpconvAttrs, upconv } from "./upconv.ts";
import { reach, windowOf, windowRuleOf } from "./window.ts";

export interface WindowSizes {
  /** One entry per axis, as in the following. */
  readonly size: PerAxis;
  readonly stride: PerAxis;
  readonly dilation: PerAxis;
  readonly groups: number;
  /** Whether the stride is of the result: a transposed convolution. */
  readonly transposed: boolean;
  /** Sizes that a convolution with this window would make of the operand. */
  readonly shrunk: PerAxis;
}

/** `undefined` for an operation without a window. */
export function windowSizes(node: OpNode, operand: Shape): WindowSizes | undefined {
  const groups = groupsOf(node);
  if (isUpconv(node)) {
    const { size, stride, pad } = node.attrs;
    const padding = pad.map((amount) => [amount, amount] as const);
    return withShrunk(
      { size, stride, dilation: size.map(() => 1), groups, transposed: true },
      padding,
      operand,
    );
  }
  const window = windowRuleOf(node) && windowOf(node, operand);
  if (window === undefined) return undefined;
  const { size, stride, dilation, padding } = window;
  return withShrunk({ size, stride, dilation, groups, transposed: false }, padding, operand);
}

function isUpconv(node: OpNode): node is OpNode & { readonly attrs: UpconvAttrs } {
  return node.op === upconv;
}

/** 1 where channels are not grouped. */
export function groupsOf({ attrs }: OpNode): number {
  return typeof attrs === "object" && attrs !== null && "groups" in attrs && typeof attrs.groups === "number"
    ? attrs.groups
    : 1;
}

function withShrunk(
  window: Omit<WindowSizes, "shrunk">,
  padding: readonly (readonly [before: number, after: number])[],
  operand: Shape,
): WindowSizes {
  const { size, stride, dilation } = window;
  const shrunk = boundShape(operand).sizes.map((length, axis) => {
    const [before, after] = padding[axis] ?? [0, 0];
    const free = length + before + after - reach(size[axis] ?? 1, dilation[axis] ?? 1);
    return Math.floor(free / (stride[axis] ?? 1)) + 1;
  });
  return { ...window, shrunk };
}
