/** What `expect` measures: names of whole-model numbers, which win over parameters, and `macs("NAME")`. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { replaceFix } from "../base/replace-fix.ts";
import { quoted } from "../base/text.ts";
import { type Literal, numberLiteral } from "../ir/literal.ts";
import { conventionNamed, isConvention } from "../measure/conventions.ts";
import { countingMetric, METRIC_NAMES, type Metric, metricNamed } from "../measure/metric.ts";
import { oncePerGraph } from "../measure/once-per-graph.ts";
import { isBound } from "../ops/counts.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { type Place, remark } from "./build.ts";

export const badMetric: DiagnosticKind<[why: string]> = defineDiagnostic({
  code: "DN0618",
  message: (why) => why,
  explain: {
    title: "bad-metric",
    text: 'A promise of `expect` names what dnc does not measure. Operations are counted under a convention, which has a name and perhaps a version: `macs("fvcore")`, `macs("ptflops@0.7.5")`; `macs` alone counts multiply-adds of convolutions and linear layers.',
    wrong:
      'dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap; linear -> 10 >; expect macs("fvcor") < 1K; }\n',
    right:
      'dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap; linear -> 10 >; expect macs("fvcore") < 1K; }\n',
  },
});

/** Each name or call of a promise with its metric; `undefined`: reported. */
export function metricsIn(
  relation: ast.Expression,
  place: Place,
): ReadonlyMap<ast.NameExpression, Metric> | undefined {
  const metrics = new Map<ast.NameExpression, Metric>();
  for (const expression of namesIn(relation)) {
    const name = expression.name.parts[0].text;
    if (!METRIC_NAMES.has(name)) continue;
    const metric =
      expression.arguments === undefined ? metricNamed(name) : calledMetric(name, expression, place);
    if (metric === undefined) return undefined;
    metrics.set(expression, metric);
  }
  return metrics;
}

/** `undefined`: reported. */
function calledMetric(name: string, expression: ast.NameExpression, place: Place): Metric | undefined {
  const [argument, ...others] = expression.arguments?.items ?? [];
  const convention =
    argument?.value.kind === "string" && argument.name === undefined ? argument.value.value : undefined;
  if (name !== "macs" || convention === undefined || others.length > 0) {
    const help = [name === "macs" ? 'name one convention: `macs("fvcore")`' : `write ${quoted(name)} alone`];
    remark(place, badMetric, [`${quoted(name)} is not called like this`], { span: expression.span, help });
    return undefined;
  }
  const found = conventionNamed(convention);
  if (isConvention(found)) return countingMetric(found);
  const fix =
    found.near === undefined || argument === undefined ? {} : replaceFix(argument.span, `"${found.near}"`);
  remark(place, badMetric, [found.why], { span: expression.span, help: [found.help], ...fix });
  return undefined;
}

const hasNumbers = oncePerGraph(isBound);

/** The values that are known: what depends on a free size is checked where the size has a value. */
export function measured(
  metrics: ReadonlyMap<ast.NameExpression, Metric>,
  graph: CheckedGraph,
): ReadonlyMap<ast.NameExpression, Literal> | undefined {
  if (!hasNumbers(graph) && [...metrics.values()].some(({ needsSizes }) => needsSizes)) return undefined;
  return new Map(
    [...metrics].map(([expression, metric]) => [expression, numberLiteral(metric.total(graph))]),
  );
}

function namesIn(expression: ast.Expression): readonly ast.NameExpression[] {
  switch (expression.kind) {
    case "name":
      return [expression, ...(expression.arguments?.items.flatMap((item) => namesIn(item.value)) ?? [])];
    case "list":
      return expression.items.flatMap(namesIn);
    case "index":
      return [expression.base, expression.index].flatMap(namesIn);
    case "unary":
      return namesIn(expression.operand);
    case "binary":
      return [expression.left, expression.right].flatMap(namesIn);
    case "comparison":
      return expression.operands.flatMap(namesIn);
    default:
      return [];
  }
}
