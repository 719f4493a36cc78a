/** Finds what is computed and never reaches an output. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { quoted } from "../base/text.ts";
import { liveNodes } from "../ops/live-nodes.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { type Place, remark } from "./build.ts";

export const deadValue: DiagnosticKind<[what: string]> = defineDiagnostic({
  code: "DN0208",
  severity: "warning",
  message: (what: string) => `${what} never reaches an output`,
  explain: {
    title: "dead-value",
    text: "The value is computed and nothing uses it: a `from` went on with another value, or the wrong one is returned.",
    wrong:
      "dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 8; from x; gap >; }\n",
    right: "dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 8; gap >; }\n",
  },
});

/**
 * Reports the ends of dead chains; what leads to them is dead with them. `told` are those that were told as values
 * that nothing reads.
 */
export function findDeadValues(graph: CheckedGraph, told: ReadonlySet<number>, place: Place): void {
  const live = liveNodes(graph);
  const used = new Set<number>(place.build.measured);
  for (const { inputs } of graph.nodes) for (const source of inputs) used.add(source);
  for (const node of graph.nodes) {
    const isInput = node.inputs.length === 0;
    if (live[node.id] === 1 || used.has(node.id) || isInput || told.has(node.id)) continue;
    const { parts, span, frame } = node.origin;
    remark({ ...place, frame }, deadValue, [`the result of ${quoted(node.op.name)}`], {
      span: parts.get("name") ?? span,
      help: ["use it, or delete it"],
    });
  }
}
