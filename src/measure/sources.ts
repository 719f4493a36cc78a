/** Where values come from, seen through concatenations: a nested concat and one of all parts are the same. */
import { concat } from "../ops/concat.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { oncePerGraph } from "./once-per-graph.ts";

type Sources = readonly (readonly number[])[];

/** By node, the values that its operands are made of: an operand that is a concat counts as its parts. */
export const sourcesOf: (graph: CheckedGraph) => Sources = oncePerGraph((graph) => {
  const parts: (readonly number[])[] = [];
  for (const { inputs } of graph.nodes) {
    const sources = [
      ...new Set(inputs.flatMap((id) => (graph.nodes[id]?.op === concat ? (parts[id] ?? []) : [id]))),
    ];
    parts.push(sources);
  }
  return parts;
});

/** The graph in which each concat reads its parts, not the concats before it: how PyTorch's DenseNet is written. */
export function withFlatConcats(graph: CheckedGraph): CheckedGraph {
  const sources = sourcesOf(graph);
  const nodes = graph.nodes.map((node) =>
    node.op === concat ? { ...node, inputs: sources[node.id] ?? node.inputs } : node,
  );
  return { ...graph, nodes };
}
