/**
 * Padding inside of windows becomes nodes of its own where TensorFlow's operation has none by given amounts: in pools,
 * in depthwise convolutions and in convolutions over volumes.
 */
import { invariant } from "../base/invariant.ts";
import type {
  LoweredGraph,
  LoweredNode,
  Padding,
  PointwiseFunction,
  Primitive,
  PrimitiveOf,
  Ref,
  Window,
} from "../ir/lowered.ts";
import { isPadded, isPaddedSame } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import type { Rewriter } from "./rewrite.ts";
import { rewrite } from "./rewrite.ts";

export const explicitPadding: Pass = {
  name: "explicit-padding",
  kind: "requirement",
  why: "TensorFlow's pools, depthwise convolutions and convolutions over volumes pad as much as keeps the sizes, or not at all.",
  run(graph) {
    const nonNegative = nonNegativeNodes(graph);
    return rewrite(graph, (node, rewriter) => {
      const { primitive } = node;
      const [x, ...others] = node.inputs;
      if (!("window" in primitive) || x === undefined || !isPadded(primitive.window)) return undefined;
      const { window } = primitive;
      const isSame = isPaddedSame(window, sizesOf(x, rewriter));
      const onPadded = (name: string, value: number): Ref => {
        const padding = [NONE, ...window.padding, NONE];
        const padded = rewriter.addHelper(`${node.name}/padded`, { kind: "pad", padding, value }, [x]);
        const unpadded = { ...primitive, window: { ...window, padding: window.padding.map(() => NONE) } };
        return rewriter.add(name, unpadded, [padded, ...others], node.control);
      };
      switch (primitive.kind) {
        case "convolution":
          // TensorFlow's 2-D convolution takes explicit padding as it is.
          return window.size.length === 3 && !isSame ? onPadded(node.name, 0) : undefined;
        case "depthwise-convolution":
          return isSame ? undefined : onPadded(node.name, 0);
        case "transposed-convolution":
          return window.size.length === 3 ? onCropped(node, primitive, rewriter) : undefined;
        case "max-pool":
          if (isSame) return undefined;
          // Zero does as well as minus infinity where it never wins.
          return onPadded(node.name, nonNegative.has(x.node) ? 0 : Number.NEGATIVE_INFINITY);
        case "average-pool": {
          if (primitive.countsPadding) return onPadded(node.name, 0);
          if (isSame) return undefined;
          const averaged = onPadded(rewriter.unusedName(`${node.name}/averaged`), 0);
          const correction = rewriter.addHelper(
            `${node.name}/correction`,
            correctionOf(sizesOf(x, rewriter), window),
            [],
          );
          return rewriter.add(node.name, { kind: "multiply" }, [averaged, correction]);
        }
      }
    });
  },
};

const NONE: Padding = [0, 0];

/** What a transposed convolution pads is what it leaves out of its result. */
function onCropped(
  node: LoweredNode,
  primitive: PrimitiveOf<"transposed-convolution">,
  rewriter: Rewriter,
): Ref {
  const { window, sizes } = primitive;
  const padding = window.padding.map(() => NONE);
  const whole = sizes.map(
    (size, axis) => size + (window.padding[axis]?.[0] ?? 0) + (window.padding[axis]?.[1] ?? 0),
  );
  const uncropped = rewriter.addHelper(
    `${node.name}/uncropped`,
    { ...primitive, window: { ...window, padding }, sizes: whole },
    node.inputs,
  );
  const begin = window.padding.map(([before]) => before);
  const channels = node.outputs[0]?.shape.at(-1) ?? 1;
  const slice = {
    begin: [...begin, 0],
    end: [...sizes.map((size, axis) => size + (begin[axis] ?? 0)), channels],
    step: [...sizes.map(() => 1), 1],
  };
  return rewriter.add(node.name, { kind: "slice", ...slice }, [uncropped], node.control);
}

/** The size of the window over the number of its elements that are no padding, at each position. */
function correctionOf(sizes: readonly number[], window: Window): Primitive {
  const counts = countsPerAxis(sizes, window);
  const values = (): Float32Array =>
    Float32Array.from(
      counts.reduce(
        (factors, axis, index) =>
          factors.flatMap((factor) => axis.map((seen) => (factor * (window.size[index] ?? 1)) / seen)),
        [1],
      ),
    );
  return { kind: "constant", shape: [1, ...counts.map((axis) => axis.length), 1], values };
}

/** For each axis and each position of the window on it: how many elements of the input the window sees. */
function countsPerAxis(sizes: readonly number[], window: Window): readonly (readonly number[])[] {
  return sizes.map((size, axis) => {
    const [length = 1, stride = 1, dilation = 1] = [
      window.size[axis],
      window.stride[axis],
      window.dilation[axis],
    ];
    const [before, after] = window.padding[axis] ?? [0, 0];
    const positions = Math.floor((before + size + after - dilation * (length - 1) - 1) / stride) + 1;
    return Array.from({ length: positions }, (_, position) => {
      const start = position * stride - before;
      const taps = Array.from({ length }, (_, tap) => start + tap * dilation);
      return taps.filter((at) => at >= 0 && at < size).length;
    });
  });
}

function sizesOf(ref: Ref, rewriter: Rewriter): readonly number[] {
  return rewriter
    .typeOf(ref)
    .shape.slice(1, -1)
    .map((size) => {
      invariant(size !== null, "only the batch is unknown");
      return size;
    });
}

const NEVER_NEGATIVE: Record<PointwiseFunction, boolean> = {
  relu: true,
  relu6: true,
  elu: false,
  sigmoid: true,
  tanh: false,
  erf: false,
};

/** The nodes whose results are surely zero or more. */
function nonNegativeNodes(graph: LoweredGraph): ReadonlySet<string> {
  const known = new Set<string>();
  for (const node of graph.nodes) {
    const operands = node.inputs.map((ref) => known.has(ref.node));
    if (isNonNegative(node.primitive, operands)) known.add(node.name);
  }
  return known;
}

/** `operands`: for each of them, whether it is. */
function isNonNegative(primitive: Primitive, operands: readonly boolean[]): boolean {
  const ofNonNegative = operands.every(Boolean);
  switch (primitive.kind) {
    case "pointwise":
      return NEVER_NEGATIVE[primitive.function] || ofNonNegative;
    case "softmax":
      return true;
    case "maximum":
      return operands.some(Boolean);
    case "pad":
      return primitive.value >= 0 && ofNonNegative;
    case "leaky-relu":
    case "power":
    case "max-pool":
    case "average-pool":
    case "reduce":
    case "concat":
    case "add":
    case "multiply":
    case "reshape":
    case "transpose":
    case "slice":
    case "gather":
    case "resize":
    case "identity":
      return ofNonNegative;
    default:
      return false;
  }
}
