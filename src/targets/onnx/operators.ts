/** Which operators of ONNX's opset 17 a primitive is. All of them have one, and need no other form of the graph. */
import { InternalError, invariant, unreachable } from "../../base/invariant.ts";
import type { LoweredNode, PointwiseFunction, PrimitiveOf, Ref } from "../../ir/lowered.ts";
import type { Chain } from "../../passes/chains.ts";
import { floatAttribute, integerAttribute, integersAttribute, textAttribute } from "./messages.ts";
import { channelsFirst, regrouped, sizesIn, transposedOrder, withoutAxes } from "./order.ts";
import type { Attributes, Stored, Values } from "./values.ts";
import { kernelOrder, poolAttributes, transposedAttributes, windowAttributes } from "./windows.ts";

export const OPSET = 17;

/** A linear operator takes the bias behind it as an operand. */
export function takesBias([head, ...rest]: Chain, next: LoweredNode): boolean {
  return rest.length === 0 && LINEAR.has(head.primitive.kind) && next.primitive.kind === "bias";
}

const LINEAR: ReadonlySet<string> = new Set([
  "convolution",
  "depthwise-convolution",
  "transposed-convolution",
  "matmul",
]);

/** Writes a node, with the bias that it takes. */
export function writeNode([node, bias]: Chain, values: Values): Stored | undefined {
  const { primitive, name } = node;
  if (primitive.kind === "input" || primitive.kind === "constant") return undefined;
  const [x, ...others] = node.inputs;
  invariant(x !== undefined, `${name} has no operand`);
  const sizes = values.sizesOf(x);
  const order = values.orderOf(x);
  const first = channelsFirst(sizes.length);

  const asItLies = (op: string, attributes: Attributes = {}, operands: readonly string[] = []): Stored =>
    values.result(node, order, { op, inputs: [values.read(x, order), ...operands], attributes });
  const withChannelsFirst = (
    op: string,
    attributes: Attributes,
    operands: readonly string[] = [],
    result = node,
  ): Stored => values.result(result, first, { op, inputs: [values.read(x, first), ...operands], attributes });
  /** Kernels are asked for in the order of PyTorch's, so that they keep their values byte for byte. */
  const linear = (op: string, attributes: Attributes, kernel: string): Stored => {
    const shift = bias?.inputs[1];
    const operands = shift === undefined ? [kernel] : [kernel, values.read(shift, [0])];
    return withChannelsFirst(op, attributes, operands, bias ?? node);
  };
  const kernelSizes = others[0] === undefined ? [] : values.sizesOf(others[0]).map((size) => size ?? 1);

  switch (primitive.kind) {
    case "convolution": {
      const attributes = { ...windowAttributes(primitive.window), group: integerAttribute(primitive.groups) };
      return linear("Conv", attributes, values.read(second(node), kernelOrder(kernelSizes.length)));
    }
    case "depthwise-convolution": {
      const [inputs = 1, multiplier = 1] = kernelSizes.slice(-2);
      const rank = kernelSizes.length;
      const inPlace = [rank - 2, rank - 1, ...kernelOrder(rank).slice(2)];
      const kernel = values.readAs(second(node), inPlace, [
        inputs * multiplier,
        1,
        ...kernelSizes.slice(0, -2),
      ]);
      return linear(
        "Conv",
        { ...windowAttributes(primitive.window), group: integerAttribute(inputs) },
        kernel,
      );
    }
    case "transposed-convolution": {
      const attributes = {
        ...transposedAttributes(primitive, sizes.slice(1, -1).map(Number)),
        group: integerAttribute(primitive.groups),
      };
      return linear("ConvTranspose", attributes, values.read(second(node), kernelOrder(kernelSizes.length)));
    }
    case "matmul":
      return linear("Gemm", { transB: integerAttribute(1) }, values.read(second(node), [1, 0]));
    case "bias":
    case "add":
    case "subtract":
    case "multiply":
    case "maximum": {
      const op = OF_TWO[primitive.kind];
      return asItLies(op, {}, [spread(second(node), sizes.length, order, values)]);
    }
    case "batch-normalization": {
      const vectors = others.map((vector) => values.read(vector, [0]));
      return withChannelsFirst("BatchNormalization", { epsilon: floatAttribute(primitive.epsilon) }, vectors);
    }
    case "pointwise":
      return primitive.function === "relu6"
        ? asItLies("Clip", {}, [values.number(`${name}/lowest`, 0), values.number(`${name}/highest`, 6)])
        : asItLies(POINTWISE[primitive.function]);
    case "leaky-relu":
      return asItLies("LeakyRelu", { alpha: floatAttribute(primitive.slope) });
    case "power":
      return asItLies("Pow", {}, [values.number(`${name}/exponent`, primitive.exponent)]);
    case "softmax":
      return asItLies("Softmax", { axis: integerAttribute(order.indexOf(sizes.length - 1)) });
    case "max-pool":
      return withChannelsFirst("MaxPool", poolAttributes(primitive.window, sizes.slice(1, -1).map(Number)));
    case "average-pool": {
      const window = poolAttributes(primitive.window, sizes.slice(1, -1).map(Number));
      const counts = integerAttribute(primitive.countsPadding ? 1 : 0);
      return withChannelsFirst("AveragePool", { ...window, count_include_pad: counts });
    }
    case "reduce":
      return writeReduction(node, primitive, x, values);
    case "local-response-normalization": {
      const size = 2 * primitive.radius + 1;
      return withChannelsFirst("LRN", {
        // ONNX takes the mean of the squares, not their sum.
        alpha: floatAttribute(primitive.alpha * size),
        beta: floatAttribute(primitive.beta),
        bias: floatAttribute(primitive.bias),
        size: integerAttribute(size),
      });
    }
    case "concat": {
      const inputs = node.inputs.map((ref) => values.read(ref, order));
      const attributes = { axis: integerAttribute(order.indexOf(primitive.axis ?? sizes.length - 1)) };
      return values.result(node, order, { op: "Concat", inputs, attributes });
    }
    case "reshape": {
      const { before, after } = regrouped(sizes, [sizes[0] ?? null, ...primitive.shape], order);
      const result = sizesIn(after, [sizes[0] ?? null, ...primitive.shape]);
      const target = values.integers(`${name}/sizes`, result.map(asReshapeSize));
      return values.result(node, after, { op: "Reshape", inputs: [values.readMemory(x, before), target] });
    }
    case "transpose":
      return values.seenIn(x, transposedOrder(order, primitive.permutation));
    case "slice": {
      const { begin, end, step } = primitive;
      const axes = begin.flatMap((start, at) =>
        start === 0 && end[at] === sizes[at + 1] && step[at] === 1 ? [] : [at],
      );
      if (axes.length === 0) return values.seenIn(x, order);
      const along = (suffix: string, amounts: readonly number[]): string =>
        values.integers(
          `${name}/${suffix}`,
          axes.map((at) => amounts[at] ?? 0),
        );
      const places = begin.map((_, at) => order.indexOf(at + 1));
      return asItLies("Slice", {}, [
        along("begin", begin),
        along("end", end),
        along("axes", places),
        along("step", step),
      ]);
    }
    case "gather": {
      const axis = integerAttribute(order.indexOf(primitive.axis));
      return asItLies("Gather", { axis }, [values.integers(`${name}/indices`, primitive.indices)]);
    }
    case "resize": {
      const scales = primitive.sizes.map((size, axis) => scaleBetween(sizes[axis + 1] ?? 1, size));
      const attributes = {
        coordinate_transformation_mode: textAttribute("half_pixel"),
        mode: textAttribute("linear"),
      };
      return withChannelsFirst("Resize", attributes, [
        "",
        values.numbers(`${name}/scales`, [1, 1, ...scales]),
      ]);
    }
    case "pad": {
      const amounts = [0, 1].flatMap((side) => order.map((axis) => primitive.padding[axis]?.[side] ?? 0));
      const padding = values.integers(`${name}/padding`, amounts);
      return asItLies("Pad", {}, [padding, values.number(`${name}/value`, primitive.value)]);
    }
    case "identity":
      return values.seenIn(x, order);
    case "cast":
      throw new InternalError(`${name} changes the precision, which no pass of this target does`);
    case "batch-share":
    case "batch-join":
      throw new InternalError(`${name} parts a batch, which no pass of this target does`);
    default:
      return unreachable(primitive);
  }
}

