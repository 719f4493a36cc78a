/**
 * The lowered graph: a small vocabulary of primitives over concrete tensors, channels last, batch first.
 * Nodes stand in execution order and refer to earlier ones by name; names are unique and are the node paths of
 * the checked graph (`net/stem/conv`), with helpers below them (`net/stem/conv/weight`).
 */
import { invariant } from "../base/invariant.ts";

/** Parameters and results of a primitive have the element type of its operands, unless it says otherwise. */
export type ElementType = "float32" | "bfloat16";

/** `null` is the batch, known only at run time. */
export interface TensorType {
  readonly element: ElementType;
  readonly shape: readonly (number | null)[];
}

/** Zeros, or whatever a primitive says, before and after one axis. */
export type Padding = readonly [before: number, after: number];

/** The window of a convolution or pool: one entry per spatial axis in each list. */
export interface Window {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly Padding[];
}

/** How many elements a value with these sizes has; for one sample, where the batch is not known. */
export function elementsIn(sizes: readonly (number | null)[]): number {
  return sizes.reduce<number>((result, size) => result * (size ?? 1), 1);
}

export function isPadded({ padding }: Window): boolean {
  return padding.some(([before, after]) => before + after > 0);
}

/**
 * Whether a window that is not dilated, over a value with these sizes, is padded by what TensorFlow calls `SAME`: as
 * little as gives a position to each stride, half of it before and the odd one after.
 */
export function isPaddedSame(
  { size, stride, dilation, padding }: Window,
  sizes: readonly (number | null)[],
): boolean {
  return padding.every(([before, after], axis) => {
    const [length, step] = [sizes[axis] ?? 1, stride[axis] ?? 1];
    const total = Math.max(0, (Math.ceil(length / step) - 1) * step + (size[axis] ?? 1) - length);
    return dilation[axis] === 1 && before === Math.floor(total / 2) && before + after === total;
  });
}

/** Functions of one number, applied to each element. */
export type PointwiseFunction = "relu" | "relu6" | "elu" | "sigmoid" | "tanh" | "erf";

/** What many numbers are made one by. */
export type Reduction = "mean" | "max";

export type Primitive =
  /** What the caller feeds. */
  | { readonly kind: "input"; readonly type: TensorType }
  /** A weight. Values are made on demand (row-major, in this shape) and not kept. */
  | {
      readonly kind: "constant";
      readonly shape: readonly number[];
      readonly values: () => Float32Array;
      /** What they are rounded to; absent: nothing. */
      readonly element?: ElementType;
    }
  /** x, kernel `[...size, in / groups, out]`: each group of inputs makes its group of outputs. */
  | { readonly kind: "convolution"; readonly window: Window; readonly groups: number }
  /** x, kernel `[...size, in, multiplier]`: each channel makes `multiplier` of its own, next to each other. */
  | { readonly kind: "depthwise-convolution"; readonly window: Window }
  /**
   * x, kernel `[...size, out / groups, in]`: the transpose of the linear map that the convolution with `window` is of
   * values with these sizes.
   */
  | {
      readonly kind: "transposed-convolution";
      readonly window: Window;
      readonly sizes: readonly number[];
      readonly groups: number;
    }
  /** x, bias `[channels]`. */
  | { readonly kind: "bias" }
  /** x, scale, offset, mean, variance: `(x - mean) / sqrt(variance + epsilon) * scale + offset` per channel. */
  | { readonly kind: "batch-normalization"; readonly epsilon: number }
  | { readonly kind: "pointwise"; readonly function: PointwiseFunction }
  /** `x` where it is positive, `slope * x` elsewhere. */
  | { readonly kind: "leaky-relu"; readonly slope: number }
  /** Each element to the same power. */
  | { readonly kind: "power"; readonly exponent: number }
  /** Over the last axis. */
  | { readonly kind: "softmax" }
  /** Padding counts as minus infinity. */
  | { readonly kind: "max-pool"; readonly window: Window }
  /** Padding is zeros; they count in the divisor when `countsPadding`. */
  | { readonly kind: "average-pool"; readonly window: Window; readonly countsPadding: boolean }
  /** Over `axes`, never the batch; they go away, or stay with size 1 when `keepsAxes`. */
  | {
      readonly kind: "reduce";
      readonly function: Reduction;
      readonly axes: readonly number[];
      readonly keepsAxes: boolean;
    }
  /** `x / (bias + alpha * s)^beta`, with s the sum of squares from `radius` channels before to `radius` after. */
  | {
      readonly kind: "local-response-normalization";
      readonly radius: number;
      readonly bias: number;
      readonly alpha: number;
      readonly beta: number;
    }
  /** x `[batch, in]`, weight `[in, out]`. */
  | { readonly kind: "matmul" }
  /** Two or more operands, along `axis`, never the batch; without it along the last one. */
  | { readonly kind: "concat"; readonly axis?: number }
  /** Of its samples the `index`-th of `of` shares, which are equal but for the last ones; one sample where none is left. */
  | { readonly kind: "batch-share"; readonly index: number; readonly of: number }
  /** What became of all shares, in their order, and the value that was shared: the batch as it was. */
  | { readonly kind: "batch-join" }
  /** Two operands of equal shape, or the second spreads where it has size 1 or lacks leading axes. */
  | { readonly kind: "add" | "subtract" | "multiply" | "maximum" }
  /** All but the batch; the batch stays first. */
  | { readonly kind: "reshape"; readonly shape: readonly number[] }
  | { readonly kind: "transpose"; readonly permutation: readonly number[] }
  /** From `begin` on, before `end`, every `step`: one entry per axis but the first, which stays whole. */
  | {
      readonly kind: "slice";
      readonly begin: readonly number[];
      readonly end: readonly number[];
      readonly step: readonly number[];
    }
  /** What stands at `indices` of an axis, in their order. */
  | { readonly kind: "gather"; readonly axis: number; readonly indices: readonly number[] }
  /** Linear interpolation between the centers of the elements, beyond which the outermost hold. */
  | { readonly kind: "resize"; readonly sizes: readonly number[] }
  /** Padding per axis of the tensor, batch and channels included. */
  | { readonly kind: "pad"; readonly padding: readonly Padding[]; readonly value: number }
  /** Each element as the nearest one of another type. */
  | { readonly kind: "cast"; readonly to: ElementType }
  | { readonly kind: "identity" };

