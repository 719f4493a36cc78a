/** Convolutions in groups become convolutions without: one of each channel, or one a group on slices of the value. */
import { invariant } from "../base/invariant.ts";
import type { LoweredNode, Primitive, PrimitiveOf, Ref, Window } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite, usesOf } from "./rewrite.ts";
import { sizesOf, sliceRows } from "./slice-rows.ts";

export const groupConvolutions: Pass = {
  name: "group-convolutions",
  kind: "requirement",
  why: "TensorFlow has no convolution in groups on CPUs, and over images only one that has a group for each channel.",
  run(graph) {
    const { nodeAt } = usesOf(graph);
    return rewrite(graph, (node, rewriter) => {
      const { primitive } = node;
      if (!("groups" in primitive) || primitive.groups === 1) return undefined;
      const [x, kernel] = node.inputs;
      invariant(x !== undefined && kernel !== undefined, `${node.name} lacks an operand`);
      const isDepthwise = primitive.kind === "convolution" && sizesOf(kernel, rewriter).at(-2) === 1;
      if (!isDepthwise) return inGroups(node, primitive, rewriter);
      const weight = nodeAt(kernel.node)?.primitive;
      invariant(weight?.kind === "constant", `the kernel of ${node.name} is no constant`);
      return depthwise(node, { x, window: primitive.window, kernel: weight }, rewriter);
    });
  },
};

type Grouped = PrimitiveOf<"convolution"> | PrimitiveOf<"transposed-convolution">;

/** Both kinds of kernels have their groups along the last axis. */
function inGroups(node: LoweredNode, primitive: Grouped, rewriter: Rewriter): Ref {
  const groups = Array.from({ length: primitive.groups }, (_, group) => {
    const share = (ref: Ref): Ref => {
      const sizes = sizesOf(ref, rewriter);
      const width = (sizes.at(-1) ?? 0) / primitive.groups;
      const rows = { begin: group * width, end: (group + 1) * width };
      return sliceRows({ name: `${node.name}/slice`, ref, rows, axis: sizes.length - 1 }, rewriter);
    };
    return rewriter.addHelper(`${node.name}/group`, { ...primitive, groups: 1 }, node.inputs.map(share));
  });
  return rewriter.add(node.name, { kind: "concat" }, groups, node.control);
}

interface Depthwise {
  readonly x: Ref;
  readonly window: Window;
  readonly kernel: PrimitiveOf<"constant">;
}

function depthwise(node: LoweredNode, { x, window, kernel }: Depthwise, rewriter: Rewriter): Ref {
  const sizes = sizesOf(x, rewriter);
  const channels = sizes.at(-1) ?? 1;
  const multiplier = (kernel.shape.at(-1) ?? 1) / channels;
  const native = nativeWindow(window, sizes.slice(1, -1));
  if (native === undefined) return byTaps(node, { x, window, kernel }, multiplier, rewriter);
  // What a channel makes stands next to each other, so the elements stay where they are.
  const shape = [...window.size, channels, multiplier];
  const weight = rewriter.addHelper(`${node.name}/kernel`, { ...kernel, shape }, []);
  return rewriter.add(
    node.name,
    { kind: "depthwise-convolution", window: native },
    [x, weight],
    node.control,
  );
}

/** TensorFlow's kernel for CPUs works on images, with one stride for both axes and no dilation. */
function nativeWindow(window: Window, sizes: readonly number[]): Window | undefined {
  if (sizes.length !== 2) return undefined;
  const stride = Math.max(...window.stride);
  const fits = sizes.every((length, axis) => {
    const [size = 1, own = 1, dilation = 1] = [window.size[axis], window.stride[axis], window.dilation[axis]];
    const [before, after] = window.padding[axis] ?? [0, 0];
    // Where there is one position, any stride does.
    const isAlone = before + length + after - dilation * (size - 1) - 1 < own;
    return (size === 1 || dilation === 1) && (own === stride || isAlone);
  });
  return fits ? { ...window, stride: [stride, stride], dilation: [1, 1] } : undefined;
}

/** The sum over the taps of the window: what all windows read there, times the kernel there. */
function byTaps(
  node: LoweredNode,
  { x, window, kernel }: Depthwise,
  multiplier: number,
  rewriter: Rewriter,
): Ref {
  const help = (suffix: string, primitive: Primitive, ...inputs: readonly Ref[]): Ref =>
    rewriter.addHelper(`${node.name}/${suffix}`, primitive, inputs);
  const none = [0, 0] as const;
  const padding = [none, ...window.padding, none];
  const pads = padding.some(([before, after]) => before + after > 0);
  const padded = pads ? help("padded", { kind: "pad", padding, value: 0 }, x) : x;
  const value = multiplier === 1 ? padded : repeated(padded, multiplier, help, rewriter);
  const channels = kernel.shape.at(-1) ?? 1;
  const positions = (node.outputs[0]?.shape ?? []).slice(1, -1);
  const products = tapsOf(window.size).map((tap, index) => {
    const begin = tap.map((step, axis) => step * (window.dilation[axis] ?? 1));
    const end = begin.map(
      (first, axis) => first + ((positions[axis] ?? 1) - 1) * (window.stride[axis] ?? 1) + 1,
    );
    const slice = { begin: [...begin, 0], end: [...end, channels], step: [...window.stride, 1] };
    const read = help("read", { kind: "slice", ...slice }, value);
    const values = (): Float32Array => kernel.values().subarray(index * channels, (index + 1) * channels);
    const factor = help("tap", { kind: "constant", shape: [channels], values });
    return help("product", { kind: "multiply" }, read, factor);
  });
  const sum = products.reduce((left, right) => help("sum", { kind: "add" }, left, right));
  return rewriter.add(node.name, { kind: "identity" }, [sum], node.control);
}

/** Each channel `amount` times, next to each other. */
function repeated(
  x: Ref,
  amount: number,
  help: (suffix: string, primitive: Primitive, ...inputs: readonly Ref[]) => Ref,
  rewriter: Rewriter,
): Ref {
  const shape = sizesOf(x, rewriter).slice(1);
  const apart = help("apart", { kind: "reshape", shape: [...shape, 1] }, x);
  const copies = help("copies", { kind: "concat" }, ...Array.from({ length: amount }, () => apart));
  return help("repeated", { kind: "reshape", shape: shape.with(-1, (shape.at(-1) ?? 1) * amount) }, copies);
}

/** The places in a window, row-major. */
function tapsOf(size: readonly number[]): readonly (readonly number[])[] {
  return size.reduce<readonly (readonly number[])[]>(
    (heads, length) => heads.flatMap((head) => Array.from({ length }, (_, step) => [...head, step])),
    [[]],
  );
}

/** With 1 for the batch. */
