/** Resolves the names in bodies: stages, labels, sources; and the form of each call. */
import type * as ast from "../../grammar/ast.ts";
import { type Span, spanText } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { notSupported } from "../ops/unsupported.ts";
import { calleeOf, nameText } from "./callee.ts";
import { claimName } from "./module.ts";
import {
  type CallForm,
  conflictingParameters,
  leadingPositional,
  mergeArity,
  notATensor,
  resolveCall,
  resolveCallee,
} from "./resolve-calls.ts";
import { declareForUse, type NameContext, reportUnknown, resolveExpression } from "./resolve-names.ts";
import { declare, isTensor, read, type StaticScope, staticScope } from "./static-scope.ts";
import { valueNotApplied } from "./unknown-callee.ts";

/** What a body needs to know beyond names. */
export interface BodyContext extends NameContext {
  /** Whether `in` has a meaning: not in blocks of several inputs. */
  readonly hasIn: boolean;
}

export function resolveBody(body: ast.Body, parent: StaticScope, context: BodyContext): void {
  const scope = staticScope(parent, true);
  const places = new Map<string, Span>();
  for (const stage of body.stages) {
    resolveStage(stage, scope, context);
    if (stage.type !== undefined) resolveType(stage.type, scope, context);
    // A label need not be read: it also names the nodes of its stage.
    if (stage.label !== undefined && claimName(stage.label, places, context.reporter))
      declare(scope, "label", stage.label);
  }
}

export function resolveType(type: ast.ShapeType, scope: StaticScope, context: NameContext): void {
  if (type.element !== undefined && type.element.text !== "f32") {
    context.reporter.report(
      notSupported.at(
        { span: type.element.span, help: ["write `f32`"] },
        `the element type ${quoted(type.element.text)} is`,
      ),
    );
  }
  resolveExpression(type.channels, scope, context);
  for (const size of type.sizes) resolveExpression(size, scope, context);
}

function resolveStage(stage: ast.Stage, scope: StaticScope, context: BodyContext): void {
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
      return;
    }
    case "repeat": {
      resolveExpression(stage.count, scope, context);
      const inner = staticScope(scope, true);
      if (stage.as !== undefined) declareForUse(inner, "variable", stage.as, context);
      resolveBody(stage.body, inner, context);
      return;
    }
    case "from":
      resolveSource(stage.source, scope, context);
      return;
    default:
      resolveOperation(stage.operation, scope, context);
  }
}

function resolveWhen(stage: ast.WhenStage, scope: StaticScope, context: BodyContext): void {
  resolveExpression(stage.condition, scope, context, "any");
  resolveBody(stage.body, scope, context);
  if (stage.else === undefined) return;
  if ("kind" in stage.else) resolveWhen(stage.else, scope, context);
  else resolveBody(stage.else, scope, context);
}

function resolveOperation(operation: ast.Operation, scope: StaticScope, context: BodyContext): void {
  for (const body of operation.branches?.bodies ?? []) resolveBody(body, scope, context);
  const callee = resolveCallee(operation.name, scope, context);
  if (callee === undefined) {
    context.bad.add(operation);
    // Perhaps it would have taken the growth.
    read(scope, "k");
    for (const item of operation.arguments?.items ?? []) resolveExpression(item.value, scope, context, "any");
    return;
  }
  if (callee.kind === "block" && callee.ast.inputs !== undefined) {
    // Reported where the block is defined.
    for (const item of operation.arguments?.items ?? []) resolveExpression(item.value, scope, context, "any");
    context.bad.add(operation);
    return;
  }
  const isJoin = callee.kind === "stage" && callee.stage.join === true;
  const tensors = isJoin ? leadingPositional(operation.arguments) : 0;
  const sourcesFit = resolveTensors(operation.arguments, tensors, scope, context);
  const form: CallForm = { ...operation, tensors };
  const formFits = resolveCall(form, callee, scope, context);
  const joinFits = !isJoin || checkJoinForm(operation, tensors, context);
  if (!sourcesFit || !formFits || !joinFits) context.bad.add(operation);
}

function checkJoinForm(operation: ast.Operation, tensors: number, context: BodyContext): boolean {
  const name = nameText(operation.name);
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
  const operands =
    operation.branches?.bodies.length ?? (tensors > 0 || operation.arguments !== undefined ? tensors : 2);
  if (operands < 2) {
    const span = (operation.branches ?? operation.arguments ?? operation.name).span;
    context.reporter.report(
      mergeArity.at({ span, help: ["give it two or more, or leave it out"] }, name, operands),
    );
    return false;
  }
  return true;
}

/** Whether the first arguments are all tensors. */
function resolveTensors(
  list: ast.Arguments | undefined,
  amount: number,
  scope: StaticScope,
  context: NameContext,
): boolean {
  return (list?.items.slice(0, amount) ?? [])
    .map((item) => resolveTensor(item.value, scope, context))
    .every(Boolean);
}

function resolveTensor(expression: ast.Expression, scope: StaticScope, context: NameContext): boolean {
  if (expression.kind === "flow-member" && expression.member === undefined) return true;
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

function reportNoTensor(span: Span, { reporter }: NameContext): void {
  reporter.report(notATensor.at({ span, help: ["name an input, a value or a label"] }, spanText(span)));
}

export function resolveSource(source: ast.Source, scope: StaticScope, context: BodyContext): void {
  if (source.kind !== "call") return;
  const [name] = source.name.parts;
  if (source.arguments === undefined && source.name.parts.length === 1) {
    const entry = read(scope, name.text);
    if (entry !== undefined && isTensor(entry)) return;
    context.bad.add(source);
    if (entry?.kind === "failed") return;
    if (calleeOf(source.name, context.module) !== undefined) {
      const help = [`apply it to a tensor: \`${name.text}(x)\``];
      context.reporter.report(
        valueNotApplied.at({ span: source.name.span, help }, name.text, "a stage or block", "a tensor"),
      );
    } else if (entry !== undefined) reportNoTensor(source.span, context);
    else reportUnknown(name, scope, context);
    return;
  }
  const callee = resolveCallee(source.name, scope, context);
  if (callee === undefined || (callee.kind === "block" && callee.ast.inputs !== undefined)) {
    for (const item of source.arguments?.items ?? []) resolveExpression(item.value, scope, context, "any");
    context.bad.add(source);
    return;
  }
  const isJoin = callee.kind === "stage" && callee.stage.join === true;
  const positional = leadingPositional(source.arguments);
  const tensors = isJoin ? positional : Math.min(1, positional);
  const text = nameText(source.name);
  const sourcesFit = resolveTensors(source.arguments, tensors, scope, context);
  if (isJoin ? tensors < 2 : tensors < 1) {
    context.reporter.report(
      mergeArity.at(
        {
          span: source.span,
          help: [isJoin ? "give it two or more" : `give it the tensor that it works on: \`${text}(x)\``],
        },
        text,
        tensors,
      ),
    );
    context.bad.add(source);
    return;
  }
  const formFits = resolveCall({ ...source, tensors }, callee, scope, context);
  if (!sourcesFit || !formFits) context.bad.add(source);
}
