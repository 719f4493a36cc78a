/** What a batch normalization with fixed statistics is: a scale and a shift for each channel. */
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
  return vectors.length < 4 ? undefined : { from: vectors, values: () => affineOf(vectors, epsilon) };
}

/** In float64; only the results that use it are rounded. */
function affineOf(vectors: readonly PrimitiveOf<"constant">[], epsilon: number): Affine {
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
