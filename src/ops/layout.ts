/**
 * From channel-first shapes to the lowered graph's tensors: channels last, and signals as maps of height 1, because
 * TensorFlow's fast kernels are those of images and volumes.
 */
import type { Window } from "../ir/lowered.ts";
import { rankOf, type Shape } from "../ir/shape.ts";

/** A permutation of the axes, then axes of size 1 in front. */
export interface WeightLayout {
  readonly permutation: readonly number[];
  readonly leadingAxes: number;
}

/** `[...sizes, channels]`, without the batch. */
export function liftedShape(shape: Shape): readonly number[] {
  return [...(rankOf(shape) === 1 ? [1] : []), ...shape.sizes, shape.channels];
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
