/** `expect`: what a model promises of its counts. A promise that does not hold is DN0614. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { placeOf, spanText } from "../base/source.ts";
import { quoted, withSeparators } from "../base/text.ts";
import { printLiteral } from "../ir/literal.ts";
import { largestContributors, type Metric } from "../measure/metric.ts";
import { oncePerGraph } from "../measure/once-per-graph.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { environmentAt, type Place, remark } from "./build.ts";
import { truthOf } from "./evaluate.ts";
import { measured, metricsIn } from "./metrics.ts";

export const budgetExceeded: DiagnosticKind<[relation: string, numbers: string]> = defineDiagnostic({
  code: "DN0614",
  message: (relation: string, numbers: string) => `expected ${quoted(relation)}, and ${numbers}`,
  explain: {
    title: "budget-exceeded",
    text: "The model, or a flag of `dnc report`, promises something of its numbers, and the promise does not hold: parameters, buffers, multiply-adds, operations under a convention, the peak of its activations, its depth. The largest contributors are listed.",
    wrong:
      "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap; linear -> 10 >; expect params == 30; }\n",
    right:
      "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap; linear -> 10 >; expect params == 40; }\n",
  },
});

export function checkExpectations(item: ast.ExpectItem, graph: CheckedGraph, place: Place): void {
  for (const relation of item.relations) {
    const metrics = metricsIn(relation, place);
    const values = metrics && measured(metrics, graph);
    if (metrics === undefined || values === undefined) continue;
    if (truthOf(relation, environmentAt(place).with({ measured: values })) !== false) continue;
    const told = new Map([...metrics].map(([expression, metric]) => [metric.name, { expression, metric }]));
    const numbers = [...told].map(([name, { expression }]) => {
      const value = values.get(expression);
      return `${name} is ${value === undefined ? "?" : withSeparators(printLiteral(value))}`;
    });
    remark(
      place,
      budgetExceeded,
      [spanText(relation.span).replace(/\s+/g, " "), numbers.join(", ") || "it is not so"],
      { span: relation.span, notes: [...told.values()].flatMap(({ metric }) => largest(metric, graph)) },
    );
  }
}

const knownByMetric = oncePerGraph(() => new Map<Metric, readonly string[]>());

function largest(metric: Metric, graph: CheckedGraph): readonly string[] {
  const known = knownByMetric(graph);
  const lines = known.get(metric) ?? largestOf(metric, graph);
  known.set(metric, lines);
  return lines;
}

function largestOf(metric: Metric, graph: CheckedGraph): readonly string[] {
  const shares = metric.shares?.(graph) ?? [];
  const contributors = graph.nodes.map(({ id, path, origin }) => ({
    path,
    place: placeOf(origin.span),
    amount: shares[id] ?? 0n,
  }));
  return largestContributors(metric.name, contributors);
}
