/** The ModelProto of a lowered graph: what goes in and out, channels first, and what is known of the network. */
import type { LoweredGraph, Port } from "../../ir/lowered.ts";
import { typeOfPort } from "../../ir/lowered.ts";
import { chainsOf } from "../../passes/chains.ts";
import { usesOf } from "../../passes/rewrite.ts";
import type { Encoded } from "../protobuf.ts";
import { integerField, message, messageField, textField } from "../protobuf.ts";
import type { External, Initializer } from "./messages.ts";
import { nodeProto, stringEntry, tensorProto, valueInfo } from "./messages.ts";
import { OPSET, takesBias, writeNode } from "./operators.ts";
import { channelsFirst, sizesIn } from "./order.ts";
import { type OnnxGraph, writeGraph } from "./values.ts";

/** That of ONNX 1.12, in which opset 17 came. */
const IR_VERSION = 8;

export function onnxGraph(graph: LoweredGraph): OnnxGraph {
  const uses = usesOf(graph);
  return writeGraph(graph, uses, chainsOf(graph, uses, takesBias), writeNode);
}

export interface ModelFacts {
  readonly version: string;
  /** `metadata_props`, in this order. */
  readonly metadata: readonly (readonly [key: string, value: string])[];
}

/** `external` tells which tensors stand in a file of their own. */
export function onnxModel(
  graph: LoweredGraph,
  { nodes, initializers, infos }: OnnxGraph,
  { version, metadata }: ModelFacts,
  external: (initializer: Initializer) => External | undefined = () => undefined,
): Encoded {
  const graphProto = message(
    ...nodes.map((node) => messageField(1, nodeProto(node))),
    textField(2, graph.name),
    ...initializers.map((initializer) => messageField(5, tensorProto(initializer, external(initializer)))),
    ...graph.inputs.map((port) => messageField(11, portInfo(graph, port))),
    ...graph.outputs.map((port) => messageField(12, portInfo(graph, port))),
    ...infos.map((info) => messageField(13, info)),
  );
  return message(
    integerField(1, IR_VERSION),
    textField(2, "dnc"),
    textField(3, version),
    messageField(7, graphProto),
    messageField(8, message(textField(1, ""), integerField(2, OPSET))),
    ...metadata.map(([key, value]) => messageField(14, stringEntry(key, value))),
  );
}

function portInfo(graph: LoweredGraph, port: Port): Encoded {
  const { shape } = typeOfPort(graph, port);
  return valueInfo(port.name, sizesIn(channelsFirst(shape.length), shape));
}
