/** Makes the checked graph of one model: its parameters bound, its inputs sized, its flows expanded. */
import type * as ast from "../../grammar/ast.ts";
import type { Frame } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { listOf, nearest, quoted } from "../base/text.ts";
import type { GraphPort } from "../ir/graph.ts";

import { contains } from "../ir/size-set.ts";
import { missingParameter, unknownParameter } from "../ops/call-problems.ts";

import type { CheckedGraph, Value } from "../ops/op.ts";
import { SETTINGS, type Settings } from "../ops/settings.ts";
import { bindParameters, evaluateArguments, type Given } from "./bind.ts";
import {
  type Budget,
  type Build,
  environmentAt,
  isBad,
  type Place,
  report,
  spend,
  startProgress,
} from "./build.ts";
import { readArgument } from "./call.ts";
import { definitionOf } from "./callee.ts";
import { findDeadValues } from "./dead-values.ts";

import type { DroppedFraction } from "./dropped-fractions.ts";
import { evaluate } from "./evaluate.ts";

import { expandBody, expandSource } from "./expand.ts";
import { checkExpectations } from "./expect.ts";
import type { Bindings } from "./external.ts";
import { fileScopes } from "./file-scopes.ts";
import { addHoleWithoutValue, type Gaps, hasHoles, isLegible, nameValue, noGaps } from "./gaps.ts";
import { declareSymbols, holdWhere, type InputSymbol, reportGiven, symbolsOf } from "./input-symbols.ts";
import { losslessConditions } from "./lossless.ts";
import { bindInputs, inputMismatch, makeInput } from "./model-inputs.ts";
import type { ModelDefinition, Module } from "./module.ts";
import { type Problems, silentProblems } from "./problems.ts";
import { exposedParameters, type Resolution } from "./resolve.ts";
import { childScope, define, type SharedInstance } from "./scope.ts";
import { type Demand, noSymbols, type SymbolConstraint } from "./symbol-table.ts";
import { refusalOf, settleSymbols } from "./symbols.ts";
import type { Trace } from "./trace.ts";
import { checkType } from "./types.ts";

export interface Instance {
  readonly graph: CheckedGraph;
  /** One a symbol that is free. */
  readonly constraints: readonly SymbolConstraint[];
  /** Where the graph is not what the spec says; holes stand in it for what a mistake leaves unknown. */
  readonly gaps: Gaps;
  readonly droppedFractions: readonly DroppedFraction[];
  /** What is asked of the symbols. */
  readonly demands: readonly Demand[];
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

/** What the models of a file have in common. */
export interface ResolvedProgram {
  readonly resolution: Resolution;
  readonly problems: Problems;
  readonly budget: Budget;
  /** The blocks that were expanded; grows. */
  readonly entered: Set<ast.Block>;
  /** Remembers how loops come to what is wrong in them. */
  readonly trace?: Trace;
}

/** The graph, as far as mistakes let it be made; `undefined` when there is nothing to show. */
export function instantiate(
  definition: ModelDefinition,
  bindings: Bindings,
  program: ResolvedProgram,
): Instance | undefined {
  const scopeOf = fileScopes();
  const build: Build = {
    nodes: [],
    ...program,
    model: definition.ast,
    symbols: noSymbols(),
    settings: {},
    fileScope: (module) => scopeOf(module, build),
    progress: startProgress(),
    measured: new Set(),
    gaps: noGaps(),
    droppedFractions: [],
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
    build: { ...build, model },
    module,
    frame: { ...frame, bindings: binding.printed },
    path: pathOf(name),
    scope: childScope(binding.scope),
    depth: 0,
  };
  const symbols = symbolsOf(body, binding.scope, bindings);
  rejectUnknownSizes(model, body, bindings, symbols, place);
  const isFree = symbols.every(({ value }) => value === undefined);
  if (!isFree && !admits(definition, bindings, symbols, program, place)) return undefined;
  if (!isLegible(model, module)) build.gaps.isTotal = true;
  declareSymbols(symbols, model, binding.scope, place);
  if (!holdWhere(model, binding, target.call, place)) return undefined;
  return expandModel(name, body, bindings, {
    ...place,
    build: { ...place.build, settings: settingsOf(body, place) },
  });
}

/** Whether the sizes given for symbols are among those that the model can work on; reports DN0503 or DN0504. */
function admits(
  definition: ModelDefinition,
  bindings: Bindings,
  symbols: readonly InputSymbol[],
  program: ResolvedProgram,
  place: Place,
): boolean {
  const names = new Set(symbols.map(({ name }) => name.text));
  const inputs = new Map(
    [...bindings.inputs].filter(([name]) => !names.has(name) && !bindsSymbol(name, symbols)),
  );
  const free = instantiate(definition, { ...bindings, inputs }, { ...program, problems: silentProblems });
  let fits = true;
  for (const { name, value } of symbols) {
    const constraint = free?.constraints.find(({ symbol }) => symbol === name.text);
    if (constraint === undefined || value === undefined || contains(constraint.valid, value)) continue;
    const refusal = free === undefined ? {} : refusalOf(free.demands, name.text, value, free.graph.nodes);
    reportGiven(name, value, constraint, refusal, place);
    fits = false;
  }
  return fits;
}

function bindsSymbol(input: string, symbols: readonly InputSymbol[]): boolean {
  return symbols.some(({ inputs }) => inputs.includes(input));
}

/** What the paths of its nodes begin with: TensorFlow refuses names that start with `_`. */
function pathOf(model: string): string {
  return model.startsWith("_") ? `n${model}` : model;
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
    const near = nearest(name, names);
    const has = names.length === 0 ? "it has none" : `it has ${listOf(names.map(quoted))}`;
    const help = [near === undefined ? has : `${has}; did you mean ${quoted(near)}?`];
    report(head, unknownParameter, [definition.ast.name.text, name], { span, help });
  }
}

