/** What scales and shifts each channel by constants: a batch normalization with fixed statistics, or a multiplication. */
import { invariant } from "../base/invariant.ts";
import type { LoweredNode, PrimitiveOf } from "../ir/lowered.ts";
import type { Uses } from "./rewrite.ts";

/** Per channel: `x * scale + shift`. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

export interface AffineNode {
  /** The constants of which scale and shift are made. */
  readonly from: readonly object[];
  /** Made when they are asked for. */
  readonly values: () => Affine;
}

/** `undefined` when the node is no batch normalization or its statistics are computed. */
export function affineOfNorm(node: LoweredNode, uses: Uses): AffineNode | undefined {
  if (node.primitive.kind !== "batch-normalization") return undefined;
  const { epsilon } = node.primitive;
  const vectors = node.inputs
    .slice(1)
    .map(uses.constantAt)
    .filter((vector) => vector !== undefined);
  return vectors.length < 4 ? undefined : { from: vectors, values: () => affineOfVectors(vectors, epsilon) };
}

/** Of a batch normalization, or of a multiplication by a number or by one for each channel. */
export function affineOf(node: LoweredNode, uses: Uses): AffineNode | undefined {
  if (node.primitive.kind !== "multiply") return affineOfNorm(node, uses);
  const factor = uses.constantAt(node.inputs[1]);
  const channels = node.outputs[0]?.shape.at(-1) ?? 1;
  const length = factor?.shape.reduce((product, size) => product * size, 1);
  if (factor === undefined || !(length === 1 || (length === channels && factor.shape.at(-1) === channels)))
    return undefined;
  const values = (): Affine => {
    const scale = Float64Array.from(factor.values());
    return {
      scale: length === 1 ? new Float64Array(channels).fill(scale[0] ?? 1) : scale,
      shift: new Float64Array(channels),
    };
  };
  return { from: [factor], values };
}

/** One after the other, the first one first. */
export function composed(all: readonly AffineNode[]): AffineNode {
  const values = (): Affine =>
    all
      .map((each) => each.values())
      .reduce((first, second) => ({
        scale: first.scale.map((value, channel) => value * (second.scale[channel] ?? 1)),
        shift: first.shift.map(
          (value, channel) => value * (second.scale[channel] ?? 1) + (second.shift[channel] ?? 0),
        ),
      }));
  return { from: all.flatMap(({ from }) => from), values };
}

/** In float64; only the results that use it are rounded. */
function affineOfVectors(vectors: readonly PrimitiveOf<"constant">[], epsilon: number): Affine {
  const [scale, offset, mean, variance] = vectors.map((vector) => vector.values());
  invariant(scale && offset && mean && variance, "a batch normalization has four vectors");
  const factor = Float64Array.from(
    scale,
    (value, channel) => value / Math.sqrt((variance[channel] ?? 0) + epsilon),
  );
  const shift = Float64Array.from(
    offset,
    (value, channel) => value - (mean[channel] ?? 0) * (factor[channel] ?? 1),
  );
  return { scale: factor, shift };
}
