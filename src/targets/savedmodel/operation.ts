/** Which TensorFlow operation a primitive is, with every attribute: Grappler and oneDNN fuse only what is complete. */
import { invariant, unreachable } from "../../base/invariant.ts";
import type {
  PointwiseFunction,
  Primitive,
  PrimitiveOf,
  Reduction,
  TensorType,
  Window,
} from "../../ir/lowered.ts";
import type { AttrValue } from "./attr-value.ts";
import {
  booleanAttr,
  bytesOf,
  constantAttrs,
  FLOAT,
  floatAttr,
  INT32,
  integerAttr,
  integersAttr,
  shapeAttr,
  textAttr,
  typeAttr,
} from "./attr-value.ts";

export interface Operation {
  readonly op: string;
  readonly attrs: Readonly<Record<string, AttrValue>>;
  /**
   * What is an attribute of the primitive and an operand there, such as axes: the attributes of the constants that
   * hold it, which stand behind the node's own operands.
   */
  readonly constants?: Readonly<Record<string, Readonly<Record<string, AttrValue>>>>;
}

/** `inputs` are the types of the operands. */
export function operationOf(primitive: Primitive, inputs: readonly TensorType[]): Operation {
  const rank = inputs[0]?.shape.length ?? 0;
  switch (primitive.kind) {
    case "input":
      return { op: "Placeholder", attrs: { dtype: typeAttr(FLOAT), shape: shapeAttr(primitive.type.shape) } };
    case "constant":
      return { op: "Const", attrs: weight(primitive) };
    case "convolution":
      return convolution(primitive.window);
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
      return { op: "Pow", attrs: { T }, constants: { exponent: scalar(primitive.exponent) } };
    case "softmax":
      return { op: "Softmax", attrs: { T } };
    case "max-pool": {
      const { op, attrs } = pool("MaxPool", primitive.window);
      return { op, attrs: op === "MaxPool" ? { ...attrs, explicit_paddings: integersAttr([]) } : attrs };
    }
    case "average-pool":
      return pool("AvgPool", primitive.window);
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
        constants: { axis: integers([], [rank - 1]) },
      };
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
            constants: { paddings, value: scalar(primitive.value) },
          };
    }
    case "identity":
      return { op: "Identity", attrs: { T } };
    default:
      return unreachable(primitive);
  }
}

const T: AttrValue = typeAttr(FLOAT);

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

function convolution(window: Window): Operation {
  const padding = window.padding.flat();
  const explicit = padding.some((amount) => amount > 0);
  const common = {
    T,
    data_format: textAttr(dataFormat(window.size.length)),
    dilations: integersAttr([1, ...window.dilation, 1]),
    padding: textAttr(explicit ? "EXPLICIT" : "VALID"),
    strides: integersAttr([1, ...window.stride, 1]),
  };
  if (window.size.length === 3) {
    invariant(!explicit, "Conv3D has no explicit padding");
    return { op: "Conv3D", attrs: common };
  }
  return {
    op: "Conv2D",
    attrs: {
      ...common,
      explicit_paddings: integersAttr(explicit ? [0, 0, ...padding, 0, 0] : []),
      use_cudnn_on_gpu: booleanAttr(true),
    },
  };
}

function pool(op: string, window: Window): Operation {
  invariant(
    window.padding.flat().every((amount) => amount === 0),
    `${op} has no explicit padding`,
  );
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
      padding: textAttr("VALID"),
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

function scalar(value: number): ConstantAttrs {
  return constantAttrs(FLOAT, [], bytesOf(Float32Array.of(value)));
}

function vector(values: readonly number[]): ConstantAttrs {
  return integers([values.length], values);
}

function integers(shape: readonly number[], values: readonly number[]): ConstantAttrs {
  return constantAttrs(INT32, shape, bytesOf(Int32Array.from(values)));
}

function weight({ shape, values }: PrimitiveOf<"constant">): ConstantAttrs {
  const length = 4 * shape.reduce((product, size) => product * size, 1);
  return constantAttrs(FLOAT, shape, { length, make: () => bytesOf(values()) });
}
