/** Makes the checked graph of one model: its parameters bound, its inputs sized, its flows expanded. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic, type Frame } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import type { GraphPort } from "../ir/graph.ts";
import { integerOf, numberLiteral, printLiteral } from "../ir/literal.ts";
import { MAX_RANK, type Shape } from "../ir/shape.ts";
import { MAX_INTEGER } from "../ops/argument.ts";
import { missingParameter, outOfRange, unknownParameter, wrongType } from "../ops/call-problems.ts";
import { input as inputOp } from "../ops/input.ts";
import type { CheckedGraph, Value } from "../ops/op.ts";
import { SETTINGS, type Settings } from "../ops/settings.ts";
import { notSupported } from "../ops/unsupported.ts";
import { bindParameters, checkWhere, evaluateArguments, type Given } from "./bind.ts";
import { type Build, environmentAt, isBad, type Place, report, startProgress } from "./build.ts";
import { readArgument } from "./call.ts";
import { definitionOf } from "./callee.ts";
import { findDeadValues } from "./dead-values.ts";
import { type Environment, evaluate } from "./evaluate.ts";
import { expandBody, expandSource } from "./expand.ts";
import { checkExpectations } from "./expect.ts";
import type { ModelDefinition, Module } from "./module.ts";
import type { Problems } from "./problems.ts";
import { exposedParameters, type Resolution } from "./resolve.ts";
import { CERTAIN, childScope, define, doubted, type Scope } from "./scope.ts";
import { checkType, type Declared, declaredSizes } from "./types.ts";

export const inputMismatch: DiagnosticKind<[input: string, why: string]> = defineDiagnostic({
  code: "DN0312",
  message: (input: string, why: string) => `the size given for input ${quoted(input)} does not fit: ${why}`,
  explain: {
    title: "input-mismatch",
    text: "`--input x=1x28x28` replaces the sizes that the spec declares, channels first. It sets parameters that stand alone in the declaration (`cin`, `size`), and must agree with channels that are fixed there.",
  },
});

/** What the caller binds from outside: `--set` and `--input`. */
export interface Bindings {
  readonly parameters: ReadonlyMap<string, Given>;
  /** Channels and sizes by input, or one size by symbol. */
  readonly inputs: ReadonlyMap<string, readonly number[]>;
}

export const NO_BINDINGS: Bindings = { parameters: new Map(), inputs: new Map() };

export interface Instance {
  readonly graph: CheckedGraph;
}

/** Whether a model can be made from defaults alone. */
export function hasDefaults(definition: ModelDefinition): boolean {
  if (definition.ast.parameters.some((parameter) => parameter.default === undefined)) return false;
  const { definition: body } = definition.ast;
  if (body.kind === "body") return true;
  const target = definitionOf(body.target, definition.module);
  if (target?.kind !== "model" || target === definition) return true;
  const given = new Set(
    body.arguments?.items.map((item, index) => item.name?.text ?? exposedParameters(target)[index]),
  );
  return target.ast.parameters.every(
    (parameter) => parameter.default !== undefined || given.has(parameter.name.text),
  );
}

/** The graph, as far as mistakes let it be made; `undefined` when there is nothing to show. */
export function instantiate(
  definition: ModelDefinition,
  bindings: Bindings,
  resolution: Resolution,
  problems: Problems,
): Instance | undefined {
  const scopes = new Map<Module, Scope>();
  const build: Build = {
    nodes: [],
    problems,
    resolution,
    settings: {},
    fileScope: (module) => fileScopeOf(module, scopes, build),
    progress: startProgress(),
  };
  const name = definition.ast.name.text;
  const frame: Frame = { kind: "model", name, definition: definition.ast.name.span, bindings: [] };
  rejectUnknown(definition, bindings, { build, frame });
  const target = followAliases(definition, bindings.parameters, build, frame);
  if (target === undefined || isBad(build, target.model)) return undefined;
  const { body, model, module } = target;
  const given = bindInputs(body, model, target.given, bindings, { build, frame });
  const parent = build.fileScope(module);
  const outside = environmentAt({ build, frame, scope: parent });
  if (!checkBound(model, given, { build, frame })) return undefined;
  const binding = bindParameters(model.parameters, given, parent, outside, outside);
  const place: Place = {
    build,
    module,
    frame: { ...frame, bindings: binding.printed },
    path: pathOf(name),
    scope: childScope(binding.scope),
  };
  for (const [symbol, sizes] of bindings.inputs) {
    const [size] = sizes;
    if (
      sizes.length === 1 &&
      size !== undefined &&
      !place.scope.entries.has(symbol) &&
      binding.scope.entries.get(symbol) === undefined
    ) {
      define(binding.scope, symbol, numberLiteral(size), model.name.span);
    }
  }
  const whereSpan = target.call ?? model.where?.span ?? model.name.span;
  if (!checkWhere(model.where, model.name.text, binding, whereSpan, outside, outside)) return undefined;
  return expandModel(name, body, bindings, {
    ...place,
    build: { ...build, settings: settingsOf(body, place) },
  });
}

