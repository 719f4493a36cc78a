/** Identities go away: whoever used one uses its source. Those that name an output or order the execution stay. */
import { allOutputs } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const removeIdentity: Pass = {
  name: "remove-identity",
  kind: "optimization",
  why: "An identity computes nothing, and hides from other passes what stands before it.",
  run(graph) {
    const fetched = new Set(allOutputs(graph).map(({ ref }) => ref.node));
    const awaited = new Set(graph.nodes.flatMap(({ control }) => control));
    return rewrite(graph, (node) => {
      const orders = node.control.length > 0 || awaited.has(node.name);
      if (node.primitive.kind !== "identity" || orders) return undefined;
      return fetched.has(node.name) ? undefined : node.inputs[0];
    });
  },
};
