/** Dilation that goes into the kernel: what was apart in the input is apart in the kernel, with zeros between. */
import { elementsIn, type PrimitiveOf } from "../ir/lowered.ts";

/** The kernel with zeros between its taps: what was next to each other on an axis is then `steps` apart. */
export function spreadKernel(
  kernel: PrimitiveOf<"constant">,
  steps: readonly number[],
): PrimitiveOf<"constant"> {
  const oldSizes = kernel.shape.slice(0, -2);
  const sizes = oldSizes.map((size, axis) => (size - 1) * (steps[axis] ?? 1) + 1);
  const shape = [...sizes, ...kernel.shape.slice(-2)];
  const tapLength = elementsIn(kernel.shape.slice(-2));
  const values = (): Float32Array => {
    const old = kernel.values();
    const result = new Float32Array(elementsIn(shape));
    for (let tap = 0; tap < elementsIn(oldSizes); tap += 1) {
      let [rest, stride, at] = [tap, tapLength, 0];
      for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
        const size = oldSizes[axis] ?? 1;
        at += (rest % size) * (steps[axis] ?? 1) * stride;
        stride *= sizes[axis] ?? 1;
        rest = Math.floor(rest / size);
      }
      result.set(old.subarray(tap * tapLength, (tap + 1) * tapLength), at);
    }
    return result;
  };
  return { kind: "constant", shape, values };
}
