/** Expands bodies: stages are applied one after the other to a value, blocks and loops by expanding their bodies. */
import type * as ast from "../../grammar/ast.ts";
import type { Frame } from "../base/diagnostic.ts";
import { InternalError, invariant } from "../base/invariant.ts";
import type { Span } from "../base/source.ts";
import { type Literal, numberLiteral, printLiteral } from "../ir/literal.ts";
import type { JoinForm, Operands, Value } from "../ops/op.ts";
import { activate, fitsHeldBlock } from "./activation.ts";
import { applyStage } from "./apply-stage.ts";
import { bindParameters, checkWhere, evaluateArguments } from "./bind.ts";
import { environmentAt, hasRoom, isBad, type Place, report } from "./build.ts";
import { calleeOf, nameText, type StageCallee, tensorsIn } from "./callee.ts";
import { asCount, badExpression, countOf, type Environment, evaluate, truthOf } from "./evaluate.ts";
import { type BlockDefinition, isBlockDefinition } from "./module.ts";
import { lastPart, segmentsOf } from "./names.ts";
import { silentProblems } from "./problems.ts";
import { argumentsOf, type CallForm } from "./resolve-calls.ts";
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
  const inner: Place = { ...place, scope: childScope(place.scope) };
  let it = input;
  for (const stage of body.stages) {
    if (!hasRoom(inner, stage.span)) return doubted(it);
    it = expandStage(stage, inner, input, it, segments);
    if (stage.type !== undefined) it = checkType(stage.type, it, inner, { in: input, it });
    if (stage.label !== undefined)
      inner.scope.entries.set(stage.label.text, { kind: "tensor", value: it, span: stage.label.span });
  }
  return it;
}

type Segments = ReadonlyMap<ast.Stage, string>;

function expandStage(stage: ast.Stage, place: Place, input: Value, it: Value, segments: Segments): Value {
  const environment = environmentAt(place, { in: input, it });
  const path = `${place.path}/${segments.get(stage) ?? stage.kind}`;
  switch (stage.kind) {
    case "let":
      define(place.scope, stage.let.name.text, evaluate(stage.let.value, environment), stage.let.name.span);
      return it;
    case "when":
      return expandWhen(stage, place, environment, it, segments);
    case "repeat": {
      const count = countOf("the count of `repeat`", stage.count, 0, environment);
      if (count === undefined) return doubted(it);
      const loop: Loop = { definition: stage.span, name: "repeat", total: count, body: stage.body };
      return expandLoop(loop, place, path, it, (index) =>
        stage.as === undefined ? [] : [[stage.as, numberLiteral(index)]],
      );
    }
    case "for": {
      const list = evaluate(stage.list, environment);
      if (list !== undefined && list.kind !== "list")
        environment.report(badExpression, ["`for` goes through a list"], stage.list.span);
      if (list?.kind !== "list") return doubted(it);
      const loop: Loop = { definition: stage.span, name: "for", total: list.items.length, body: stage.body };
      return expandLoop(loop, place, path, it, (index) => {
        const item = list.items[index];
        invariant(item !== undefined, "a loop stays inside its list");
        const variable = [stage.variable, item] as const;
        return stage.index === undefined ? [variable] : [variable, [stage.index, numberLiteral(index)]];
      });
    }
    case "from":
      return expandSource(stage.source, place, { in: input, it }, path) ?? doubted(it);
    default:
      return expandOperation(stage.operation, place, input, it, path);
  }
}

function expandWhen(
  stage: ast.WhenStage,
  place: Place,
  environment: Environment,
  it: Value,
  segments: Segments,
): Value {
  const holds = truthOf(stage.condition, environment);
  if (holds === undefined) return doubted(it);
  if (holds) return expandBody(stage.body, place, it, segments);
  if (stage.else === undefined) return it;
  return "kind" in stage.else
    ? expandWhen(stage.else, place, environment, it, segments)
    : expandBody(stage.else, place, it, segments);
}

interface Loop {
  readonly definition: Span;
  readonly name: string;
  readonly total: number;
  readonly body: ast.Body;
}

