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

/** Sums over `nodes`; a weight that several of them share counts once, its multiply-adds with every use. */
export function countsOf(nodes: readonly OpNode[], graph: CheckedGraph): Counts {
  const weights = new Set<Weight>(nodes.flatMap((node) => node.weights));
  let [params, buffers, macs] = [0n, 0n, 0n];
  for (const weight of weights) {
    if (weight.trainable) params += product(weight.shape);
    else buffers += product(weight.shape);
  }
  for (const node of nodes) macs += macsOf(node, graph);
  return { params, buffers, macs };
}

function macsOf(node: OpNode, graph: CheckedGraph): bigint {
  const inputs = inputShapes(node, graph.nodes);
  return inputs === undefined ? 0n : node.op.macs(inputs, node.shape, node.attrs);
}

/** The shapes that a node reads; `undefined` for the inputs of the model. */
export function inputShapes(node: OpNode, nodes: readonly OpNode[]): Operands<Shape> | undefined {
  const [first, ...rest] = node.inputs.flatMap((id) => nodes[id]?.shape ?? []);
  return first === undefined ? undefined : [first, ...rest];
}
