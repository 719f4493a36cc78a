/** Where values come from, seen through concatenations: a nested concat and one of all parts are the same. */
import { concat } from "../ops/concat.ts";
import { id as identity } from "../ops/id.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { oncePerGraph } from "./once-per-graph.ts";

type Sources = readonly (readonly number[])[];

/** By node, the values that its operands are made of: a concat counts as its parts, `id` as what it passes on. */
export const sourcesOf: (graph: CheckedGraph) => Sources = oncePerGraph((graph) => {
  const parts: (readonly number[])[] = [];
  for (const { inputs } of graph.nodes) {
    const sources = [
      ...new Set(inputs.flatMap((id) => (isSeenThrough(graph.nodes[id]) ? (parts[id] ?? []) : [id]))),
    ];
    parts.push(sources);
  }
  return parts;
});

function isSeenThrough(node: OpNode | undefined): boolean {
  return node?.op === concat || node?.op === identity;
}

/** The graph in which each concat reads its parts, not the concats before it: how PyTorch's DenseNet is written. */
export function withFlatConcats(graph: CheckedGraph): CheckedGraph {
  const sources = sourcesOf(graph);
  const nodes = graph.nodes.map((node) =>
    node.op === concat ? { ...node, inputs: sources[node.id] ?? node.inputs } : node,
  );
  return { ...graph, nodes };
}
