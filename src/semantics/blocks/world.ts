/** One expansion of a block by itself: its parameters are numbers with names, its input has channels and free sizes. */
import type * as ast from "../../../grammar/ast.ts";
import type { Frame } from "../../base/diagnostic.ts";
import { invariant } from "../../base/invariant.ts";
import { ONE, type Rational, rational } from "../../base/rational.ts";
import type { Span } from "../../base/source.ts";
import type { Literal } from "../../ir/literal.ts";
import { axesOf } from "../../ir/shape.ts";
import { mapSize, type Size, symbolSize } from "../../ir/size.ts";
import { ALL_SIZES, isOfUse, narrowedBy } from "../../ir/size-set.ts";
import { constantValue, type Term, unknown } from "../../ir/term.ts";
import { input as inputOp } from "../../ops/input.ts";
import type { Operands, Value } from "../../ops/op.ts";
import type { Settings } from "../../ops/settings.ts";
import { bindParameters, type Given } from "../bind.ts";
import { type Build, environmentAt, type Place, startBudget, startProgress } from "../build.ts";
import { enterWith } from "../enter-block.ts";
import { truthOf } from "../evaluate.ts";
import { expandEntered } from "../expand.ts";
import { fileScopes } from "../file-scopes.ts";
import { noGaps } from "../gaps.ts";
import type { BlockDefinition } from "../module.ts";
import { silentProblems } from "../problems.ts";
import type { Resolution } from "../resolve.ts";
import { CERTAIN } from "../scope.ts";
import { type Demand, noSymbols, type Symbols } from "../symbol-table.ts";
import { settleSymbols } from "../symbols.ts";
import { startTrace, type Trace } from "../trace.ts";
import { learnFromRelation } from "../trace-bounds.ts";
import { channelsName, sizeName } from "../traced-block.ts";

/** Of a block by itself; what is larger is not looked at. */
const MOST_STEPS = 10_000;

/** Images first, as most networks are of them. */
export const RANKS: readonly number[] = [2, 1, 3, 0];

/** So many take as long as what comes with each expansion, however small the block. */
const STEPS_OF_RUN = 20;

/** What a block is expanded for. */
export interface World {
  readonly rank: number;
  /** By name; those that are missing have their defaults. */
  readonly parameters: ReadonlyMap<string, Literal>;
  /** One an input. */
  readonly channels: readonly number[];
  /** Those of a model that calls it. */
  readonly settings?: Pick<Settings, "pad">;
  /** Sizes of the inputs, as multiples of those of the first. */
  readonly scales: readonly number[];
}

export interface Run {
  readonly world: World;
  readonly trace: Trace;
  /** Whether the `where` of the block admits the parameters. */
  readonly isAdmissible: boolean;
  /** Whether there are sizes that it can be meant for. */
  readonly fitsSizes: boolean;
  /** Absent where mistakes leave nothing to trust. */
  readonly result: Value | undefined;
  readonly symbols: Symbols;
}

/** How many steps may be taken to look at blocks. */
export interface Effort {
  left: number;
}

export function subjectOf(definition: BlockDefinition, resolution: Resolution, effort: Effort): Subject {
  const inputs = (definition.ast.inputs ?? [definition.ast.name]).map((_, index) =>
    channelsName(definition, index),
  );
  const bounds = new Map(inputs.map((name) => [name, { least: ONE }]));
  return { definition, resolution, effort, bounds, rules: new Map(), hypotheses: new Map() };
}

/** A block that is looked at by itself. */
export interface Subject {
  readonly definition: BlockDefinition;
  readonly resolution: Resolution;
  readonly effort: Effort;
  /** What is known of its unknowns; grows from run to run. */
  readonly bounds: Trace["bounds"];
  readonly rules: Trace["rules"];
  readonly hypotheses: Trace["hypotheses"];
}

export function runBlock(subject: Subject, world: World): Run {
  const { definition, resolution, effort } = subject;
  const { ast: block, module } = definition;
  const { settings } = world;
  const room = Math.min(MOST_STEPS, effort.left);
  const unknowns = new Map<string, Rational>();
  for (const [name, literal] of world.parameters) nameNumbers(name, literal, unknowns);
  for (const [index, channels] of world.channels.entries())
    unknowns.set(channelsName(definition, index), rational(channels));
  const trace = startTrace(unknowns, subject);
  const frame: Frame = { kind: "block", name: block.name.text, definition: block.name.span, bindings: [] };
  const scopeOf = fileScopes();
  const build: Build = {
    nodes: [],
    problems: silentProblems,
    resolution,
    settings: { order: "post", ...settings },
    model: asModel(block),
    symbols: noSymbols(),
    fileScope: (home) => scopeOf(home, build),
    progress: startProgress(),
    budget: startBudget(room),
    entered: new Set(),
    measured: new Set(),
    gaps: noGaps(),
    droppedFractions: [],
    trace,
  };
  const place: Place = {
    build,
    module,
    frame,
    path: block.name.text,
    scope: build.fileScope(module),
    depth: 0,
  };
  const operands = makeInputs(definition, world, place);
  const given = new Map(
    [...world.parameters].map(([name, value]): [string, Given] => [
      name,
      { value, span: spanOf(block, name) },
    ]),
  );
  const isAdmissible = admits(block, given, operands, place);
  const result = isAdmissible ? expand(definition, given, operands, place) : undefined;
  const { symbols, progress, budget } = build;
  effort.left -= STEPS_OF_RUN + budget.steps - startBudget(room).steps;
  const demands = [...symbols.demands];
  // Only what is demanded for all parameters can be broken for all of them.
  const ofAll = demands.filter(({ grounds }) => grounds?.values.every(isConstant) === true);
  symbols.demands.splice(0, demands.length, ...ofAll);
  if (isAdmissible) settleSymbols(build, frame, undefined);
  const fitsSizes = [...symbols.places.keys()].every((symbol) => hasUse(symbol, demands));
  const isSound =
    result !== undefined &&
    progress.isWhole &&
    result.doubt.size === 0 &&
    !trace.mistakes.some(isError) &&
    fitsSizes;
  return {
    world,
    trace,
    isAdmissible,
    fitsSizes,
    result: isSound ? result : undefined,
    symbols: { ...symbols, demands },
  };
}

