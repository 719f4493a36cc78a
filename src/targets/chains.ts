/** Nodes that a target writes as one operation: a convolution and its bias, say. */
import type { LoweredGraph, LoweredNode } from "../ir/lowered.ts";
import { usesOf } from "../passes/rewrite.ts";

export type Chain = readonly [LoweredNode, ...LoweredNode[]];

/**
 * The nodes in execution order, in chains: each is the only reader of the one before it, as its first operand, and
 * `continues` says that it may go on with the chain. A chain stands where its last node stood.
 */
export function chainsOf(
  graph: LoweredGraph,
  continues: (chain: Chain, next: LoweredNode) => boolean,
): readonly Chain[] {
  const { soleSource } = usesOf(graph);
  const chains = new Map<string, Chain>();
  for (const node of graph.nodes) {
    const source = soleSource(node.inputs[0]);
    const before = source && chains.get(source.name);
    if (before !== undefined && continues(before, node)) {
      chains.delete(source?.name ?? "");
      chains.set(node.name, [...before, node]);
    } else {
      chains.set(node.name, [node]);
    }
  }
  return [...chains.values()];
}