/** What the paths of its nodes begin with: TensorFlow refuses names that start with `_`. */
function pathOf(model: string): string {
  return model.startsWith("_") ? `n${model}` : model;
}

function fileScopeOf(module: Module, scopes: Map<Module, Scope>, build: Build): Scope {
  const known = scopes.get(module);
  if (known !== undefined) return known;
  const scope = childScope();
  scopes.set(module, scope);
  for (const [name, { ast: item, module: home }] of module.lets) {
    const frame: Frame = { kind: "model", name: "let", definition: item.name.span, bindings: [] };
    const homeScope = home === module ? scope : fileScopeOf(home, scopes, build);
    define(
      scope,
      name,
      evaluate(item.value, environmentAt({ build, frame, scope: homeScope })),
      item.name.span,
    );
  }
  return scope;
}

interface Target {
  readonly body: ast.ModelBody;
  readonly model: ast.Model;
  readonly module: Module;
  readonly given: ReadonlyMap<string, Given>;
  /** The alias that calls it. */
  readonly call?: Span | undefined;
}

type Head = Pick<Place, "build" | "frame">;

function rejectUnknown(definition: ModelDefinition, bindings: Bindings, head: Head): void {
  const names = exposedParameters(definition);
  for (const [name, { span }] of bindings.parameters) {
    if (names.includes(name)) continue;
    const help = [names.length === 0 ? "it has none" : `it has ${names.map(quoted).join(", ")}`];
    report(head, unknownParameter, [definition.ast.name.text, name], { span, help });
  }
}

/** From an alias to the model with a body, with the arguments gathered on the way. */
function followAliases(
  definition: ModelDefinition,
  given: ReadonlyMap<string, Given>,
  build: Build,
  frame: Frame,
): Target | undefined {
  const { ast: model, module } = definition;
  if (model.definition.kind === "body") return { body: model.definition, model, module, given };
  if (isBad(build, model.definition)) return undefined;
  const target = definitionOf(model.definition.target, module);
  if (target?.kind !== "model") return undefined;
  const parent = build.fileScope(module);
  const environment = environmentAt({ build, frame, scope: parent });
  const own = bindParameters(model.parameters, given, parent, environment, environment);
  const names = exposedParameters(target);
  const fixed = evaluateArguments(model.definition.arguments?.items ?? [], names, {
    ...environment,
    scope: own.scope,
  });
  const passedOn = [...given].filter(([name]) => !own.scope.entries.has(name));
  const found = followAliases(target, new Map([...passedOn, ...fixed]), build, frame);
  return found && { ...found, call: model.definition.span };
}

function checkBound(model: ast.Model, given: ReadonlyMap<string, Given>, head: Head): boolean {
  const missing = model.parameters.filter(
    (parameter) => parameter.default === undefined && !given.has(parameter.name.text),
  );
  for (const parameter of missing) {
    const { text, span } = parameter.name;
    report(head, missingParameter, [model.name.text, text], { span, help: [`pass it: \`--set ${text}=…\``] });
  }
  return missing.length === 0;
}

/** Sizes given from outside set the parameters that stand alone in the declaration of an input. */
function bindInputs(
  body: ast.ModelBody,
  model: ast.Model,
  given: ReadonlyMap<string, Given>,
  bindings: Bindings,
  head: Head,
): ReadonlyMap<string, Given> {
  const result = new Map(given);
  const parameters = new Set(model.parameters.map((parameter) => parameter.name.text));
  for (const item of body.items) {
    const sizes = item.kind === "input" ? bindings.inputs.get(item.name.text) : undefined;
    if (item.kind !== "input" || sizes === undefined) continue;
    for (const [axis, expression] of [item.type.channels, ...item.type.sizes].entries()) {
      const size = sizes[axis];
      const name = bareName(expression);
      if (size === undefined || name === undefined || !parameters.has(name)) continue;
      const known = result.get(name)?.value;
      const fixed = known === undefined ? undefined : integerOf(known);
      if (fixed !== undefined && fixed !== size) {
        report(head, inputMismatch, [item.name.text, `${quoted(name)} cannot be ${fixed} and ${size}`], {
          span: expression.span,
        });
      }
      result.set(name, { value: numberLiteral(size), span: expression.span });
    }
  }
  return result;
}

function bareName(expression: ast.Expression): string | undefined {
  if (expression.kind !== "name" || expression.arguments !== undefined || expression.name.parts.length > 1)
    return undefined;
  return expression.name.parts[0].text;
}

