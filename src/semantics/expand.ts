/** Expands bodies: stages are applied one after the other to a value, blocks and loops by expanding their bodies. */
import type * as ast from "../../grammar/ast.ts";
import type { Frame } from "../base/diagnostic.ts";
import { InternalError, invariant } from "../base/invariant.ts";
import type { Span } from "../base/source.ts";
import { type Literal, numberLiteral, printLiteral } from "../ir/literal.ts";
import type { Operands, Value } from "../ops/op.ts";
import { applyStage } from "./apply-stage.ts";
import { environmentAt, fits, isBad, isShallow, type Place, report, spend } from "./build.ts";
import { calleeOf, nameText, type StageCallee, tensorsIn } from "./callee.ts";
import { enterBlock } from "./enter-block.ts";
import { badExpression, countOf, type Environment, evaluate, truthOf } from "./evaluate.ts";
import { leastOfLoop } from "./least-amount.ts";
import { type BlockDefinition, isBlockDefinition } from "./module.ts";
import { lastPart, segmentsOf } from "./names.ts";
import { silentProblems } from "./problems.ts";
import type { CallForm } from "./resolve-calls.ts";
import {
  childScope,
  define,
  doubted,
  type Flow,
  guessed,
  lookUp,
  type SharedInstance,
  tensorNamed,
} from "./scope.ts";
import { checkType } from "./types.ts";
import { valueNotApplied } from "./unknown-callee.ts";

/** The value at the end of a body that begins with `input`. */
export function expandBody(
  body: ast.Body,
  place: Place,
  input: Value,
  segments: Segments = segmentsOf(body),
): Value {
  if (!isShallow(place, body.span)) return doubted(input);
  const inner: Place = { ...place, scope: childScope(place.scope), depth: place.depth + 1 };
  let it = input;
  for (const stage of body.stages) {
    if (!spend(inner, stage.span)) return doubted(it);
    const path = `${place.path}/${segments.get(stage) ?? stage.kind}`;
    // What is nested is expanded from here, and not from further within: so it needs little stack, however deep.
    const step = stepOf(stage, inner, input, it, path);
    switch (step.kind) {
      case "body":
        it = expandBody(step.body, inner, it, segments);
        break;
      case "loop":
        it = expandLoop(step.loop, inner, path, it);
        break;
      case "call":
        it = applyOperation(step.operation, step.callee, step.form, inner, { in: input, it }, path);
        break;
      default:
        it = step.value;
    }
    if (stage.type !== undefined) it = checkType(stage.type, it, inner, { in: input, it });
    if (stage.label !== undefined)
      inner.scope.entries.set(stage.label.text, { kind: "tensor", value: it, span: stage.label.span });
  }
  return it;
}

type Segments = ReadonlyMap<ast.Stage, string>;

/** What a stage comes to: a value, or what is to be expanded. */
type Step =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "body"; readonly body: ast.Body }
  | { readonly kind: "loop"; readonly loop: Loop }
  | ({ readonly kind: "call" } & AppliedOperation);

function stepOf(stage: ast.Stage, place: Place, input: Value, it: Value, path: string): Step {
  const flow = { in: input, it };
  const environment = (): Environment => environmentAt(place, flow);
  switch (stage.kind) {
    case "let":
      define(place.scope, stage.let.name.text, evaluate(stage.let.value, environment()), stage.let.name.span);
      return { kind: "value", value: it };
    case "when":
      return bodyOf(stage, it, environment());
    case "repeat": {
      const loop = repetition(stage, environment());
      return loop === undefined ? { kind: "value", value: doubted(it) } : { kind: "loop", loop };
    }
    case "for": {
      const loop = loopOver(stage, environment());
      return loop === undefined ? { kind: "value", value: doubted(it) } : { kind: "loop", loop };
    }
    case "from":
      return { kind: "value", value: expandSource(stage.source, place, flow, path) ?? doubted(it) };
    default: {
      const call = callAt(stage.operation, place, flow, path);
      return "guess" in call ? { kind: "value", value: call.guess } : { kind: "call", ...call };
    }
  }
}

/** The body whose condition holds. */
function bodyOf(stage: ast.WhenStage, it: Value, environment: Environment): Step {
  let otherwise: ast.Body | ast.WhenStage | undefined = stage;
  while (otherwise !== undefined && "kind" in otherwise) {
    const holds = truthOf(otherwise.condition, environment);
    if (holds === undefined) return { kind: "value", value: doubted(it) };
    if (holds) return { kind: "body", body: otherwise.body };
    otherwise = otherwise.else;
  }
  return otherwise === undefined ? { kind: "value", value: it } : { kind: "body", body: otherwise };
}

