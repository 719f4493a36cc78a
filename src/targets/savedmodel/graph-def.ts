/** A lowered graph as the nodes of TensorFlow's GraphDef, and those as a protocol buffer. */
import type { LoweredGraph } from "../../ir/lowered.ts";
import type { Encoded } from "../protobuf.ts";
import { integerField, mapField, message, messageField, textField } from "../protobuf.ts";
import { stepOf, type TensorflowNode, tensorflowNodes, typesIn } from "../tensorflow/nodes.ts";
import { attrProto } from "./attr-proto.ts";

/** The GraphDef version of TensorFlow 2.15, and the oldest one that a reader must know. */
const VERSIONS: Encoded = message(integerField(1, 1645), integerField(2, 12));

export function nodesOf(graph: LoweredGraph): readonly TensorflowNode[] {
  const typeAt = typesIn(graph);
  return tensorflowNodes(graph.nodes.map((node) => stepOf(node, typeAt)));
}

export function graphDef(nodes: readonly TensorflowNode[]): Encoded {
  return message(...nodes.map((node) => messageField(1, nodeDef(node))), messageField(4, VERSIONS));
}

function nodeDef({ name, op, inputs, attrs }: TensorflowNode): Encoded {
  const sorted = Object.entries(attrs)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, attr]) => [key, attrProto(attr)] as const);
  return message(
    textField(1, name),
    textField(2, op),
    ...inputs.map((input) => textField(3, input)),
    mapField(5, sorted),
  );
}
