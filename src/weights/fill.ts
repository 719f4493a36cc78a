/** What the ways to fill weights share: the fans of a kernel, and arrays made element by element. */
import type { Weight } from "../ir/graph.ts";
import { elementsOf } from "../ops/reference-tensor.ts";

/** The values of a weight, row-major in its own shape, made when asked for. */
export type Fill = (weight: Weight) => Float32Array;

/** How many inputs each output of a kernel `[out, in, ...size]` reads. */
export function fanInOf(kernel: Weight): number {
  return elementsOf(kernel.shape.slice(1));
}

/** How many outputs read each input. */
export function fanOutOf(kernel: Weight): number {
  const [outputs = 1, , ...size] = kernel.shape;
  return outputs * elementsOf(size);
}

/** Elements in order, rounded to float32. */
export function float32s(length: number, valueAt: (element: number) => number): Float32Array {
  const values = new Float32Array(length);
  for (let element = 0; element < length; element += 1) values[element] = valueAt(element);
  return values;
}
