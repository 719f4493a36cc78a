/** What is measured once of a graph, however many promises of a spec or limits of a report are about it. */
import type { CheckedGraph } from "../ops/op.ts";

export function oncePerGraph<T>(measure: (graph: CheckedGraph) => T): (graph: CheckedGraph) => T {
  const known = new WeakMap<CheckedGraph, { readonly value: T }>();
  return (graph) => {
    const measured = known.get(graph) ?? { value: measure(graph) };
    known.set(graph, measured);
    return measured.value;
  };
}
