/** Expands bodies: stages are applied one after the other to a value, blocks and loops by expanding their bodies. */
import type * as ast from "../../grammar/ast.ts";
import type { Frame } from "../base/diagnostic.ts";
import { InternalError } from "../base/invariant.ts";
import type { Operands, Value } from "../ops/op.ts";
import type { Application } from "./application.ts";
import { applyStage } from "./apply-stage.ts";
import { environmentAt, isBad, isShallow, type Place, report, spend } from "./build.ts";
import type { CallForm } from "./call-form.ts";
import { calleeOf, nameText, type StageCallee, tensorsIn } from "./callee.ts";
import { type EnteredBlock, enterBlock } from "./enter-block.ts";
import type { Environment } from "./environment.ts";
import { evaluate, truthOf } from "./evaluate.ts";
import { expandLoop } from "./expand-loop.ts";
import { addHole, guessFrom, isLegible, nameValue, obscured } from "./gaps.ts";
import { type Loop, loopOver, repetition } from "./loop.ts";
import { type BlockDefinition, isBlockDefinition } from "./module.ts";
import { lastPart, segmentsOf } from "./names.ts";
import { silentProblems } from "./problems.ts";
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
import { followBlock } from "./traced-block.ts";
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
        it = expandLoop(step.loop, inner, path, it, expandBody);
        break;
      case "unknown":
        it = obscured(it, inner, stage.span, input);
        break;
      case "call":
        it = applyOperation(step, inner, { in: input, it }, path);
        break;
      default:
        it = step.value;
    }
    if (stage.type !== undefined) it = checkType(stage.type, it, inner, { in: input, it });
    if (stage.label !== undefined) nameValue(stage.label, it, inner);
  }
  return it;
}

type Segments = ReadonlyMap<ast.Stage, string>;

/** What a stage comes to: a value, or what is to be expanded. */
type Step =
  | { readonly kind: "value"; readonly value: Value }
  /** Nobody knows; reported. */
  | { readonly kind: "unknown" }
  | { readonly kind: "body"; readonly body: ast.Body }
  | { readonly kind: "loop"; readonly loop: Loop }
  | ({ readonly kind: "call" } & AppliedOperation);

const UNKNOWN: Step = { kind: "unknown" };

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
      return loop === undefined ? UNKNOWN : { kind: "loop", loop };
    }
    case "for": {
      const loop = loopOver(stage, environment());
      return loop === undefined ? UNKNOWN : { kind: "loop", loop };
    }
    case "from": {
      const value = expandSource(stage.source, place, flow, path);
      return value === undefined ? UNKNOWN : { kind: "value", value };
    }
    default:
      return callAt(stage.operation, place, flow, path);
  }
}

/** The body whose condition holds. */
function bodyOf(stage: ast.WhenStage, it: Value, environment: Environment): Step {
  let otherwise: ast.Body | ast.WhenStage | undefined = stage;
  while (otherwise !== undefined && "kind" in otherwise) {
    const holds = truthOf(otherwise.condition, environment);
    if (holds === undefined) return UNKNOWN;
    if (holds) return { kind: "body", body: otherwise.body };
    otherwise = otherwise.else;
  }
  return otherwise === undefined ? { kind: "value", value: it } : { kind: "body", body: otherwise };
}

interface AppliedOperation {
  readonly operation: ast.Operation;
  readonly callee: CalleeAtWork;
  readonly form: CallForm;
}

/** What stands in call position, and how it is called; of what was reported, the best guess. */
function callAt(operation: ast.Operation, place: Place, flow: { in: Value; it: Value }, path: string): Step {
  const callee = calleeAt(operation.name, place);
  if (!isBad(place.build, operation) && callee !== undefined)
    return { kind: "call", operation, callee, form: formOf(operation, callee, false) };
  // What a misspelled argument leaves of a stage still tells how many axes come out.
  if (callee?.kind !== "stage" || callee.stage.join !== undefined) return UNKNOWN;
  const form = formOf(operation, callee, false);
  const quiet: Place = { ...place, build: { ...place.build, problems: silentProblems, trace: undefined } };
  const application = { form, span: operation.span, place: quiet, flow, operands: [flow.it], path } as const;
  const first = place.build.nodes.length;
  const guess = applyStage(callee.stage, application);
  guessFrom(first, place.build);
  return { kind: "value", value: guessed(guess) };
}

function applyOperation(
  { operation, callee, form }: AppliedOperation,
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
  const application = { form, span, place, flow, operands: operandsOf(operands), path };
  return callee.kind === "block" ? expandBlock(callee, application) : applyCallee(callee, application);
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

function applyCallee(callee: CalleeAtWork, application: Application): Value {
  if (callee.kind === "stage") return applyStage(callee.stage, application);
  if (callee.kind === "block") return expandBlock(callee, application);
  return applyInstance(callee.instance, application);
}

/** Every use expands the operation anew, with the weights of the first. */
function applyInstance(instance: SharedInstance, { span, place, operands }: Application): Value {
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
  if (callee === undefined || isBad(place.build, operation)) return obscured(it, place, span);
  const usePath = instance.uses === 1 ? path : `${path}.${instance.uses}`;
  const form = formOf(operation, callee, false);
  return applyOperation({ operation, callee, form }, inner, { in: it, it }, usePath);
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

function expandBlock(callee: BlockDefinition, application: Application): Value {
  const { place, span, operands } = application;
  const entered = enterBlock(callee, application);
  if (entered === undefined) return obscured(operands[0], place, span, ...operands);
  const first = place.build.nodes.length;
  const result = expandEntered(entered, application);
  if (isLegible(callee.ast, callee.module)) return result;
  guessFrom(first, place.build);
  return addHole(result, place, span, operands);
}

/** The value that a block gives once it is entered. */
export function expandEntered(
  { inner, activation, loop }: EnteredBlock,
  { operands, path }: Pick<Application, "operands" | "path">,
): Value {
  const [it] = operands;
  const { trace } = inner.build;
  const result =
    loop === undefined
      ? expandBody(activation.definition.ast.body, inner, it)
      : expandLoop(loop, inner, path, it, expandBody);
  return trace === undefined ? result : followBlock(trace, activation, operands, result);
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
  return applyCallee(callee, {
    form,
    span: source.span,
    place,
    flow,
    operands: operandsOf(tensors),
    path: `${path}/${lastPart(source.name)}`,
  });
}
