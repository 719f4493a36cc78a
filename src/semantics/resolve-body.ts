/** Resolves the names in bodies: stages, labels, sources; and the form of each call. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { replaceFix } from "../base/replace-fix.ts";
import type { Span } from "../base/source.ts";
import { count, quoted } from "../base/text.ts";
import { conflictingParameters, tooManyArguments } from "../ops/call-problems.ts";
import type { JoinForm } from "../ops/op.ts";
import { notSupported } from "../ops/unsupported.ts";
import { type Callee, calleeOf, joinOf, nameText, tensorsIn } from "./callee.ts";
import { claimName } from "./module.ts";
import { mergeArity, resolveCall, resolveCallee } from "./resolve-calls.ts";
import {
  declareForUse,
  endBody,
  isMisread,
  type NameContext,
  reportNoFlow,
  reportUnknown,
  resolveExpression,
} from "./resolve-names.ts";
import { reportNoTensor, resolveTensors } from "./resolve-tensors.ts";
import { declare, isTensor, read, readTensors, type StaticScope, staticScope } from "./static-scope.ts";
import { valueNotApplied } from "./unknown-callee.ts";

export const noStart: DiagnosticKind = defineDiagnostic({
  code: "DN0315",
  message: () => "a block of several inputs begins by naming one of them",
  explain: {
    title: "no-start",
    text: "A block of several inputs has no current value at its beginning: its body starts with `from` and an input, or with a call that names its sources.",
    wrong: "dn 1;\nblock f in (a, b) < maxpool 3 /1; concat(it, a, b) >\n",
    right: "dn 1;\nblock f in (a, b) < from a; maxpool 3 /1; concat(it, b) >\n",
  },
});

export function resolveBody(body: ast.Body, parent: StaticScope, outside: NameContext): void {
  resolveStages(body, parent, { ...outside, hasIn: true, hasIt: true });
}

/** The body of a block of several inputs: it has no `in`, and begins by saying where it starts. */
export function resolveOpenBody(body: ast.Body, parent: StaticScope, context: NameContext): void {
  const first = body.stages.find((stage) => stage.kind !== "let");
  const starts =
    first?.kind === "from" || (first?.kind === "operation" && namesSources(first.operation, context));
  if (!starts) {
    const span = first?.span ?? body.span;
    context.reporter.report(noStart.at({ span, help: ["begin with `from` and one of the inputs"] }));
  }
  resolveStages(body, parent, { ...context, hasIn: false, hasIt: false });
}

/** Whether a call brings the tensors that it works on. */
function namesSources(operation: ast.Operation, { module }: NameContext): boolean {
  const callee = calleeOf(operation.name, module);
  return callee === undefined || tensorsIn(operation.arguments, callee, false) > 0;
}

function resolveStages(body: ast.Body, parent: StaticScope, context: NameContext): void {
  const scope = staticScope(parent, true);
  const places = new Map<string, Span>();
  let { hasIt } = context;
  for (const stage of body.stages) {
    resolveStage(stage, scope, { ...context, hasIt });
    if (stage.kind !== "let") hasIt = true;
    if (stage.type !== undefined) resolveType(stage.type, scope, context);
    // A label need not be read: it also names the nodes of its stage.
    if (stage.label === undefined) continue;
    if (claimName(stage.label, places, context.reporter)) declare(scope, "label", stage.label);
    else context.bad.add(stage.label);
  }
  endBody(scope, context);
}

export function resolveType(type: ast.ShapeType, scope: StaticScope, context: NameContext): void {
  if (type.element !== undefined && type.element.text !== "f32") {
    context.reporter.report(
      notSupported.at(
        { span: type.element.span, help: ["write `f32`"], ...replaceFix(type.element.span, "f32") },
        `the element type ${quoted(type.element.text)} is`,
      ),
    );
  }
  resolveExpression(type.channels, scope, context);
  for (const size of type.sizes) resolveExpression(size, scope, context);
}

