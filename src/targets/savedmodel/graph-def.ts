/** A lowered graph as TensorFlow's GraphDef: one TensorFlow node a primitive, with its constants named below it. */
import { invariant } from "../../base/invariant.ts";
import type { LoweredGraph, LoweredNode } from "../../ir/lowered.ts";
import { printRef, unusedName } from "../../ir/lowered.ts";
import type { AttrValue } from "./attr-value.ts";
import { operationOf } from "./operation.ts";
import type { Encoded } from "./protobuf.ts";
import { integerField, mapField, message, messageField, textField } from "./protobuf.ts";

/** The GraphDef version of TensorFlow 2.15, and the oldest one that a reader must know. */
const VERSIONS: Encoded = message(integerField(1, 1645), integerField(2, 12));

export function graphDef(graph: LoweredGraph): Encoded {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const taken = new Set(nodes.keys());
  return message(
    ...graph.nodes.flatMap((node) => nodeDefs(node, nodes, taken)).map((node) => messageField(1, node)),
    messageField(4, VERSIONS),
  );
}

/** The node's helper constants, then the node itself. */
function nodeDefs(
  node: LoweredNode,
  nodes: ReadonlyMap<string, LoweredNode>,
  taken: Set<string>,
): readonly Encoded[] {
  const inputs = node.inputs.map((ref) => {
    const type = nodes.get(ref.node)?.outputs[ref.output];
    invariant(type !== undefined, `${node.name} refers to ${printRef(ref)}, which is not there`);
    return type;
  });
  const { op, attrs, constants = {} } = operationOf(node.primitive, inputs);
  const helpers = Object.entries(constants).map(([suffix, constant]) => {
    const name = unusedName(`${node.name}/${suffix}`, taken);
    return { name, encoded: nodeDef(name, "Const", [], constant) };
  });
  const operands = [
    ...node.inputs.map(printRef),
    ...helpers.map(({ name }) => name),
    ...node.control.map((name) => `^${name}`),
  ];
  return [...helpers.map(({ encoded }) => encoded), nodeDef(node.name, op, operands, attrs)];
}

function nodeDef(
  name: string,
  op: string,
  inputs: readonly string[],
  attrs: Readonly<Record<string, AttrValue>>,
): Encoded {
  const sorted = Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : 1));
  return message(
    textField(1, name),
    textField(2, op),
    ...inputs.map((input) => textField(3, input)),
    mapField(5, sorted),
  );
}