/** Sizes from outside are of an input or a symbol. */
function rejectUnknownSizes(
  { name: { text, span } }: ast.Model,
  { items }: ast.ModelBody,
  bindings: Bindings,
  symbols: readonly InputSymbol[],
  place: Place,
): void {
  const inputs = items.flatMap((item) => (item.kind === "input" ? [item.name.text] : []));
  const known = [...inputs, ...symbols.map(({ name }) => name.text)];
  for (const name of bindings.inputs.keys()) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const help = near === undefined ? `it has ${listOf(known.map(quoted))}` : `did you mean ${quoted(near)}?`;
    report(place, inputMismatch, [name, `${quoted(text)} has no such input or free size`], {
      span,
      help: [help],
    });
  }
}

/** From an alias to the model with a body, with the arguments gathered on the way. */
function followAliases(
  first: ModelDefinition,
  bindings: ReadonlyMap<string, Given>,
  build: Build,
  frame: Frame,
): Target | undefined {
  let [definition, given] = [first, bindings];
  let call: Span | undefined;
  while (definition.ast.definition.kind === "alias") {
    const { ast: model, module } = definition;
    const alias = definition.ast.definition;
    call ??= alias.span;
    if (isBad(build, alias) || !spend({ build, frame }, alias.span)) return undefined;
    const target = definitionOf(alias.target, module);
    if (target?.kind !== "model") return undefined;
    const parent = build.fileScope(module);
    const environment = environmentAt({ build, frame, scope: parent });
    const own = bindParameters(model.parameters, given, parent, environment, environment);
    const inside = environment.with({ scope: own.scope });
    const fixed = evaluateArguments(alias.arguments?.items ?? [], exposedParameters(target), inside);
    const passedOn = [...given].filter(([name]) => !own.scope.entries.has(name));
    [definition, given] = [target, new Map([...passedOn, ...fixed])];
  }
  const { ast: model, module } = definition;
  return { body: definition.ast.definition, model, module, given, call };
}

function checkBound(model: ast.Model, given: ReadonlyMap<string, Given>, head: Head): boolean {
  const missing = model.parameters.filter(
    (parameter) => parameter.default === undefined && !given.has(parameter.name.text),
  );
  for (const parameter of missing) {
    const { text, span } = parameter.name;
    report(head, missingParameter, [model.name.text, quoted(text)], {
      span,
      help: [`pass it: \`--set ${text}=…\``],
    });
  }
  return missing.length === 0;
}

/** `set` holds for the whole model, wherever it stands in it. */
function settingsOf(body: ast.ModelBody, place: Place): Settings {
  const settings: Record<string, unknown> = {};
  const environment = environmentAt(place);
  for (const item of body.items) {
    if (item.kind !== "set") continue;
    if (isBad(place.build, item)) {
      place.build.gaps.isTotal = true;
      continue;
    }
    const name = item.name.text;
    const { type } = SETTINGS[name as keyof Settings];
    const { value, isGuess } = readArgument(
      name,
      type,
      evaluate(item.value, environment),
      item.value,
      environment,
    );
    if (isGuess) place.build.gaps.isTotal = true;
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
      case "shared": {
        const { name, operation } = item;
        const path = `${place.path}/${name.text}`;
        const instance: SharedInstance = { name: name.text, operation, scope, path, weights: [], uses: 0 };
        scope.entries.set(name.text, { kind: "shared", instance, span: name.span });
        break;
      }
      case "value":
      case "output": {
        const value = expandItem(item, place);
        if (value === undefined) {
          scope.entries.set(item.name.text, { kind: "failed", span: item.name.span });
          addHoleWithoutValue(item.span, place);
          break;
        }
        if (build.resolution.unread.has(item)) unread.add(value.node);
        nameValue(item.name, value, place);
        if (item.kind === "output")
          outputs.push({ name: item.name.text, node: value.node, span: item.name.span });
        break;
      }
      default:
    }
  }
  build.budget.operations += build.nodes.length;
  const graph: CheckedGraph = { name, nodes: build.nodes, inputs, outputs };
  // What is missing from a graph may be what makes its sizes fit.
  const { isWhole } = build.progress;
  const constraints = settleSymbols(
    build,
    place.frame,
    isWhole ? losslessConditions(build.nodes) : undefined,
  );
  const { gaps, droppedFractions } = build;
  const { demands } = build.symbols;
  // What a hole stands for may have been meant to read them.
  if (!gaps.isTotal && !hasHoles(graph)) findDeadValues(graph, unread, place);
  if (!isWhole) return { graph, constraints: [], gaps, droppedFractions, demands };
  for (const item of body.items) if (item.kind === "expect") checkExpectations(item, graph, place);
  return { graph, constraints, gaps, droppedFractions, demands };
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
