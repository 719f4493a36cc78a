/** Parameters, buffers and multiply-adds of nodes: exact integers. */

import type { Weight } from "../ir/graph.ts";
import { product, type Shape } from "../ir/shape.ts";
import type { CheckedGraph, Operands, OpNode } from "./op.ts";

export interface Counts {
  /** Elements of trainable weights. */
  readonly params: bigint;
  /** Elements of running statistics. */
  readonly buffers: bigint;
  /** Multiply-adds of convolutions and linear layers, for one sample. */
  readonly macs: bigint;
}

/** Sums over `nodes` of a graph without free sizes; a weight that several nodes share counts once. */
export function countsOf(nodes: readonly OpNode[], graph: CheckedGraph): Counts {
  return { ...weightCountsOf(nodes), macs: nodes.reduce((sum, node) => sum + macsOf(node, graph), 0n) };
}

/** The same without multiply-adds, which depend on sizes. */
export function weightCountsOf(nodes: readonly OpNode[]): Omit<Counts, "macs"> {
  let [params, buffers] = [0n, 0n];
  const counted = new Set<Weight>();
  for (const { weights } of nodes) {
    for (const weight of weights) {
      if (counted.has(weight)) continue;
      counted.add(weight);
      if (weight.trainable) params += product(weight.shape);
      else buffers += product(weight.shape);
    }
  }
  return { params, buffers };
}

/** What `count` says of each node; a weight that several nodes share counts in the first. */
export function countsByNode<T>(graph: CheckedGraph, count: (node: OpNode) => T): readonly T[] {
  const counted = new Set<Weight>();
  return graph.nodes.map((node) => {
    const weights = node.weights.filter((weight) => !counted.has(weight));
    for (const weight of weights) counted.add(weight);
    return count({ ...node, weights });
  });
}

/** Whether every size of the graph is a number. */
export function isBound(graph: CheckedGraph): boolean {
  return graph.nodes.every(({ shape }) => shape.sizes.every((size) => typeof size === "number"));
}

/** Multiply-adds of a node, for one sample. */
export function macsOf(node: OpNode, graph: CheckedGraph): bigint {
  const inputs = inputShapes(node, graph.nodes);
  return inputs === undefined ? 0n : node.op.macs(inputs, node.shape, node.attrs);
}

/** The shapes that a node reads; `undefined` for the inputs of the model. */
export function inputShapes(node: OpNode, nodes: readonly OpNode[]): Operands<Shape> | undefined {
  const [first, ...rest] = node.inputs.flatMap((id) => nodes[id]?.shape ?? []);
  return first === undefined ? undefined : [first, ...rest];
}
