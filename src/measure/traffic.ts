/** Bytes that each operation reads and writes when it runs by itself: operands, result, weights and statistics. */
import { product } from "../ir/shape.ts";
import { bn } from "../ops/bn.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import type { ByteOptions } from "./liveness.ts";
import { elementsOf, isView, overwrites } from "./storage.ts";

export interface Traffic {
  /** By node; 0 for what moves nothing: views, and norms that are folded. */
  readonly unfused: readonly bigint[];
  /** By node, where batch norms and activations are computed as part of the operations around them. */
  readonly fused: readonly bigint[];
}

export function trafficOf(graph: CheckedGraph, { batch, bytes, phase, folded }: ByteOptions): Traffic {
  const absorbing = new Set(folded.values());
  const unfused = graph.nodes.map((node) => {
    if (node.inputs.length === 0 || folded.has(node.id) || isView(node, graph, phase)) return 0n;
    const activations = [...node.inputs, node.id].reduce((sum, id) => sum + elementsOf(graph, id), 0n);
    const weights = node.weights.reduce((sum, { shape }) => sum + product(shape), 0n);
    const hasBias = node.weights.some(({ role }) => role === "bias");
    const bias = absorbing.has(node.id) && !hasBias ? BigInt(node.shape.channels) : 0n;
    return (activations * BigInt(batch) + weights + bias) * BigInt(bytes);
  });
  return {
    unfused,
    fused: graph.nodes.map((node) => (joinsOthers(node, graph) ? 0n : (unfused[node.id] ?? 0n))),
  };
}

function joinsOthers(node: OpNode, graph: CheckedGraph): boolean {
  return node.op === bn || overwrites(node, graph);
}
