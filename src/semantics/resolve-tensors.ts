/** Resolves what stands where a tensor is wanted: operands of joins, sources, and `to=`. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { type Span, spanText } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { type NameContext, reportNoFlow, reportUnknown } from "./resolve-names.ts";
import { isTensor, read, type StaticScope } from "./static-scope.ts";

export const notATensor: DiagnosticKind<[text: string]> = defineDiagnostic({
  code: "DN0311",
  message: (text: string) => `${quoted(text)} is not a tensor`,
  explain: {
    title: "tensor-expected",
    text: "Joins, sources and `to=` take tensors: inputs, named values, labels, `in` and `it`. Numbers and words are parameters.",
    wrong: "dn 1;\nblock b(k=8) < maxpool 3 /1 as p; concat(p, k) >\n",
    right: "dn 1;\nblock b < maxpool 3 /1 as p; concat(p, in) >\n",
  },
});

/** Whether the first arguments are all tensors. */
export function resolveTensors(
  list: ast.Arguments | undefined,
  amount: number,
  scope: StaticScope,
  context: NameContext,
): boolean {
  return (list?.items.slice(0, amount) ?? [])
    .map((item) => resolveTensor(item.value, scope, context))
    .every(Boolean);
}

export function resolveTensor(expression: ast.Expression, scope: StaticScope, context: NameContext): boolean {
  if (expression.kind === "flow-member" && expression.member === undefined) {
    if (expression.base === "in" ? context.hasIn : context.hasIt) return true;
    reportNoFlow(expression, expression.base, context);
    return false;
  }
  if (
    expression.kind === "name" &&
    expression.arguments === undefined &&
    expression.name.parts.length === 1
  ) {
    const [name] = expression.name.parts;
    const entry = read(scope, name.text);
    if (entry === undefined) reportUnknown(name, scope, context);
    if (entry === undefined || entry.kind === "failed") return false;
    if (isTensor(entry)) return true;
  }
  reportNoTensor(expression.span, context);
  return false;
}

export function reportNoTensor(span: Span, { reporter }: NameContext): void {
  reporter.report(notATensor.at({ span, help: ["name an input, a value or a label"] }, spanText(span)));
}
