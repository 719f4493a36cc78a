/** `expect`: what a model promises of its counts. A promise that does not hold is DN0614. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { spanText } from "../base/source.ts";
import { quoted, withSeparators } from "../base/text.ts";
import { type Literal, printLiteral } from "../ir/literal.ts";
import { countsOf, weightCountsOf } from "../ops/counts.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { notSupported } from "../ops/unsupported.ts";
import { environmentAt, type Place, remark } from "./build.ts";
import { truthOf } from "./evaluate.ts";
import { METRICS, metricsOf, UNSUPPORTED_METRICS } from "./metrics.ts";

export const budgetExceeded: DiagnosticKind<[relation: string, numbers: string]> = defineDiagnostic({
  code: "DN0614",
  message: (relation: string, numbers: string) => `expected ${quoted(relation)}, and ${numbers}`,
  explain: {
    title: "budget-exceeded",
    text: "The model promises something of its parameters, buffers or multiply-adds, and the promise does not hold. The largest contributors are listed.",
    wrong:
      "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap; linear -> 10 >; expect params == 30; }\n",
    right:
      "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap; linear -> 10 >; expect params == 40; }\n",
  },
});

/** What every stage has a share in. */
const COUNTS = ["params", "buffers", "macs"] as const;

/** How many of the largest contributors are named. */
const SHOWN = 3;

export function checkExpectations(item: ast.ExpectItem, graph: CheckedGraph, place: Place): void {
  const metrics = metricsOf(graph);
  const environment = { ...environmentAt(place), metrics };
  for (const relation of item.relations) {
    const names = namesIn(relation).filter((name) => METRICS.has(name));
    const unsupported = names.find((name) => UNSUPPORTED_METRICS.has(name) || isCalled(relation, name));
    if (unsupported !== undefined) {
      remark(place, notSupported, [`${quoted(unsupported)} of this form in \`expect\` is`], {
        span: relation.span,
        help: ["use `params`, `buffers`, `macs` or `depth`"],
      });
      continue;
    }
    // What depends on a free size is checked where the size has a value.
    if (names.some((name) => !metrics.has(name))) continue;
    if (truthOf(relation, environment) !== false) continue;
    const counted = COUNTS.filter((name) => names.includes(name));
    const numbers = [...COUNTS, "depth"]
      .filter((name) => names.includes(name))
      .map((name) => `${name} is ${withSeparators(printMetric(metrics.get(name)))}`)
      .join(", ");
    remark(place, budgetExceeded, [spanText(relation.span).replace(/\s+/g, " "), numbers || "it is not so"], {
      span: relation.span,
      notes: counted.flatMap((name) => largest(name, graph)),
    });
  }
}

function printMetric(value: Literal | undefined): string {
  return value === undefined ? "?" : printLiteral(value);
}

function largest(metric: (typeof COUNTS)[number], graph: CheckedGraph): readonly string[] {
  const rows = graph.nodes
    .map((node) => ({
      node,
      amount: metric === "macs" ? countsOf([node], graph).macs : weightCountsOf([node])[metric],
    }))
    .filter(({ amount }) => amount > 0n)
    .sort((a, b) => (a.amount > b.amount ? -1 : a.amount < b.amount ? 1 : 0))
    .slice(0, SHOWN);
  const parts = rows.map(({ node, amount }) => `${node.path} (${withSeparators(amount)})`);
  return parts.length === 0 ? [] : [`most ${metric}: ${parts.join(", ")}`];
}

function namesIn(expression: ast.Expression): readonly string[] {
  return namesAndCalls(expression).map(({ name }) => name);
}

function isCalled(expression: ast.Expression, name: string): boolean {
  return namesAndCalls(expression).some((found) => found.name === name && found.isCall);
}

function namesAndCalls(expression: ast.Expression): readonly { name: string; isCall: boolean }[] {
  switch (expression.kind) {
    case "name": {
      const inner = expression.arguments?.items.flatMap((item) => namesAndCalls(item.value)) ?? [];
      return [{ name: expression.name.parts[0].text, isCall: expression.arguments !== undefined }, ...inner];
    }
    case "list":
      return expression.items.flatMap(namesAndCalls);
    case "index":
      return [expression.base, expression.index].flatMap(namesAndCalls);
    case "unary":
      return namesAndCalls(expression.operand);
    case "binary":
      return [expression.left, expression.right].flatMap(namesAndCalls);
    case "comparison":
      return expression.operands.flatMap(namesAndCalls);
    default:
      return [];
  }
}