export type PrimitiveKind = Primitive["kind"];
export type PrimitiveOf<K extends PrimitiveKind> = Extract<Primitive, { kind: K }>;

/** An output of a node. */
export interface Ref {
  readonly node: string;
  readonly output: number;
}

export interface LoweredNode<P extends Primitive = Primitive> {
  readonly name: string;
  readonly primitive: P;
  readonly inputs: readonly Ref[];
  /** Names of nodes that must have run before this one. */
  readonly control: readonly string[];
  readonly outputs: readonly TensorType[];
}

/** A named end of the graph as the signature shows it. */
export interface Port {
  readonly name: string;
  readonly ref: Ref;
}

export interface LoweredGraph {
  readonly name: string;
  readonly nodes: readonly LoweredNode[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Other ways to the same outputs, over the same weights. */
  readonly forms?: readonly Form[];
}

/** A way to the outputs that is made of parts, which do not wait for each other more than they must. */
export interface Form {
  readonly name: FormName;
  readonly parts: number;
  /** The outputs of the graph, in their order, from the same inputs. */
  readonly outputs: readonly Port[];
}

/** Bands are parts of each value, towers parts of the batch. */
export type FormName = "bands" | "towers";

/** All ends of the graph, whatever the form. */
export function allOutputs({ outputs, forms = [] }: LoweredGraph): readonly Port[] {
  return [...outputs, ...forms.flatMap((form) => form.outputs)];
}

/** Its nodes that these ports need, in their order. */
export function nodesFor(graph: LoweredGraph, ports: readonly Port[]): readonly LoweredNode[] {
  const needed = new Set(ports.map(({ ref }) => ref.node));
  // Users stand behind what they use, so one walk from the end sees every user first.
  for (const node of graph.nodes.toReversed()) {
    if (!needed.has(node.name)) continue;
    for (const { node: source } of node.inputs) needed.add(source);
    for (const source of node.control) needed.add(source);
  }
  return graph.nodes.filter(({ name }) => needed.has(name));
}

/** `name`, or one like it that is not taken; it is then. */
export function unusedName(name: string, taken: Set<string>): string {
  if (taken.has(name)) return unusedName(`${name}_`, taken);
  taken.add(name);
  return name;
}

/** The type of what a port stands for; the graph has the node. */
export function typeOfPort(graph: LoweredGraph, { name, ref }: Port): TensorType {
  const type = graph.nodes.find((node) => node.name === ref.node)?.outputs[ref.output];
  invariant(type !== undefined, `the port ${name} refers to ${printRef(ref)}, which is not there`);
  return type;
}

/** The first output of a node. */
export function refTo(node: LoweredNode): Ref {
  return { node: node.name, output: 0 };
}

/** `name`, or `name:1` for another output than the first. */
export function printRef(ref: Ref): string {
  return ref.output === 0 ? ref.node : `${ref.node}:${ref.output}`;
}

export function typeOf(shape: readonly (number | null)[], element: ElementType = "float32"): TensorType {
  return { element, shape };
}

/** `[?, 56, 56, 64]`, or `bfloat16[?, 56, 56, 64]` for other elements than usual. */
export function printTensorType({ element, shape }: TensorType): string {
  return `${element === "float32" ? "" : element}[${shape.map((size) => size ?? "?").join(", ")}]`;
}
