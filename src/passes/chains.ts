/** Nodes that belong together: each is the only reader of the one before it. */
import type { LoweredGraph, LoweredNode } from "../ir/lowered.ts";
import type { Uses } from "./rewrite.ts";

export type Chain = readonly [LoweredNode, ...LoweredNode[]];

/**
 * The nodes in execution order, in chains: each is the only reader of the one before it, as its first operand, and
 * `continues` says that it may go on with the chain. A chain stands where its last node stood.
 */
export function chainsOf(
  graph: LoweredGraph,
  { soleSource }: Pick<Uses, "soleSource">,
  continues: (chain: Chain, next: LoweredNode) => boolean,
): readonly Chain[] {
  const chains = new Map<string, Chain>();
  for (const node of graph.nodes) {
    const source = soleSource(node.inputs[0]);
    const before = source && chains.get(source.name);
    const goesOn = source !== undefined && before !== undefined && continues(before, node);
    if (goesOn) chains.delete(source.name);
    chains.set(node.name, goesOn ? [...before, node] : [node]);
  }
  return [...chains.values()];
}

/** The last node of a chain. */
export function endOf(chain: Chain): LoweredNode {
  return chain.at(-1) ?? chain[0];
}