function resolveStage(stage: ast.Stage, scope: StaticScope, context: NameContext): void {
  switch (stage.kind) {
    case "let":
      resolveExpression(stage.let.value, scope, context);
      declareForUse(scope, "let", stage.let.name, context);
      return;
    case "when":
      resolveWhen(stage, scope, context);
      return;
    case "for": {
      resolveExpression(stage.list, scope, context);
      const inner = staticScope(scope, true);
      declareForUse(inner, "variable", stage.variable, context);
      if (stage.index !== undefined) declareForUse(inner, "variable", stage.index, context);
      resolveBody(stage.body, inner, context);
      endBody(inner, context);
      return;
    }
    case "repeat": {
      resolveExpression(stage.count, scope, context);
      const inner = staticScope(scope, true);
      if (stage.as !== undefined) declareForUse(inner, "variable", stage.as, context);
      resolveBody(stage.body, inner, context);
      endBody(inner, context);
      return;
    }
    case "from":
      resolveSource(stage.source, scope, context);
      return;
    default:
      resolveOperation(stage.operation, scope, context);
  }
}

function resolveWhen(stage: ast.WhenStage, scope: StaticScope, context: NameContext): void {
  resolveExpression(stage.condition, scope, context, "any");
  resolveBody(stage.body, scope, context);
  if (stage.else === undefined) return;
  if ("kind" in stage.else) resolveWhen(stage.else, scope, context);
  else resolveBody(stage.else, scope, context);
}

/** Also the instance that a `shared` makes. */
export function resolveOperation(operation: ast.Operation, scope: StaticScope, context: NameContext): void {
  for (const body of operation.branches?.bodies ?? []) resolveBody(body, scope, context);
  const callee = resolveCallee(operation.name, scope, context);
  if (callee === undefined) {
    context.bad.add(operation);
    // Perhaps it would have taken the growth.
    read(scope, "k");
    for (const item of operation.arguments?.items ?? []) resolveExpression(item.value, scope, context, "any");
    for (const part of [operation.stride, operation.channels])
      if (part !== undefined) resolveExpression(part, scope, context);
    return;
  }
  const join = joinOf(callee);
  const tensors = tensorsIn(operation.arguments, callee, false);
  const sourcesFit = resolveTensors(operation.arguments, tensors, scope, context);
  const formFits = resolveCall({ ...operation, tensors }, callee, scope, context);
  const joinFits =
    join === undefined
      ? checkInputs(operation, callee, tensors, context)
      : checkJoinForm(operation, join, tensors, context);
  if (!sourcesFit || !formFits || !joinFits) context.bad.add(operation);
}

/** Whether a block of several inputs is given one tensor for each. */
function checkInputs(
  { name, span }: { readonly name: ast.QualifiedName; readonly span: Span },
  callee: Callee,
  tensors: number,
  { reporter }: NameContext,
): boolean {
  const inputs = callee.kind === "block" ? callee.ast.inputs : undefined;
  if (inputs === undefined || inputs.length === tensors) return true;
  const wanted = inputs.map((input) => input.text).join(", ");
  const help = [`pass one tensor for each input, by position: \`${nameText(name)}(${wanted})\``];
  const label = `it takes ${count(inputs.length, "tensor")}`;
  reporter.report(tooManyArguments.at({ span, label, help }, tensors, nameText(name), inputs.length));
  return false;
}

function checkJoinForm(
  operation: ast.Operation,
  join: JoinForm,
  tensors: number,
  context: NameContext,
): boolean {
  const name = nameText(operation.name);
  if (join === "body") return checkBodies(operation, context);
  if (operation.branches !== undefined && tensors > 0) {
    context.reporter.report(
      conflictingParameters.at(
        { span: operation.branches.span, help: ["keep one of them"] },
        name,
        "named sources",
        "branches",
      ),
    );
    return false;
  }
  if (operation.branches === undefined && operation.arguments === undefined && !context.hasIn) {
    const help = ["name its operands: a block of several inputs has no `in` to join with"];
    context.reporter.report(mergeArity.at({ span: operation.name.span, help }, name, count(1, "operand")));
    return false;
  }
  const operands =
    operation.branches?.bodies.length ?? (tensors > 0 || operation.arguments !== undefined ? tensors : 2);
  if (isArity(join, operands)) return true;
  const span = (operation.branches ?? operation.arguments ?? operation.name).span;
  const help = [operands < 2 ? `${ARITY_HELP[join]}, or leave it out` : ARITY_HELP[join]];
  context.reporter.report(mergeArity.at({ span, help }, name, count(operands, "operand")));
  return false;
}

