/**
 * From channel-first shapes to the lowered graph's tensors: channels last, and signals as maps of height 1, because
 * TensorFlow's fast kernels are those of images and volumes.
 */
import type { Window } from "../ir/lowered.ts";
import { boundShape, rankOf, type Shape } from "../ir/shape.ts";

/** A permutation of the axes, then axes of size 1 in front. */
export interface WeightLayout {
  readonly permutation: readonly number[];
  readonly leadingAxes: number;
}

/** `[...sizes, channels]`, without the batch. */
export function liftedShape(shape: Shape): readonly number[] {
  return [...(rankOf(shape) === 1 ? [1] : []), ...boundShape(shape).sizes, shape.channels];
}

/** Where the sizes stand in the lifted value, behind the batch. */
export function sizeAxes(shape: Shape): readonly number[] {
  return Array.from({ length: liftedShape(shape).length - 1 }, (_, axis) => axis + 1);
}

/** The window on the lifted value. */
export function liftWindow(window: Window): Window {
  if (window.size.length !== 1) return window;
  return {
    size: [1, ...window.size],
    stride: [1, ...window.stride],
    dilation: [1, ...window.dilation],
    padding: [[0, 0], ...window.padding],
  };
}

/** How a kernel of PyTorch's layout `[out, in, ...size]` becomes `[...lifted size, in, out]`. */
export function kernelLayout(size: readonly number[]): WeightLayout {
  return { permutation: [...size.map((_, axis) => axis + 2), 1, 0], leadingAxes: size.length === 1 ? 1 : 0 };
}

/** The permutation of a lifted value that brings the channels to the front, batch kept. */
export function channelsFirst(shape: Shape): readonly number[] {
  const lifted = liftedShape(shape).length;
  return [0, lifted, ...Array.from({ length: lifted - 1 }, (_, axis) => axis + 1)];
}

/** Row-major values of `shape` with their axes permuted: axis i of the result is axis `permutation[i]` of `values`. */
export function transposed(
  values: Float32Array,
  shape: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((result, size) => result * size, 1));
  const sizes = permutation.map((axis) => shape[axis] ?? 1);
  const steps = permutation.map((axis) => strides[axis] ?? 1);
  const result = new Float32Array(values.length);
  const inner = sizes.length - 1;
  const [innerSize, innerStep] = [sizes[inner] ?? 1, steps[inner] ?? 1];
  const position = new Array<number>(inner).fill(0);
  let source = 0;
  for (let target = 0; target < values.length; target += innerSize) {
    for (let index = 0; index < innerSize; index += 1)
      result[target + index] = values[source + index * innerStep] ?? 0;
    for (let axis = inner - 1; axis >= 0; axis -= 1) {
      const next = (position[axis] ?? 0) + 1;
      const size = sizes[axis] ?? 1;
      source += steps[axis] ?? 0;
      position[axis] = next;
      if (next < size) break;
      source -= (steps[axis] ?? 0) * size;
      position[axis] = 0;
    }
  }
  return result;
}
