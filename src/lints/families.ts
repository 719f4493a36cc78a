/** Families of operations that lints tell apart, by the group that each declares. */

import { hole } from "../ops/hole.ts";
import { groupOf } from "../ops/index.ts";
import type { Group, OpNode } from "../ops/op.ts";
import { windowRuleOf } from "../ops/window.ts";

export function isIn(group: Group, node: OpNode): boolean {
  return groupOf(node) === group;
}

/** Convolutions and linear layers. */
export function isUnit(node: OpNode): boolean {
  return isIn("units", node);
}

export function isNorm(node: OpNode): boolean {
  return isIn("norm", node);
}

export function isActivation(node: OpNode): boolean {
  return isIn("activation", node);
}

/** Also what is not known: it may be one. */
export function isJoin(node: OpNode): boolean {
  return isIn("joins", node) || node.inputs.length > 1 || node.op === hole;
}

/** A convolution that slides over its input. */
export function isConvolution(node: OpNode): boolean {
  return isUnit(node) && windowRuleOf(node) !== undefined;
}

/** A convolution that mixes channels only. */
export function isPointwiseConvolution(node: OpNode): boolean {
  return isConvolution(node) && windowRuleOf(node)?.size.every((size) => size === 1) === true;
}

const SHAPE_KEEPING: ReadonlySet<Group | undefined> = new Set([
  "norm",
  "activation",
  "regularise",
  "per channel",
]);

/** Norms, activations, dropout: the value stays where and as wide as it is. */
export function keepsShape(node: OpNode): boolean {
  return node.inputs.length === 1 && SHAPE_KEEPING.has(groupOf(node));
}
