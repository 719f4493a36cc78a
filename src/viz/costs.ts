/** What the nodes of a graph cost: exact counts, and the bytes that are live while they run. */
import { type ByteOptions, livenessOf } from "../measure/liveness.ts";
import { type Counts, countsByNode, countsOf } from "../ops/counts.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";

export interface Costs extends Counts {
  /** The most that is held while one of the nodes runs, in float32, for one sample. */
  readonly bytes: bigint;
}

/** Of some nodes of the graph; a weight that several nodes share counts in the first. */
export type Costing = (nodes: readonly OpNode[]) => Costs;

const IN_FLOAT32: ByteOptions = { batch: 1, bytes: 4, phase: "infer", folded: new Map() };

export const NO_COSTS: Costs = { params: 0n, buffers: 0n, macs: 0n, bytes: 0n };

export function costingOf(graph: CheckedGraph): Costing {
  const { live } = livenessOf(graph, IN_FLOAT32);
  const costs = countsByNode(
    graph,
    (node): Costs => ({ ...countsOf([node], graph), bytes: live[node.id] ?? 0n }),
  );
  return (nodes) => nodes.map(({ id }) => costs[id] ?? NO_COSTS).reduce(together, NO_COSTS);
}

/** Of nodes that run one after the other. */
export function together(first: Costs, second: Costs): Costs {
  return {
    params: first.params + second.params,
    buffers: first.buffers + second.buffers,
    macs: first.macs + second.macs,
    bytes: first.bytes > second.bytes ? first.bytes : second.bytes,
  };
}
