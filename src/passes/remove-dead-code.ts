/** Nodes that no output needs go away. Inputs stay: they are part of the signature. */
import type { Pass } from "./pass.ts";

export const removeDeadCode: Pass = {
  name: "remove-dead-code",
  kind: "requirement",
  why: "What no output needs would only take space and, in some runtimes, time.",
  run(graph) {
    const needed = new Set([...graph.inputs, ...graph.outputs].map(({ ref }) => ref.node));
    // Users stand behind what they use, so one walk from the end sees every user first.
    for (const node of graph.nodes.toReversed()) {
      if (!needed.has(node.name)) continue;
      for (const { node: source } of node.inputs) needed.add(source);
      for (const source of node.control) needed.add(source);
    }
    return { ...graph, nodes: graph.nodes.filter(({ name }) => needed.has(name)) };
  },
};
