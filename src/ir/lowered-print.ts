/** A lowered graph as text for people and golden files: one line a node, in execution order. */
import type { LoweredGraph, LoweredNode, Padding, Port, Primitive, PrimitiveOf, Window } from "./lowered.ts";
import { isPadded, printRef, printTensorType } from "./lowered.ts";

/** Ends with a line break. Values of constants are not shown. */
export function printLowered(graph: LoweredGraph): string {
  const forms = (graph.forms ?? []).flatMap(({ name, parts, outputs }) => [
    `form ${name} of ${parts} parts`,
    ...outputs.map(printOutput),
  ]);
  const lines = [...graph.nodes.map(printNode), ...graph.outputs.map(printOutput), ...forms];
  return [`graph ${graph.name}`, ...lines, ""].join("\n");
}

/** `net/conv = convolution 3x3 /2 pad 1 (net/x, net/conv/weight) : [?, 56, 56, 64]`. */
function printNode(node: LoweredNode): string {
  const operands = node.inputs.length > 0 ? ` (${node.inputs.map(printRef).join(", ")})` : "";
  const control = node.control.length > 0 ? ` after ${node.control.join(", ")}` : "";
  const types = node.outputs.map(printTensorType).join(", ");
  return `${node.name} = ${printPrimitive(node.primitive)}${operands}${control} : ${types}`;
}

function printOutput(port: Port): string {
  return `output ${port.name} = ${printRef(port.ref)}`;
}

function printPrimitive(primitive: Primitive): string {
  switch (primitive.kind) {
    case "convolution":
    case "transposed-convolution": {
      const { kind, window, groups } = primitive;
      return `${kind} ${printWindow(window)}${groups === 1 ? "" : ` in ${groups} groups`}`;
    }
    case "depthwise-convolution":
    case "max-pool":
      return `${primitive.kind} ${printWindow(primitive.window)}`;
    case "average-pool":
      return `${primitive.kind} ${printWindow(primitive.window)}${ignoresPadding(primitive) ? " not counted" : ""}`;
    case "batch-normalization":
      return `${primitive.kind} epsilon ${primitive.epsilon}`;
    case "pointwise":
      return primitive.function;
    case "leaky-relu":
      return `${primitive.kind} slope ${primitive.slope}`;
    case "power":
      return `${primitive.kind} ${primitive.exponent}`;
    case "cast":
      return `${primitive.kind} to ${primitive.to}`;
    case "reduce":
      return `${primitive.function} over ${primitive.axes.join(" ")}${primitive.keepsAxes ? " kept" : ""}`;
    case "local-response-normalization": {
      const { kind, radius, bias, alpha, beta } = primitive;
      return `${kind} radius ${radius} bias ${bias} alpha ${alpha} beta ${beta}`;
    }
    case "transpose":
      return `${primitive.kind} ${primitive.permutation.join(" ")}`;
    case "slice": {
      const { kind, begin, end, step } = primitive;
      const axes = begin.map((first, axis) => printRange(first, end[axis] ?? 0, step[axis] ?? 1));
      return `${kind} ${axes.join(" ")}`;
    }
    case "concat":
      return primitive.axis === undefined ? primitive.kind : `${primitive.kind} along ${primitive.axis}`;
    case "batch-share":
      return `${primitive.kind} ${primitive.index} of ${primitive.of}`;
    case "gather":
      return `${primitive.kind} ${primitive.indices.join(" ")} along ${primitive.axis}`;
    case "pad":
      return `${primitive.kind} ${printPadding(primitive.padding)} with ${primitive.value}`;
    default:
      return primitive.kind;
  }
}

/** `7x7 /2 dilated 1x2 pad 3`: what does nothing is left out, and what is equal on all axes is said once. */
export function printWindow(window: Window): string {
  const isOne = (value: number): boolean => value === 1;
  const parts = [window.size.join("x")];
  if (!window.stride.every(isOne)) parts.push(`/${once(window.stride)}`);
  if (!window.dilation.every(isOne)) parts.push(`dilated ${once(window.dilation)}`);
  if (isPadded(window)) {
    parts.push(`pad ${once(window.padding.map(printAxisPadding))}`);
  }
  return parts.join(" ");
}

function ignoresPadding({ window, countsPadding }: PrimitiveOf<"average-pool">): boolean {
  return isPadded(window) && !countsPadding;
}

/** `0:8`, or `0:8:2` for every second one. */
function printRange(begin: number, end: number, step: number): string {
  return step === 1 ? `${begin}:${end}` : `${begin}:${end}:${step}`;
}

function printPadding(padding: readonly Padding[]): string {
  return padding.map(printAxisPadding).join("x");
}

/** `1`, or `1:2` where before and after differ. */
function printAxisPadding([before, after]: Padding): string {
  return before === after ? `${before}` : `${before}:${after}`;
}

function once(values: readonly (number | string)[]): string {
  return values.every((value) => value === values[0]) ? `${values[0]}` : values.join("x");
}
