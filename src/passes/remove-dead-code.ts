/** Nodes that no output needs go away. Inputs stay: they are part of the signature. */
import { allOutputs, nodesFor } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";

export const removeDeadCode: Pass = {
  name: "remove-dead-code",
  kind: "requirement",
  why: "What no output needs would only take space and, in some runtimes, time.",
  run: (graph) => ({ ...graph, nodes: nodesFor(graph, [...graph.inputs, ...allOutputs(graph)]) }),
};