function expandLoop(
  loop: Loop,
  place: Place,
  path: string,
  start: Value,
  variables: (index: number) => readonly (readonly [ast.Name, Literal])[],
): Value {
  let it = start;
  const stages = loop.total * (loop.body.stages.length + 1);
  if (!hasRoom(place, loop.definition, stages)) return doubted(it);
  for (let index = 0; index < loop.total; index += 1) {
    if (!hasRoom(place, loop.definition)) return doubted(it);
    const scope = childScope(place.scope);
    const bound = variables(index);
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

function expandOperation(
  operation: ast.Operation,
  place: Place,
  input: Value,
  it: Value,
  path: string,
): Value {
  const callee = calleeAt(operation.name, place);
  const flow = { in: input, it };
  if (isBad(place.build, operation) || callee === undefined) {
    // What a misspelled argument leaves of a stage still tells how many axes come out.
    if (callee?.kind !== "stage" || callee.stage.join !== undefined) return doubted(it);
    const form = formOf(operation, callee, false);
    const quiet: Place = { ...place, build: { ...place.build, problems: silentProblems } };
    return guessed(applyStage(callee.stage, form, operation.span, quiet, flow, [it], path));
  }
  return applyOperation(operation, callee, place, flow, path);
}

function applyOperation(
  operation: ast.Operation,
  callee: CalleeAtWork,
  place: Place,
  flow: { in: Value; it: Value },
  path: string,
): Value {
  const form = formOf(operation, callee, false);
  const join = callee.kind === "stage" ? callee.stage.join : undefined;
  const operands =
    join === undefined
      ? operandsIn(form, place, flow, flow.it)
      : joinOperands(operation, join, form, place, flow, path);
  return applyCallee(callee, form, operation.span, place, flow, operandsOf(operands), path);
}

/** The tensors that a call names, or the current value. */
function operandsIn(form: CallForm, place: Place, flow: Flow, it: Value): readonly Value[] {
  const tensors = tensorsOf(form, place, flow);
  return tensors.length === 0 ? [it] : tensors;
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
  return applyOperation(operation, callee, inner, { in: it, it }, usePath);
}

/** Branches, named sources, or the body's input and the current value (rules R4 and R5); or a value and its one body. */
function joinOperands(
  operation: ast.Operation,
  join: JoinForm,
  form: CallForm,
  place: Place,
  flow: { in: Value; it: Value },
  path: string,
): readonly Value[] {
  if (operation.branches !== undefined) {
    const results = operation.branches.bodies.map((body, index) =>
      expandBody(body, { ...place, path: `${path}/${index + 1}` }, flow.it),
    );
    return join === "body" ? [flow.it, ...results] : results;
  }
  return form.tensors > 0 ? tensorsOf(form, place, flow) : [flow.in, flow.it];
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
  const { ast: block, module } = callee;
  const { build } = place;
  const [it] = operands;
  const caller = environmentAt(place, flow);
  if (!fitsHeldBlock(callee, form, place)) return doubted(it);
  const names = block.parameters.map((parameter) => parameter.name.text);
  const given = evaluateArguments(argumentsOf(form), names, caller);
  const head = {
    build,
    frame: { ...callFrame(callee, span, place), bindings: [] },
    scope: build.fileScope(module),
  };
  const headEnvironment = environmentAt(head, block.inputs === undefined ? { in: it } : {});
  const binding = bindParameters(block.parameters, given, head.scope, caller, headEnvironment);
  if (!checkWhere(block.where, block.name.text, binding, form.name.span, headEnvironment, caller))
    return doubted(it);
  const activation = activate(callee, binding.scope, form.name.span, place);
  if (activation === undefined) return doubted(it);
  for (const [index, name] of (block.inputs ?? []).entries()) {
    const value = operands[index];
    if (value !== undefined) binding.scope.entries.set(name.text, { kind: "tensor", value, span: name.span });
  }
  const frame: Frame = { ...callFrame(callee, span, place), bindings: binding.printed };
  const { sharing } = place;
  const inner: Place = { build, module, frame, path, scope: binding.scope, sharing, activation };
  const count = repetitions(callee, inner, it);
  if (count === "once") return expandBody(block.body, inner, it);
  if (count === undefined) return doubted(it);
  const { repeat } = block;
  const loop: Loop = { definition: block.body.span, name: block.name.text, total: count, body: block.body };
  return expandLoop(loop, inner, path, it, (index) =>
    repeat?.as === undefined ? [] : [[repeat.as, numberLiteral(index)]],
  );
}

function callFrame({ ast: block }: BlockDefinition, call: Span, place: Place): Omit<Frame, "bindings"> {
  return { kind: "call", name: block.name.text, definition: block.name.span, call, parent: place.frame };
}

/** How often a block repeats itself: by its clause, or by a parameter `n` that its body never reads (rule R1). */
function repetitions(
  { ast: block }: BlockDefinition,
  place: Place,
  input: Value,
): number | "once" | undefined {
  const environment = environmentAt(place, { in: input });
  if (block.repeat !== undefined) return countOf("the count of `repeat`", block.repeat.count, 0, environment);
  if (!place.build.resolution.repeated.has(block)) return "once";
  const n = lookUp(place.scope, "n");
  return n?.kind === "literal" ? asCount("`n`", n.value, n.argument ?? n.span, 0, environment) : undefined;
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
