/** The windows of convolutions and pools as ONNX's attributes. */
import type { PrimitiveOf, Window } from "../../ir/lowered.ts";
import { integersAttribute } from "./messages.ts";
import type { Order } from "./order.ts";
import type { Attributes } from "./values.ts";

/** From `[...size, in, out]` to PyTorch's `[out, in, ...size]`, and likewise for transposed convolutions. */
export function kernelOrder(rank: number): Order {
  return [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, axis) => axis)];
}

export function windowAttributes(window: Window): Attributes {
  return { dilations: integersAttribute(window.dilation), ...plainAttributes(window) };
}

/** `sizes` are those of the value behind it, in which ONNX counts what a stride has left over. */
export function transposedAttributes(
  { window, sizes: results }: PrimitiveOf<"transposed-convolution">,
  sizes: readonly number[],
): Attributes {
  const left = results.map((result, axis) => {
    const [before, after] = window.padding[axis] ?? [0, 0];
    const reached = ((sizes[axis] ?? 1) - 1) * (window.stride[axis] ?? 1) + (window.size[axis] ?? 1);
    return result - (reached - before - after);
  });
  return { ...plainAttributes(window), output_padding: integersAttribute(left) };
}

/** Runtimes refuse padding of a whole window, which only rows behind the last position can have. */
export function poolAttributes(window: Window, sizes: readonly number[]): Attributes {
  const padding = window.padding.map(([before, after], axis) => {
    const [size = 1, stride = 1, length = 1] = [window.size[axis], window.stride[axis], sizes[axis]];
    const unread = (before + length + after - size) % stride;
    return [before, after < size ? after : Math.max(0, after - unread)] as const;
  });
  return plainAttributes({ ...window, padding });
}

function plainAttributes({ size, padding, stride }: Window): Attributes {
  const pads = [...padding.map(([before]) => before), ...padding.map(([, after]) => after)];
  return {
    kernel_shape: integersAttribute(size),
    pads: integersAttribute(pads),
    strides: integersAttribute(stride),
  };
}
