/** Runs a checked graph, operation by operation, with the references: the numbers that every target must reproduce. */
import { invariant } from "../base/invariant.ts";
import type { Weight } from "../ir/graph.ts";
import { dimensions } from "../ir/shape.ts";
import type { Tensor } from "../ir/tensor.ts";
import { input } from "./input.ts";
import type { CheckedGraph, Operands, OpNode } from "./op.ts";
import { elementsOf } from "./reference-tensor.ts";

/** The values of a weight, row-major in its own shape; asked for at each use, and not kept. */
export type WeightValues = (weight: Weight) => Float32Array | Float64Array;

/** The inputs of the model by name, batch first; all of one batch. */
export type InputValues = Readonly<Record<string, Tensor>>;

/**
 * The outputs of the model by name. Each value is dropped after its last use, so memory holds the live ones only;
 * `onNode` sees every value as it is made.
 */
export function interpret(
  graph: CheckedGraph,
  weights: WeightValues,
  inputs: InputValues,
  onNode?: (node: OpNode, value: Tensor) => void,
): ReadonlyMap<string, Tensor> {
  const lastUses = lastUsesOf(graph);
  const values = new Map<number, Tensor>();
  const outputs = new Map<string, Tensor>();
  for (const node of graph.nodes) {
    const value = node.op === input ? fed(graph, node, inputs) : compute(node, weights, values);
    checkShape(node, value);
    onNode?.(node, value);
    values.set(node.id, value);
    for (const port of graph.outputs) if (port.node === node.id) outputs.set(port.name, value);
    for (const id of [...node.inputs, node.id]) {
      if ((lastUses.get(id) ?? node.id) === node.id) values.delete(id);
    }
  }
  return outputs;
}

/** For each node that is used: the last node that uses it. */
function lastUsesOf(graph: CheckedGraph): ReadonlyMap<number, number> {
  return new Map(graph.nodes.flatMap((node) => node.inputs.map((id) => [id, node.id] as const)));
}

function fed(graph: CheckedGraph, node: OpNode, inputs: InputValues): Tensor {
  const name = graph.inputs.find((port) => port.node === node.id)?.name ?? node.path;
  const value = inputs[name];
  invariant(value !== undefined, `nothing is fed to the input ${name}`);
  return value;
}

function compute(node: OpNode, weights: WeightValues, values: ReadonlyMap<number, Tensor>): Tensor {
  const [first, ...rest] = node.inputs.map((id) => {
    const value = values.get(id);
    invariant(value !== undefined, `${node.path} uses a value that is not there`);
    return value;
  });
  invariant(first !== undefined, `${node.path} has no operands`);
  const operands: Operands<Tensor> = [first, ...rest];
  const [batch] = first.shape;
  invariant(
    rest.every((operand) => operand.shape[0] === batch),
    `the operands of ${node.path} are of unequal batches`,
  );
  return node.op.reference(operands, (name) => weightNamed(name, node, weights), node.attrs);
}

/** A shared weight bears the path of the node that made it, so the last part of the path tells. */
function weightNamed(name: string, node: OpNode, weights: WeightValues): Tensor {
  const weight = node.weights.find(({ path }) => path.slice(path.lastIndexOf("/") + 1) === name);
  invariant(weight !== undefined, `${node.path} has no weight ${name}`);
  const data = Float64Array.from(weights(weight));
  invariant(data.length === elementsOf(weight.shape), `${weight.path} has ${data.length} values`);
  return { shape: weight.shape, data };
}

function checkShape(node: OpNode, { shape: [batch = 0, ...shape], data }: Tensor): void {
  const [want, have] = [dimensions(node.shape), shape].map((sizes) => sizes.join("x"));
  invariant(want === have, `${node.path} is ${want}, and its value is ${have}`);
  invariant(data.length === batch * elementsOf(shape), `${node.path} has ${data.length} values`);
}