/** `set` holds for the whole model, wherever it stands in it. */
function settingsOf(body: ast.ModelBody, place: Place): Settings {
  const settings: Record<string, unknown> = {};
  const environment = environmentAt(place);
  for (const item of body.items) {
    if (item.kind !== "set" || isBad(place.build, item)) continue;
    const name = item.name.text;
    const { type } = SETTINGS[name as keyof Settings];
    const { value } = readArgument(name, type, evaluate(item.value, environment), item.value, environment);
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

function expandModel(name: string, body: ast.ModelBody, bindings: Bindings, place: Place): Instance {
  const { build, scope } = place;
  const inputs: GraphPort[] = [];
  const outputs: GraphPort[] = [];
  const unread = new Set<number>();
  for (const item of body.items) {
    const environment = environmentAt(place);
    switch (item.kind) {
      case "input": {
        const value = makeInput(item, bindings, place, environment);
        inputs.push({ name: item.name.text, node: value.node, span: item.name.span });
        scope.entries.set(item.name.text, { kind: "tensor", value, span: item.name.span });
        break;
      }
      case "let":
        define(scope, item.let.name.text, evaluate(item.let.value, environment), item.let.name.span);
        break;
      case "value":
      case "output": {
        const value = expandItem(item, place);
        if (value === undefined) {
          scope.entries.set(item.name.text, { kind: "failed", span: item.name.span });
          break;
        }
        if (build.resolution.unread.has(item)) unread.add(value.node);
        scope.entries.set(item.name.text, { kind: "tensor", value, span: item.name.span });
        if (item.kind === "output")
          outputs.push({ name: item.name.text, node: value.node, span: item.name.span });
        break;
      }
      default:
    }
  }
  const graph: CheckedGraph = { name, nodes: build.nodes, inputs, outputs };
  if (!build.progress.isWhole) return { graph };
  findDeadValues(graph, unread, place);
  for (const item of body.items) if (item.kind === "expect") checkExpectations(item, graph, place);
  return { graph };
}

function expandItem(item: ast.OutputItem | ast.ValueItem, place: Place): Value | undefined {
  if (isBad(place.build, item)) return undefined;
  const entry = place.scope.entries.get(item.name.text);
  if (item.flow === undefined) {
    const value = entry?.kind === "tensor" ? entry.value : undefined;
    return value && item.type ? checkType(item.type, value, place, { it: value }) : value;
  }
  const path = `${place.path}/${item.name.text}`;
  const source = expandSource(item.flow.source, place, {}, path);
  if (source === undefined) return undefined;
  const value =
    item.flow.body === undefined ? source : expandBody(item.flow.body, { ...place, path }, source);
  return item.type === undefined ? value : checkType(item.type, value, place, { in: source, it: value });
}

/** A size that could not be determined: every check that rests on it is silent. */
const UNKNOWN_SIZE = 224;

function makeInput(item: ast.InputItem, bindings: Bindings, place: Place, environment: Environment): Value {
  const declared = declaredSizes(item.type, environment);
  const given = bindings.inputs.get(item.name.text);
  if (given !== undefined) checkGiven(item, given, declared, place);
  const numbers: readonly (number | undefined)[] =
    given !== undefined && given.length === declared.length
      ? given
      : declared.map((size) => declaredSize(size, place, environment));
  const [channels = UNKNOWN_SIZE, ...sizes] = numbers.map((size) => size ?? UNKNOWN_SIZE);
  const shape: Shape = { channels, sizes: sizes.slice(0, MAX_RANK) };
  if (sizes.length > MAX_RANK)
    report(place, notSupported, ["an input of more than three sizes is"], { span: item.type.span });
  const id = place.build.nodes.length;
  const origin = {
    span: item.span,
    parts: new Map<string, Span>([["name", item.name.span]]),
    frame: place.frame,
  };
  place.build.nodes.push({
    id,
    path: `${place.path}/${item.name.text}`,
    op: inputOp,
    attrs: {},
    inputs: [],
    shape,
    weights: [],
    origin,
  });
  const value: Value = { node: id, shape, doubt: CERTAIN };
  return numbers.includes(undefined) || sizes.length > MAX_RANK ? doubted(value) : value;
}

function declaredSize(
  { value, expression }: Declared,
  place: Place,
  environment: Environment,
): number | undefined {
  if (value === undefined) return undefined;
  if (value.kind === "word") {
    // The parser says that `N` is the batch.
    if (value.value === "N") return undefined;
    const help = [`give it a number: \`--input ${value.value}=224\`, or a parameter with a default`];
    return report(place, notSupported, [`the symbolic size ${quoted(value.value)} is`], {
      span: expression.span,
      help,
    });
  }
  const size = integerOf(value);
  const expects = `an integer from 1 to ${MAX_INTEGER}`;
  if (size === undefined) {
    return environment.report(wrongType, ["a size", expects, printLiteral(value)], expression.span);
  }
  if (size < 1 || size > MAX_INTEGER)
    return environment.report(outOfRange, ["a size", expects, `${size}`], expression.span);
  return size;
}

function checkGiven(
  item: ast.InputItem,
  given: readonly number[],
  declared: readonly Declared[],
  place: Place,
): void {
  const name = item.name.text;
  const span = item.type.span;
  if (given.length !== declared.length) {
    report(
      place,
      inputMismatch,
      [
        name,
        `${given.join("x")} has ${given.length - 1} sizes after the channels, not ${declared.length - 1}`,
      ],
      { span },
    );
    return;
  }
  const channels = declared[0]?.value;
  const fixed = channels === undefined ? undefined : integerOf(channels);
  if (fixed !== undefined && fixed !== given[0]) {
    report(place, inputMismatch, [name, `the spec fixes ${fixed} channels, not ${given[0]}`], { span });
  }
}