function repetition(stage: ast.RepeatStage, environment: Environment): Loop | undefined {
  const total = countOf("the count of `repeat`", stage.count, 0, environment);
  if (total === undefined) return undefined;
  const { span: definition, body, as } = stage;
  return { definition, name: "repeat", total, body, variables: countingAs(as) };
}

function countingAs(name: ast.Name | undefined): Loop["variables"] {
  return (index) => (name === undefined ? [] : [[name, numberLiteral(index)]]);
}

function loopOver(stage: ast.ForStage, environment: Environment): Loop | undefined {
  const list = evaluate(stage.list, environment);
  if (list === undefined) return undefined;
  if (list.kind !== "list")
    return environment.report(badExpression, ["`for` goes through a list"], stage.list.span);
  const { span: definition, body, variable, index: counter } = stage;
  const variables = (index: number): ReturnType<Loop["variables"]> => {
    const item = list.items[index];
    invariant(item !== undefined, "a loop stays inside its list");
    const bound = [variable, item] as const;
    return counter === undefined ? [bound] : [bound, [counter, numberLiteral(index)]];
  };
  return { definition, name: "for", total: list.items.length, body, variables };
}

interface Loop {
  readonly definition: Span;
  readonly name: string;
  readonly total: number;
  readonly body: ast.Body;
  /** What the names of a repetition stand for. */
  readonly variables: (index: number) => readonly (readonly [ast.Name, Literal])[];
}

function expandLoop(loop: Loop, place: Place, path: string, start: Value): Value {
  let it = start;
  if (!fits(place, loop.definition, leastOfLoop(loop.total, loop.body, place.module))) return doubted(it);
  for (let index = 0; index < loop.total; index += 1) {
    if (!spend(place, loop.definition)) return doubted(it);
    const scope = childScope(place.scope);
    const bound = loop.variables(index);
    for (const [name, value] of bound) define(scope, name.text, value, name.span);
    const frame: Frame = {
      kind: "repeat",
      name: loop.name,
      definition: loop.definition,
      bindings: bound.map(([name, value]) => `${name.text}=${printLiteral(value)}`),
      iteration: { index: index + 1, total: loop.total },
      parent: place.frame,
    };
    it = expandBody(loop.body, { ...place, scope, frame, path: `${path}/${index + 1}` }, it);
  }
  return it;
}

interface AppliedOperation {
  readonly operation: ast.Operation;
  readonly callee: CalleeAtWork;
  readonly form: CallForm;
}

/** What stands in call position, and how it is called; of what was reported, the best guess. */
function callAt(
  operation: ast.Operation,
  place: Place,
  flow: { in: Value; it: Value },
  path: string,
): AppliedOperation | { readonly guess: Value } {
  const callee = calleeAt(operation.name, place);
  if (!isBad(place.build, operation) && callee !== undefined)
    return { operation, callee, form: formOf(operation, callee, false) };
  // What a misspelled argument leaves of a stage still tells how many axes come out.
  if (callee?.kind !== "stage" || callee.stage.join !== undefined) return { guess: doubted(flow.it) };
  const form = formOf(operation, callee, false);
  const quiet: Place = { ...place, build: { ...place.build, problems: silentProblems } };
  return { guess: guessed(applyStage(callee.stage, form, operation.span, quiet, flow, [flow.it], path)) };
}

function applyOperation(
  operation: ast.Operation,
  callee: CalleeAtWork,
  form: CallForm,
  place: Place,
  flow: { in: Value; it: Value },
  path: string,
): Value {
  const join = callee.kind === "stage" ? callee.stage.join : undefined;
  let operands: readonly Value[] = operandsIn(
    form,
    place,
    flow,
    join === undefined ? [flow.it] : [flow.in, flow.it],
  );
  if (join !== undefined && operation.branches !== undefined) {
    const joined: Value[] = join === "body" ? [flow.it] : [];
    let index = 1;
    for (const body of operation.branches.bodies) {
      joined.push(expandBody(body, { ...place, path: `${path}/${index}` }, flow.it));
      index += 1;
    }
    operands = joined;
  }
  const { span } = operation;
  if (callee.kind === "block")
    return expandBlock(callee, form, span, place, flow, operandsOf(operands), path);
  return applyCallee(callee, form, span, place, flow, operandsOf(operands), path);
}

