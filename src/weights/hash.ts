/**
 * Weights and inputs that need no file: each number is a hash of its position. Any framework can make the same ones in
 * a few lines, so results can be compared across them.
 */
import { invariant, unreachable } from "../base/invariant.ts";
import type { Weight } from "../ir/graph.ts";
import { dimensions, type Shape } from "../ir/shape.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { elementsOf } from "../ops/reference-tensor.ts";
import { type Fill, fanInOf, float32s } from "./fill.ts";
import { mix } from "./mix.ts";

/** Inputs count from here on, beyond the weights of any model. */
const FIRST_INPUT_ELEMENT = 1_000_000_000;

/** Multiples of 2^32 divided by the golden ratio are spread evenly (Knuth, volume 3, section 6.4). */
const GOLDEN_STEP = 0x9e3779b1;

/** In [0, 1). */
export function hashUniform(index: number): number {
  return mix(Math.imul(index + 1, GOLDEN_STEP)) / 2 ** 32;
}

/** One index runs over the elements of all weights, in execution order. */
export function hashFill(graph: CheckedGraph): Fill {
  const firsts = new Map<Weight, number>();
  let next = 0;
  for (const weight of new Set(graph.nodes.flatMap((node) => node.weights))) {
    firsts.set(weight, next);
    next += elementsOf(weight.shape);
  }
  return (weight) => {
    const first = firsts.get(weight);
    invariant(first !== undefined, `${weight.path} is no weight of ${graph.name}`);
    const spread = spreadOf(weight);
    return float32s(elementsOf(weight.shape), (element) => spread(hashUniform(first + element)));
  };
}

/** From [0, 1) to values with which deep networks neither fade nor explode, and variances stay positive. */
function spreadOf(weight: Weight): (uniform: number) => number {
  switch (weight.role) {
    case "kernel": {
      const bound = Math.sqrt(6 / fanInOf(weight));
      return (uniform) => (2 * uniform - 1) * bound;
    }
    case "scale":
    case "variance":
      return (uniform) => 0.5 + uniform;
    case "bias":
    case "shift":
    case "mean":
      return (uniform) => 0.2 * uniform - 0.1;
    default:
      return unreachable(weight.role);
  }
}

/** `batch` samples in [-1, 1), from sample `firstSample` of an endless row on, channels first; rounded to float32. */
export function hashInput(shape: Shape, batch = 1, firstSample = 0): Tensor {
  const sampleShape = dimensions(shape);
  const sampleLength = elementsOf(sampleShape);
  const first = FIRST_INPUT_ELEMENT + firstSample * sampleLength;
  const values = float32s(batch * sampleLength, (element) => 2 * hashUniform(first + element) - 1);
  return { shape: [batch, ...sampleShape], data: Float64Array.from(values) };
}
