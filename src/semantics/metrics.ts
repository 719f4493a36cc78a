/** What `expect` may name: numbers of the whole model, which win over parameters of the same name. */
import type { Literal } from "../ir/literal.ts";
import { numberLiteral } from "../ir/literal.ts";
import { countsOf } from "../ops/counts.ts";
import type { CheckedGraph } from "../ops/op.ts";

const SUPPORTED = ["params", "buffers", "macs"] as const;

/** Known to the language, not measured yet. */
export const UNSUPPORTED_METRICS: ReadonlySet<string> = new Set(["peak", "activations", "depth"]);

export const METRICS: ReadonlySet<string> = new Set([...SUPPORTED, ...UNSUPPORTED_METRICS]);

export function metricsOf(graph: CheckedGraph): ReadonlyMap<string, Literal> {
  const counts = countsOf(graph.nodes, graph);
  return new Map(SUPPORTED.map((name) => [name, numberLiteral(counts[name])]));
}
