/** A lowered graph as TensorFlow's GraphDef: one TensorFlow node a primitive, with its constants named below it. */
import { invariant } from "../../base/invariant.ts";
import type { LoweredGraph, LoweredNode } from "../../ir/lowered.ts";
import { printRef, unusedName } from "../../ir/lowered.ts";
import type { Encoded } from "../protobuf.ts";
import { integerField, mapField, message, messageField, textField } from "../protobuf.ts";
import type { AttrValue } from "./attr-value.ts";
import { type Operation, operationOf } from "./operation.ts";

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

/** The nodes that serve the node, then the node itself. */
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
  const context = { inputs: node.inputs.map(printRef), taken };
  return operationDefs(node.name, operationOf(node.primitive, inputs), context, node.control);
}

/** The nodes that an operation needs, then the operation. */
function operationDefs(
  name: string,
  { op, attrs, operands, constants = {} }: Operation,
  context: { readonly inputs: readonly string[]; readonly taken: Set<string> },
  control: readonly string[] = [],
): readonly Encoded[] {
  const helpers: Encoded[] = [];
  const help = (suffix: string, helper: Operation): string => {
    const helperName = unusedName(`${name}/${suffix}`, context.taken);
    helpers.push(...operationDefs(helperName, helper, context));
    return helperName;
  };
  const own =
    operands?.map((operand) =>
      typeof operand === "number" ? (context.inputs[operand] ?? "") : help(operand.suffix, operand),
    ) ?? context.inputs;
  const constantNames = Object.entries(constants).map(([suffix, constant]) =>
    help(suffix, { op: "Const", attrs: constant, operands: [] }),
  );
  const all = [...own, ...constantNames, ...control.map((awaited) => `^${awaited}`)];
  return [...helpers, nodeDef(name, op, all, attrs)];
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
