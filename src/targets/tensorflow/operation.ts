/** Which TensorFlow operation a primitive is, with every attribute: Grappler and oneDNN fuse only what is complete. */

import { toBfloat16 } from "../../base/bfloat16.ts";
import { invariant, unreachable } from "../../base/invariant.ts";
import type {
  ElementType,
  PointwiseFunction,
  Primitive,
  PrimitiveOf,
  Reduction,
  TensorType,
  Window,
} from "../../ir/lowered.ts";
import { elementsIn, isPadded, isPaddedSame } from "../../ir/lowered.ts";
import { bytesOf } from "../protobuf.ts";
import type { AttrValue } from "./attr-value.ts";
import {
  BFLOAT16,
  booleanAttr,
  constantAttrs,
  FLOAT,
  floatAttr,
  INT32,
  integerAttr,
  integers,
  integersAttr,
  shapeAttr,
  textAttr,
  typeAttr,
  vector,
} from "./attr-value.ts";
import { batchJoin, batchOf, batchShare, stridedSliceAttrs } from "./batch.ts";

export interface Operation {
  readonly op: string;
  readonly attrs: Readonly<Record<string, AttrValue>>;
  /**
   * What is an attribute of the primitive and an operand there, such as axes: the attributes of the constants that
   * hold it, which stand behind the operands.
   */
  readonly constants?: Readonly<Record<string, Readonly<Record<string, AttrValue>>>>;
  /** Where they are not those of the primitive in their order: their positions, or operations that serve this one. */
  readonly operands?: readonly (number | Helper)[];
}

export interface Helper extends Operation {
  readonly suffix: string;
}

