/** What the references share: making tensors, and reading them as planes. */
import type { Tensor } from "../ir/tensor.ts";

export function zeros(shape: readonly number[]): Tensor {
  return { shape, data: new Float64Array(elementsOf(shape)) };
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((result, size) => result * size, 1);
}

/** Batch, channels and sizes of a value. */
export function extentsOf({ shape: [batch = 1, channels = 1, ...sizes] }: Tensor): {
  readonly batch: number;
  readonly channels: number;
  readonly sizes: readonly number[];
} {
  return { batch, channels, sizes };
}

/**
 * The positions of each channel of each sample, channels innermost: plane `sample * channels + channel`. They are
 * views, so writing to a plane writes to the tensor. A vector has planes of one element.
 */
export function planesOf(tensor: Tensor): readonly Float64Array[] {
  const { batch, channels, sizes } = extentsOf(tensor);
  const length = elementsOf(sizes);
  return Array.from({ length: batch * channels }, (_, index) =>
    tensor.data.subarray(index * length, (index + 1) * length),
  );
}

export function mapElements(tensor: Tensor, change: (value: number) => number): Tensor {
  return { shape: tensor.shape, data: tensor.data.map(change) };
}

export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
