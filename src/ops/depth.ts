/** The depth of a network as papers count it: units and linear layers on the longest way to an output. */
import { groupOf } from "./index.ts";
import type { CheckedGraph } from "./op.ts";

/** 121 for DenseNet-121, 50 for ResNet-50. */
export function depthOf(graph: CheckedGraph): number {
  const depths: number[] = [];
  for (const node of graph.nodes) {
    const before = node.inputs.reduce((deepest, id) => Math.max(deepest, depths[id] ?? 0), 0);
    depths.push(before + (groupOf(node) === "units" ? 1 : 0));
  }
  return graph.outputs.reduce((deepest, { node }) => Math.max(deepest, depths[node] ?? 0), 0);
}
