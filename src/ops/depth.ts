/** The depth of a network as papers count it: units and linear layers on the longest way to an output. */
import { STAGES } from "./index.ts";
import type { CheckedGraph } from "./op.ts";

const units: ReadonlySet<unknown> = new Set(STAGES.filter((stage) => stage.group === "units"));

/** 121 for DenseNet-121, 50 for ResNet-50. */
export function depthOf(graph: CheckedGraph): number {
  const depths: number[] = [];
  for (const { op, inputs } of graph.nodes) {
    const before = inputs.reduce((deepest, id) => Math.max(deepest, depths[id] ?? 0), 0);
    depths.push(before + (units.has(op) ? 1 : 0));
  }
  return graph.outputs.reduce((deepest, { node }) => Math.max(deepest, depths[node] ?? 0), 0);
}