/** Whether a join takes so many tensors. */
function isArity(join: JoinForm, operands: number): boolean {
  return join === "several" ? operands >= 2 : join === "pair" && operands === 2;
}

const ARITY_HELP: Readonly<Record<JoinForm, string>> = {
  several: "give it two or more",
  pair: "give it exactly two",
  body: "write it in a pipeline, with one body",
};

function checkBodies({ name, branches }: ast.Operation, { reporter }: NameContext): boolean {
  const bodies = branches?.bodies.length ?? 0;
  if (bodies === 1) return true;
  const help = [`give it one body, whose result multiplies the current value: \`${nameText(name)} < … >\``];
  const { span } = branches ?? name;
  reporter.report(mergeArity.at({ span, help }, nameText(name), count(bodies, "body", "bodies")));
  return false;
}

function reportNotApplied(
  name: ast.QualifiedName,
  callee: Callee,
  scope: StaticScope,
  context: NameContext,
): void {
  // What it should be applied to is not read, for this reason.
  const tensors = readTensors(scope);
  const { span } = name;
  if (isMisread(withBlanks(span), context)) return;
  const text = nameText(name);
  const tensor = tensors.at(-1) ?? "x";
  const needsMore = callee.kind === "stage" && Object.keys(callee.stage.slots).length > 0;
  const applied = needsMore ? `${tensor} < ${text} … >` : `${text}(${tensor})`;
  const help = [`apply it to a tensor: ${quoted(applied)}`];
  const fix = needsMore || tensors.length === 0 ? {} : replaceFix(span, applied);
  context.reporter.report(valueNotApplied.at({ span, help, ...fix }, text, "a stage or block", "a tensor"));
}

/** With the blanks behind it. */
function withBlanks(span: Span): Span {
  const blanks = /^[ \t]*/.exec(span.file.text.slice(span.end))?.[0].length ?? 0;
  return { ...span, end: span.end + blanks };
}

export function resolveSource(source: ast.Source, scope: StaticScope, context: NameContext): void {
  if (source.kind !== "call") {
    const hasValue = source.kind === "in" ? context.hasIn : context.hasIt;
    if (!hasValue) reportNoFlow(source, source.kind, context);
    return;
  }
  const [name] = source.name.parts;
  if (source.arguments === undefined && source.name.parts.length === 1) {
    const entry = read(scope, name.text);
    if (entry !== undefined && isTensor(entry)) return;
    context.bad.add(source);
    if (entry?.kind === "failed") return;
    const callee = calleeOf(source.name, context.module);
    if (callee !== undefined) reportNotApplied(source.name, callee, scope, context);
    else if (entry !== undefined) reportNoTensor(source.span, context);
    else reportUnknown(name, scope, context);
    return;
  }
  const callee = resolveCallee(source.name, scope, context);
  if (callee === undefined) {
    for (const item of source.arguments?.items ?? []) resolveExpression(item.value, scope, context, "any");
    context.bad.add(source);
    return;
  }
  const join = joinOf(callee);
  const takesSeveral = callee.kind === "block" && callee.ast.inputs !== undefined;
  const tensors = tensorsIn(source.arguments, callee, true);
  const text = nameText(source.name);
  const sourcesFit = resolveTensors(source.arguments, tensors, scope, context);
  if (!takesSeveral && !(join === undefined ? tensors === 1 : isArity(join, tensors))) {
    const help = [
      join === undefined ? `give it the tensor that it works on: \`${text}(x)\`` : ARITY_HELP[join],
    ];
    const given = join === "body" ? count(0, "body", "bodies") : count(tensors, "operand");
    context.reporter.report(mergeArity.at({ span: source.span, help }, text, given));
    context.bad.add(source);
    return;
  }
  const inputsFit = checkInputs(source, callee, tensors, context);
  const formFits = resolveCall({ ...source, tensors }, callee, scope, context);
  if (!sourcesFit || !inputsFit || !formFits) context.bad.add(source);
}