/** Whether all demands on a symbol leave sizes that a block can be meant for. */
function hasUse(symbol: string, demands: readonly Demand[]): boolean {
  const set = narrowedBy(
    ALL_SIZES,
    demands.flatMap(({ condition }) => (condition.symbol === symbol ? [condition] : [])),
  );
  return set === undefined || isOfUse(set);
}

/** The unknowns that a parameter stands for, as `asUnknown` calls them. */
function nameNumbers(name: string, literal: Literal, unknowns: Map<string, Rational>): void {
  if (literal.kind === "number") unknowns.set(name, literal.value);
  if (literal.kind !== "list") return;
  unknowns.set(`len(${name})`, rational(literal.items.length));
  for (const [index, item] of literal.items.entries()) nameNumbers(`${name}[${index}]`, item, unknowns);
}

function isConstant(term: Term): boolean {
  return constantValue(term) !== undefined;
}

function isError({ diagnostic }: Trace["mistakes"][number]): boolean {
  return diagnostic.severity === "error";
}

function expand(
  definition: BlockDefinition,
  given: ReadonlyMap<string, Given>,
  operands: Operands<Value>,
  place: Place,
): Value | undefined {
  const { name } = definition.ast;
  const form = { name: { parts: [name], span: name.span } } as const;
  const application = { form, span: name.span, place, flow: {}, operands, path: place.path };
  const entered = enterWith(given, definition, application);
  return entered && expandEntered(entered, application);
}

/** What messages say of models, for a block. */
function asModel({ name, parameters, span }: ast.Block): ast.Model {
  return { name, parameters, span, definition: { kind: "body", items: [], span } };
}

function spanOf(block: ast.Block, parameter: string): Span {
  return block.parameters.find(({ name }) => name.text === parameter)?.span ?? block.name.span;
}

function makeInputs(
  definition: BlockDefinition,
  { rank, channels, scales }: World,
  place: Place,
): Operands<Value> {
  const { name, inputs = [name] } = definition.ast;
  const values = inputs.map((input, index): Value => {
    const { build, frame } = place;
    const sizes = axesOf(rank)
      .slice(1)
      .map((axis): Size => {
        const scale = scales[index] ?? 1;
        const symbol = sizeName(definition, rank, axis);
        build.symbols.places.set(symbol, input.span);
        return mapSize(symbolSize(symbol), (size) => size * scale, { every: 1, by: scale });
      });
    const shape = {
      channels: channels[index] ?? 1,
      sizes,
      formula: unknown(channelsName(definition, index)),
    };
    const origin = { span: input.span, parts: new Map([["name", input.span]]), frame };
    const node = build.nodes.length;
    const path = `${place.path}/${input.text}`;
    build.nodes.push({ id: node, path, op: inputOp, attrs: {}, inputs: [], shape, weights: [], origin });
    return { node, shape, doubt: CERTAIN };
  });
  const [first, ...rest] = values;
  invariant(first !== undefined, "a block has an input");
  return [first, ...rest];
}

/** Whether the `where` admits these parameters, and what it says of all that it admits. */
function admits(
  block: ast.Block,
  given: ReadonlyMap<string, Given>,
  [it]: Operands<Value>,
  place: Place,
): boolean {
  const trial: Place = {
    ...place,
    build: { ...place.build, trace: { ...traceOf(place), comparisons: [], mistakes: [] } },
  };
  const outside = environmentAt(trial, block.inputs === undefined ? { in: it } : {});
  const { scope } = bindParameters(block.parameters, given, trial.scope, outside, outside);
  const environment = outside.with({ scope });
  return (block.where?.relations ?? []).every((relation) => {
    learnFromRelation(relation, environment);
    return truthOf(relation, environment) === true;
  });
}

function traceOf({ build }: Place): Trace {
  invariant(build.trace !== undefined, "a block by itself is expanded with a trace");
  return build.trace;
}
