/** Which nodes of a graph lead to an output. */
import { hole } from "./hole.ts";
import type { CheckedGraph } from "./op.ts";

/** By id: 1 for each node that leads to an output, or to a hole, which may lead anywhere. */
export function liveNodes({ nodes, outputs }: CheckedGraph): Uint8Array {
  const live = new Uint8Array(nodes.length);
  for (const { node } of outputs) live[node] = 1;
  for (const { id, op, inputs } of nodes.toReversed()) {
    if (op === hole) live[id] = 1;
    if (live[id] === 1) for (const source of inputs) live[source] = 1;
  }
  return live;
}