/** The tensors that a call names, or those that are meant where it names none. */
function operandsIn(form: CallForm, place: Place, flow: Flow, unnamed: readonly Value[]): readonly Value[] {
  const tensors = tensorsOf(form, place, flow);
  return tensors.length === 0 ? unnamed : tensors;
}

type CalleeAtWork =
  | StageCallee
  | BlockDefinition
  | { readonly kind: "shared"; readonly instance: SharedInstance };

/** What a name in call position is, here and now; `undefined`: nothing that can be applied, which was reported. */
function calleeAt(name: ast.QualifiedName, place: Place): CalleeAtWork | undefined {
  const callee = calleeOf(name, place.module);
  if (callee !== undefined) return callee;
  const entry = lookUp(place.scope, name.parts[0].text);
  if (entry?.kind === "shared") return { kind: "shared", instance: entry.instance };
  if (entry?.kind !== "literal") return undefined;
  const { value } = entry;
  const held = value.kind === "block" && isBlockDefinition(value.definition) ? value.definition : undefined;
  if (held === undefined)
    report(place, valueNotApplied, [nameText(name), "no block", "a block"], { span: name.span });
  return held;
}

function formOf(
  call: Omit<CallForm, "tensors">,
  callee: CalleeAtWork | undefined,
  isSource: boolean,
): CallForm {
  return { ...call, tensors: callee === undefined ? 0 : tensorsIn(call.arguments, callee, isSource) };
}

function applyCallee(
  callee: CalleeAtWork,
  form: CallForm,
  span: Span,
  place: Place,
  flow: Flow,
  operands: Operands<Value>,
  path: string,
): Value {
  if (callee.kind === "stage") return applyStage(callee.stage, form, span, place, flow, operands, path);
  if (callee.kind === "block") return expandBlock(callee, form, span, place, flow, operands, path);
  return applyInstance(callee.instance, span, place, operands);
}

/** Every use expands the operation anew, with the weights of the first. */
function applyInstance(instance: SharedInstance, span: Span, place: Place, operands: Operands<Value>): Value {
  const { operation, name, path } = instance;
  instance.uses += 1;
  const frame: Frame = {
    kind: "call",
    name,
    definition: operation.name.span,
    call: span,
    bindings: [],
    parent: place.frame,
  };
  const inner: Place = { ...place, frame, scope: instance.scope, sharing: { instance, next: 0 } };
  const callee = calleeAt(operation.name, inner);
  const [it] = operands;
  if (callee === undefined || isBad(place.build, operation)) return doubted(it);
  const usePath = instance.uses === 1 ? path : `${path}.${instance.uses}`;
  const form = formOf(operation, callee, false);
  return applyOperation(operation, callee, form, inner, { in: it, it }, usePath);
}

function tensorsOf(form: CallForm, place: Place, flow: Flow): readonly Value[] {
  return (form.arguments?.items.slice(0, form.tensors) ?? []).flatMap(
    ({ value }) => tensorNamed(value, place.scope, flow) ?? [],
  );
}

function operandsOf([first, ...rest]: readonly Value[]): Operands<Value> {
  if (first === undefined) throw new InternalError("a stage without operands was not reported");
  return [first, ...rest];
}

function expandBlock(
  callee: BlockDefinition,
  form: CallForm,
  span: Span,
  place: Place,
  flow: Flow,
  operands: Operands<Value>,
  path: string,
): Value {
  const [it] = operands;
  const entered = enterBlock(callee, form, span, place, flow, operands, path);
  if (entered === undefined) return doubted(it);
  const { inner, count } = entered;
  const { name, body, repeat } = callee.ast;
  if (count === "once") return expandBody(body, inner, it);
  const variables = countingAs(repeat?.as);
  const loop: Loop = { definition: body.span, name: name.text, total: count, body, variables };
  return expandLoop(loop, inner, path, it);
}

/** The value of a source; `undefined` when it was reported. */
export function expandSource(source: ast.Source, place: Place, flow: Flow, path: string): Value | undefined {
  if (source.kind !== "call") return flow[source.kind];
  if (isBad(place.build, source)) return undefined;
  if (source.arguments === undefined) {
    const entry = lookUp(place.scope, source.name.parts[0].text);
    return entry?.kind === "tensor" ? entry.value : undefined;
  }
  const callee = calleeAt(source.name, place);
  if (callee === undefined) return undefined;
  const form = formOf(source, callee, true);
  const tensors = tensorsOf(form, place, flow);
  if (tensors.length < form.tensors) return undefined;
  return applyCallee(
    callee,
    form,
    source.span,
    place,
    flow,
    operandsOf(tensors),
    `${path}/${lastPart(source.name)}`,
  );
}
