/** Linear operations with the bias and the activation behind them, which tfjs has as one operation each. */
import { invariant } from "../../base/invariant.ts";
import type { LoweredNode, Primitive } from "../../ir/lowered.ts";
import type { Chain } from "../../passes/chains.ts";
import { integerAttr, textsAttr } from "../tensorflow/attr-value.ts";
import { type Step, stepOf, type TypeAt } from "../tensorflow/nodes.ts";

/** The fused form of an operation. */
const FUSED: Readonly<Record<string, string>> = {
  Conv2D: "_FusedConv2D",
  DepthwiseConv2dNative: "FusedDepthwiseConv2dNative",
  MatMul: "_FusedMatMul",
};

export function isFused([head, ...rest]: Chain, next: LoweredNode): boolean {
  if (!isFusible(head)) return false;
  return rest.length === 0
    ? next.primitive.kind === "bias"
    : rest.length === 1 && activationOf(next.primitive) !== undefined;
}

function isFusible({ primitive, outputs: [type] }: LoweredNode): boolean {
  switch (primitive.kind) {
    case "convolution":
    case "depthwise-convolution":
      return type?.shape.length === 4;
    case "matmul":
      return true;
    default:
      return false;
  }
}

/** As TensorFlow calls it. Others are functions in JavaScript there, and better off by themselves. */
function activationOf(primitive: Primitive): string | undefined {
  if (primitive.kind !== "pointwise") return undefined;
  return {
    relu: "Relu",
    relu6: "Relu6",
    sigmoid: "Sigmoid",
    elu: undefined,
    tanh: undefined,
    erf: undefined,
  }[primitive.function];
}

/** The chain as one step, under the name of its last node. */
export function fusedStep([head, bias, activation]: Chain, typeAt: TypeAt): Step {
  const linear = { ...stepOf(head, typeAt), control: [] };
  const shift = bias?.inputs[1];
  if (bias === undefined || shift === undefined) return linear;
  const op = FUSED[linear.operation.op];
  invariant(op !== undefined, `${linear.operation.op} has no fused form`);
  const last = activation && activationOf(activation.primitive);
  const attrs = {
    ...linear.operation.attrs,
    fused_ops: textsAttr(["BiasAdd", ...(last === undefined ? [] : [last])]),
    num_args: integerAttr(1),
  };
  return {
    ...linear,
    name: (activation ?? bias).name,
    inputs: [...linear.inputs, shift],
    operation: { ...linear.operation, op, attrs },
  };
}