/** `inputs` are the types of the operands. */
export function operationOf(primitive: Primitive, inputs: readonly TensorType[]): Operation {
  const rank = inputs[0]?.shape.length ?? 0;
  const element = inputs[0]?.element ?? "float32";
  const T = typeAttr(DATA_TYPES[element]);
  switch (primitive.kind) {
    case "input":
      return { op: "Placeholder", attrs: { dtype: typeAttr(FLOAT), shape: shapeAttr(primitive.type.shape) } };
    case "constant":
      return { op: "Const", attrs: weight(primitive) };
    case "convolution":
      invariant(primitive.groups === 1, "convolutions in groups have no kernel on CPUs");
      return convolution(primitive.window, T, inputs);
    case "depthwise-convolution": {
      const { window } = primitive;
      invariant(window.size.length === 2, "depthwise convolutions take images only");
      // It claims to take explicit padding, and ends the process when it gets any.
      const padding = { explicit_paddings: integersAttr([]), padding: ownPadding(window, inputs) };
      return { op: "DepthwiseConv2dNative", attrs: { ...windowAttrs(window, T), ...padding } };
    }
    case "transposed-convolution":
      invariant(primitive.groups === 1, "transposed convolutions have no groups");
      return transposedConvolution(primitive, T, inputs);
    case "bias":
      // Of the layouts that the operation knows, this one means "channels last" at every rank.
      return { op: "BiasAdd", attrs: { T, data_format: textAttr("NHWC") } };
    case "batch-normalization":
      return {
        op: "FusedBatchNormV3",
        attrs: {
          T,
          U: T,
          data_format: textAttr(dataFormat(rank - 2)),
          epsilon: floatAttr(primitive.epsilon),
          exponential_avg_factor: floatAttr(1),
          is_training: booleanAttr(false),
        },
      };
    case "pointwise":
      return { op: POINTWISE[primitive.function], attrs: { T } };
    case "leaky-relu":
      return { op: "LeakyRelu", attrs: { T, alpha: floatAttr(primitive.slope) } };
    case "power":
      return { op: "Pow", attrs: { T }, constants: { exponent: scalar(primitive.exponent, element) } };
    case "softmax":
      return { op: "Softmax", attrs: { T } };
    case "max-pool": {
      const { op, attrs } = pool("MaxPool", primitive.window, T, inputs);
      return { op, attrs: op === "MaxPool" ? { ...attrs, explicit_paddings: integersAttr([]) } : attrs };
    }
    case "average-pool":
      invariant(!isPadded(primitive.window) || !primitive.countsPadding, "AvgPool counts no padding");
      return pool("AvgPool", primitive.window, T, inputs);
    case "reduce":
      return {
        op: REDUCTION[primitive.function],
        attrs: { T, Tidx: typeAttr(INT32), keep_dims: booleanAttr(primitive.keepsAxes) },
        constants: { axes: vector(primitive.axes) },
      };
    case "local-response-normalization":
      invariant(rank === 4, "LRN takes images only");
      return {
        op: "LRN",
        attrs: {
          T,
          alpha: floatAttr(primitive.alpha),
          beta: floatAttr(primitive.beta),
          bias: floatAttr(primitive.bias),
          depth_radius: integerAttr(primitive.radius),
        },
      };
    case "matmul":
      return { op: "MatMul", attrs: { T, transpose_a: booleanAttr(false), transpose_b: booleanAttr(false) } };
    case "concat":
      return {
        op: "ConcatV2",
        attrs: { N: integerAttr(inputs.length), T, Tidx: typeAttr(INT32) },
        constants: { axis: integers([], [primitive.axis ?? rank - 1]) },
      };
    case "batch-share":
      return batchShare(primitive, T);
    case "batch-join":
      return joinOf(inputs);
    case "add":
    case "subtract":
    case "multiply":
    case "maximum":
      return { op: OF_TWO[primitive.kind], attrs: { T } };
    case "reshape":
      return {
        op: "Reshape",
        attrs: { T, Tshape: typeAttr(INT32) },
        constants: { shape: vector([-1, ...primitive.shape]) },
      };
    case "transpose":
      return {
        op: "Transpose",
        attrs: { T, Tperm: typeAttr(INT32) },
        constants: { permutation: vector(primitive.permutation) },
      };
    case "slice": {
      const { begin, end, step } = primitive;
      return {
        op: "StridedSlice",
        attrs: stridedSliceAttrs({ wholeAxes: 1 }, T),
        constants: { begin: vector([0, ...begin]), end: vector([0, ...end]), step: vector([1, ...step]) },
      };
    }
    case "gather":
      return {
        op: "GatherV2",
        attrs: {
          Taxis: typeAttr(INT32),
          Tindices: typeAttr(INT32),
          Tparams: T,
          batch_dims: integerAttr(0),
        },
        constants: { indices: vector(primitive.indices), axis: integers([], [primitive.axis]) },
      };
    case "resize":
      invariant(rank === 4, "only images are resized");
      return {
        op: "ResizeBilinear",
        attrs: { T, align_corners: booleanAttr(false), half_pixel_centers: booleanAttr(true) },
        constants: { size: vector(primitive.sizes) },
      };
    case "pad": {
      const attrs = { T, Tpaddings: typeAttr(INT32) };
      const paddings = integers([primitive.padding.length, 2], primitive.padding.flat());
      // TensorFlow fuses `Pad`, but not `PadV2`, with a convolution. It then forgets padding of batch and channels and,
      // over volumes, the slope of a leaky ReLU behind the convolution.
      const [batch, channels] = [primitive.padding[0], primitive.padding.at(-1)];
      const fusible = rank < 5 && [...(batch ?? []), ...(channels ?? [])].every((amount) => amount === 0);
      return primitive.value === 0 && fusible
        ? { op: "Pad", attrs, constants: { paddings } }
        : {
            op: "PadV2",
            attrs,
            constants: { paddings, value: scalar(primitive.value, element) },
          };
    }
    case "cast":
      return {
        op: "Cast",
        attrs: { SrcT: T, DstT: typeAttr(DATA_TYPES[primitive.to]), Truncate: booleanAttr(false) },
      };
    case "identity":
      return { op: "Identity", attrs: { T } };
    default:
      return unreachable(primitive);
  }
}

const POINTWISE: Record<PointwiseFunction, string> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  tanh: "Tanh",
  erf: "Erf",
};

const REDUCTION: Record<Reduction, string> = { mean: "Mean", max: "Max" };

const OF_TWO = { add: "AddV2", subtract: "Sub", multiply: "Mul", maximum: "Maximum" } as const;

function convolution(window: Window, T: AttrValue, inputs: readonly TensorType[]): Operation {
  if (window.size.length === 3) {
    return { op: "Conv3D", attrs: { ...windowAttrs(window, T), padding: ownPadding(window, inputs) } };
  }
  return {
    op: "Conv2D",
    attrs: { ...windowAttrs(window, T), ...paddingAttrs(window), use_cudnn_on_gpu: booleanAttr(true) },
  };
}

