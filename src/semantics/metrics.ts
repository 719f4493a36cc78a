/** What `expect` may name: numbers of the whole model, which win over parameters of the same name. */
import type { Literal } from "../ir/literal.ts";
import { numberLiteral } from "../ir/literal.ts";
import { countsOf, isBound, weightCountsOf } from "../ops/counts.ts";
import { depthOf } from "../ops/depth.ts";
import type { CheckedGraph } from "../ops/op.ts";

const SUPPORTED = ["params", "buffers", "macs", "depth"] as const;

/** Known to the language, not measured yet. */
export const UNSUPPORTED_METRICS: ReadonlySet<string> = new Set(["peak", "activations"]);

export const METRICS: ReadonlySet<string> = new Set([...SUPPORTED, ...UNSUPPORTED_METRICS]);

/** Those that are known: multiply-adds only where every size is a number. */
export function metricsOf(graph: CheckedGraph): ReadonlyMap<string, Literal> {
  const counts = isBound(graph) ? countsOf(graph.nodes, graph) : weightCountsOf(graph.nodes);
  const metrics = { ...counts, depth: depthOf(graph) };
  return new Map(Object.entries(metrics).map(([name, value]) => [name, numberLiteral(value)]));
}
