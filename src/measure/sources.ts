/** Where values come from, seen through concatenations: a nested concat and one of all parts are the same. */
import { concat } from "../ops/concat.ts";
import type { CheckedGraph } from "../ops/op.ts";

/** By node, the values that its operands are made of: an operand that is a concat counts as its parts. */
export function sourcesOf(graph: CheckedGraph): readonly (readonly number[])[] {
  const parts: (readonly number[])[] = [];
  for (const { inputs } of graph.nodes) {
    const sources = [
      ...new Set(inputs.flatMap((id) => (graph.nodes[id]?.op === concat ? (parts[id] ?? []) : [id]))),
    ];
    parts.push(sources);
  }
  return parts;
}

/** The graph in which each concat reads its parts, not the concats before it: how PyTorch's DenseNet is written. */
export function withFlatConcats(graph: CheckedGraph): CheckedGraph {
  const sources = sourcesOf(graph);
  const nodes = graph.nodes.map((node) =>
    node.op === concat ? { ...node, inputs: sources[node.id] ?? node.inputs } : node,
  );
  return { ...graph, nodes };
}