/** As the gradient of a convolution with respect to its input, whose shape it takes as a tensor. */
function transposedConvolution(
  { window, sizes }: PrimitiveOf<"transposed-convolution">,
  T: AttrValue,
  inputs: readonly TensorType[],
): Operation {
  const outputs = inputs[1]?.shape.at(-2) ?? 1;
  const shape: Helper = {
    suffix: "sizes",
    op: "ConcatV2",
    attrs: { N: integerAttr(2), T: typeAttr(INT32), Tidx: typeAttr(INT32) },
    operands: [batchOf({ at: 0, T })],
    constants: { rest: vector([...sizes, outputs]), axis: integers([], [0]) },
  };
  const operands = [shape, 1, 0];
  if (window.size.length === 3) {
    invariant(!isPadded(window), "Conv3DBackpropInputV2 has no explicit padding");
    const attrs = { ...windowAttrs(window, T), Tshape: typeAttr(INT32), padding: textAttr("VALID") };
    return { op: "Conv3DBackpropInputV2", attrs, operands };
  }
  const attrs = { ...windowAttrs(window, T), ...paddingAttrs(window), use_cudnn_on_gpu: booleanAttr(true) };
  return { op: "Conv2DBackpropInput", attrs, operands };
}

/** The last operand is the value that was shared. */
function joinOf(inputs: readonly TensorType[]): Operation {
  const operands = inputs.map(({ element }, at) => ({ at, T: typeAttr(DATA_TYPES[element]) }));
  const whole = operands.at(-1);
  invariant(whole !== undefined, "nothing is joined");
  return batchJoin(operands.slice(0, -1), whole);
}

/** What all convolutions say, but for the padding. */
function windowAttrs({ size, stride, dilation }: Window, T: AttrValue): Readonly<Record<string, AttrValue>> {
  return {
    T,
    data_format: textAttr(dataFormat(size.length)),
    dilations: integersAttr([1, ...dilation, 1]),
    strides: integersAttr([1, ...stride, 1]),
  };
}

function paddingAttrs(window: Window): Readonly<Record<string, AttrValue>> {
  const explicit = isPadded(window);
  return {
    explicit_paddings: integersAttr(explicit ? [0, 0, ...window.padding.flat(), 0, 0] : []),
    padding: textAttr(explicit ? "EXPLICIT" : "VALID"),
  };
}

/** Of an operation that pads by no given amounts. */
function ownPadding(window: Window, [x]: readonly TensorType[]): AttrValue {
  if (!isPadded(window)) return textAttr("VALID");
  invariant(isPaddedSame(window, x?.shape.slice(1, -1) ?? []), "the operation has no explicit padding");
  return textAttr("SAME");
}

function pool(op: string, window: Window, T: AttrValue, inputs: readonly TensorType[]): Operation {
  invariant(
    window.dilation.every((amount) => amount === 1),
    `${op} has no dilation`,
  );
  return {
    op: window.size.length === 3 ? `${op}3D` : op,
    attrs: {
      T,
      data_format: textAttr(dataFormat(window.size.length)),
      ksize: integersAttr([1, ...window.size, 1]),
      padding: ownPadding(window, inputs),
      strides: integersAttr([1, ...window.stride, 1]),
    },
  };
}

function dataFormat(nSpatialAxes: number): string {
  const format = { 2: "NHWC", 3: "NDHWC" }[nSpatialAxes];
  invariant(format !== undefined, `TensorFlow has no such operation over ${nSpatialAxes} axes`);
  return format;
}

type ConstantAttrs = ReturnType<typeof constantAttrs>;

function scalar(value: number, element: ElementType): ConstantAttrs {
  return constantAttrs(DATA_TYPES[element], [], encode(Float32Array.of(value), element));
}

function weight({ shape, values, element = "float32" }: PrimitiveOf<"constant">): ConstantAttrs {
  const length = BYTES[element] * elementsIn(shape);
  return constantAttrs(DATA_TYPES[element], shape, { length, make: () => encode(values(), element) });
}

function encode(values: Float32Array, element: ElementType): Uint8Array {
  return bytesOf(element === "bfloat16" ? toBfloat16(values) : values);
}

const DATA_TYPES: Record<ElementType, number> = { float32: FLOAT, bfloat16: BFLOAT16 };

const BYTES: Record<ElementType, number> = { float32: 4, bfloat16: 2 };
