/** What the references of resizing, padding and cropping share: each row of the result is a sum of rows of the input. */
import type { Tensor } from "../ir/tensor.ts";
import { elementsOf, extentsOf, zeros } from "./reference-tensor.ts";

/** What one row of the result is made of. None: it is zeros. */
export type Blend = readonly { readonly row: number; readonly share: number }[];

/** The row itself. */
export function only(row: number): Blend {
  return [{ row, share: 1 }];
}

/** Along one spatial axis after the other, `blends` of which has one entry a row of the result. */
export function blendRows(x: Tensor, blends: readonly (readonly Blend[])[]): Tensor {
  return blends.reduce((value, along, axis) => blendAlong(value, axis + 2, along), x);
}

/** The same rule for all axes, given the length of each. */
export function blendAxes(x: Tensor, blendsOf: (length: number, axis: number) => readonly Blend[]): Tensor {
  return blendRows(x, extentsOf(x).sizes.map(blendsOf));
}

function blendAlong({ shape, data }: Tensor, axis: number, blends: readonly Blend[]): Tensor {
  const length = shape[axis] ?? 1;
  const inner = elementsOf(shape.slice(axis + 1));
  const y = zeros(shape.with(axis, blends.length));
  for (let outer = 0; outer < elementsOf(shape.slice(0, axis)); outer += 1) {
    blends.forEach((blend, to) => {
      const target = (outer * blends.length + to) * inner;
      for (const { row, share } of blend) {
        const source = (outer * length + row) * inner;
        for (let index = 0; index < inner; index += 1)
          y.data[target + index] = (y.data[target + index] ?? 0) + share * (data[source + index] ?? 0);
      }
    });
  }
  return y;
}