const POINTWISE: Record<Exclude<PointwiseFunction, "relu6">, string> = {
  relu: "Relu",
  elu: "Elu",
  sigmoid: "Sigmoid",
  tanh: "Tanh",
  erf: "Erf",
};

const OF_TWO = { bias: "Add", add: "Add", subtract: "Sub", multiply: "Mul", maximum: "Max" } as const;

function second({ name, inputs: [, ref] }: LoweredNode): Ref {
  invariant(ref !== undefined, `${name} lacks an operand`);
  return ref;
}

/** An operand that spreads over a value of this rank and order: with that rank, or one number. */
function spread(ref: Ref, rank: number, order: readonly number[], values: Values): string {
  const sizes = values.sizesOf(ref);
  if (sizes.length === rank) return values.read(ref, order);
  if (sizes.length === 0) return values.read(ref, []);
  const lacking = rank - sizes.length;
  const own = order.filter((axis) => axis >= lacking).map((axis) => axis - lacking);
  return values.readAs(
    ref,
    own,
    order.map((axis) => sizes[axis - lacking] ?? 1),
  );
}

/** All sizes at once are what runtimes have kernels of their own for. */
function writeReduction(
  node: LoweredNode,
  { function: reduction, axes, keepsAxes }: PrimitiveOf<"reduce">,
  x: Ref,
  values: Values,
): Stored {
  const order = values.orderOf(x);
  const rank = order.length;
  const isGlobal = rank > 2 && axes.length === rank - 2 && !axes.includes(rank - 1);
  if (!isGlobal) {
    const after = keepsAxes ? order : withoutAxes(order, axes);
    return values.result(node, after, {
      op: REDUCTION[reduction],
      inputs: [values.read(x, order)],
      attributes: {
        axes: integersAttribute(axes.map((axis) => order.indexOf(axis)).toSorted((a, b) => a - b)),
        keepdims: integerAttribute(keepsAxes ? 1 : 0),
      },
    });
  }
  const first = channelsFirst(rank);
  const inputs = [values.read(x, first)];
  if (keepsAxes) return values.result(node, first, { op: GLOBAL_POOL[reduction], inputs });
  const pooled = values.help(`${node.name}/pooled`, GLOBAL_POOL[reduction], inputs);
  return values.result(node, [0, 1], {
    op: "Flatten",
    inputs: [pooled],
    attributes: { axis: integerAttribute(1) },
  });
}

const REDUCTION = { mean: "ReduceMean", max: "ReduceMax" } as const;
const GLOBAL_POOL = { mean: "GlobalAveragePool", max: "GlobalMaxPool" } as const;

/** Zero keeps the size that is there, and the batch stands where it stood. */
function asReshapeSize(size: number | null): number {
  return size ?? 0;
}

/**
 * What the number of elements is multiplied by; ONNX rounds the product down. So the quotient is rounded up to
 * float32, by less than any interpolation can show.
 */
function scaleBetween(from: number, to: number): number {
  const nearest = Math.fround(to / from);
  return nearest * from >= to ? nearest : Math.fround(nearest * (1 + 2 ** -23));
}
