/**
 * What the channels that a stage gives are for other unknowns. The stage itself is asked: it is applied again with other
 * channels and arguments, and the rule that its results follow is the formula.
 */

import type * as ast from "../../grammar/ast.ts";
import { invariant } from "../base/invariant.ts";
import { rational, toSafeInteger } from "../base/rational.ts";
import type { Literal } from "../ir/literal.ts";
import type { Shape } from "../ir/shape.ts";
import {
  constant,
  constantValue,
  differenceOf,
  productOf,
  scaledBy,
  substituted,
  sumOf,
  type Term,
  unknown,
  valueWith,
} from "../ir/term.ts";
import type { Call, Expansion, Operands, OpNode, Stage, Value } from "../ops/op.ts";
import { shapesOf } from "../ops/op.ts";
import type { Settings } from "../ops/settings.ts";
import type { Build } from "./build.ts";
import { argumentsOf, type CallForm } from "./call-form.ts";
import { pairArguments, SIZE_ARGUMENT } from "./callee.ts";
import type { Environment } from "./environment.ts";
import { evaluate } from "./evaluate.ts";
import { CERTAIN, type Entry } from "./scope.ts";
import { SILENT_SITE } from "./site.ts";
import {
  type CallTerms,
  channelsTerm,
  opaqueTerm,
  sizedBy,
  type Trace,
  termOfLiteral,
  withFormula,
} from "./trace.ts";
import { learnAmount } from "./trace-bounds.ts";

export interface StageAtWork {
  /** Of the call, as it stands in the tree. */
  readonly name: ast.QualifiedName;
  readonly stage: Stage;
  readonly call: Call;
  readonly operands: Operands<Value>;
  /** Further values whose sizes it takes. */
  readonly templates: readonly Value[];
  readonly growth: number | undefined;
  readonly settings: Settings;
  readonly terms: CallTerms;
}

/** Evaluates the parts of a call that may depend on unknowns once more, for their formulas alone. */
export function termsOfCall(
  form: CallForm,
  stage: Stage,
  environment: Environment,
  growth: Entry | undefined,
): CallTerms {
  const quiet = environment.silent;
  const others = new Map<string, readonly Term[]>();
  const add = (name: string, expression: ast.Expression | undefined): void => {
    const terms = termsOfLiteral(expression && evaluate(expression, quiet));
    if (terms.length > 0) others.set(name, terms);
  };
  add("kernel", form.kernel);
  add("stride", form.stride);
  for (const [name, { value }] of pairArguments(argumentsOf(form), Object.keys(stage.arguments)))
    if (stage.arguments[name]?.type.isTensor !== true) add(name === SIZE_ARGUMENT ? "kernel" : name, value);
  return {
    channels: termOfLiteral(form.channels && evaluate(form.channels, quiet)),
    growth: growth?.kind === "literal" ? termOfLiteral(growth.value) : undefined,
    others,
  };
}

/** The formulas of a literal's numbers. */
function termsOfLiteral(literal: Literal | undefined): readonly Term[] {
  if (literal?.kind === "list") return literal.items.flatMap(termsOfLiteral);
  return literal?.kind === "number" && literal.term !== undefined ? [literal.term] : [];
}

/** The result of a stage, with what it is for other unknowns. */
export function tracedResult(build: Build, work: StageAtWork, result: Value): Value {
  const { trace, nodes } = build;
  if (trace === undefined) return result;
  const { operands, terms } = work;
  for (const written of [terms.channels, terms.growth])
    if (written !== undefined) learnAmount(trace, written);
  for (const name of ["kernel", "stride"])
    for (const term of terms.others.get(name) ?? []) learnAmount(trace, term);
  const levers = leversOf(work);
  const formula = formulaOf(trace, levers, work, result.shape.channels);
  const whole = withFormula(result, formula);
  if (constantValue(formula) === undefined) nameChannels(nodes, result, operands, formula);
  return sizedBy(
    whole,
    [...operands, ...work.templates],
    variesSizes(levers, work) ? [...terms.others.values()].flat() : [],
  );
}

/** Sizes of long periods take long to work with; those of networks that are meant, like of a U-Net of five levels, do not. */
export function finenessOf({ sizes }: Shape): number {
  return sizes.reduce((sum: number, size) => sum + (typeof size === "number" ? 0 : size.every >> 3), 0);
}

/** What is said of a node is said of its formula; those of the stage that lead to its result share it. */
function nameChannels(
  nodes: OpNode[],
  { node: last, shape: { channels } }: Value,
  operands: Operands<Value>,
  formula: Term,
): void {
  const given = new Set(operands.map(({ node }) => node));
  for (let id: number | undefined = last; id !== undefined && !given.has(id); id = nodes[id]?.inputs[0]) {
    const node = nodes[id];
    if (node === undefined || node.shape.channels !== channels) return;
    nodes[id] = { ...node, shape: { ...node.shape, formula } };
  }
}

/** Whether the sizes that come out depend on numbers of the call that depend on unknowns. */
function variesSizes(levers: readonly Lever[], work: StageAtWork): boolean {
  const { others } = work.terms;
  if (others.size === 0) return false;
  const tried = [1, 2, 3].map((multiple) => resultFor(levers, work, () => multiple)?.sizes.join("x"));
  const isLever = (name: string): boolean => typeof work.call.arguments[name] === "number";
  return [...others.keys()].some((name) => !isLever(name)) || new Set(tried).size > 1;
}

/** A number of the call or of an operand, which can be another. */
interface Lever {
  /** What it is called among those of one call. */
  readonly key: string;
  readonly term: Term;
  readonly value: number;
  /** The same call with another number. */
  move(work: Moved, to: number): Moved;
}

type Moved = Pick<StageAtWork, "call" | "operands" | "growth">;

function formulaOf(trace: Trace, levers: readonly Lever[], work: StageAtWork, channels: number): Term {
  if (levers.length === 0) return constant(channels);
  const known = trace.rules.get(work.name);
  const isMet = (term: Term | undefined): term is Term => {
    const value = term && valueWith(term, trace.values);
    return value !== undefined && toSafeInteger(value) === channels;
  };
  const before = known && applied(known, levers);
  if (isMet(before)) return before;
  const rule = fitted(levers, work);
  if (rule !== undefined) trace.rules.set(work.name, rule);
  const term = rule && applied(rule, levers);
  return isMet(term)
    ? term
    : opaqueTerm(trace, channels, `the channels that \`${work.stage.name}\` gives follow no formula`);
}

/** The rule of a call, whose unknowns are its levers, for the formulas that they have here. */
function applied(rule: Term, levers: readonly Lever[]): Term | undefined {
  return substituted(rule, new Map(levers.map(({ key, term }) => [key, term])));
}

function leversOf({ call, operands, growth, terms }: StageAtWork): readonly Lever[] {
  const levers: Lever[] = [];
  for (const [index, { shape }] of operands.entries()) {
    const term = channelsTerm(shape);
    if (constantValue(term) !== undefined) continue;
    const move = (work: Moved, to: number): Moved => ({
      ...work,
      operands: movedOperand(work.operands, index, to),
    });
    levers.push({ key: `${index}`, term, value: shape.channels, move });
  }
  const { channels } = call;
  if (terms.channels !== undefined && channels !== undefined)
    levers.push({
      key: "->",
      term: terms.channels,
      value: channels,
      move: (work, to) => ({ ...work, call: { ...work.call, channels: to } }),
    });
  if (terms.growth !== undefined && growth !== undefined)
    levers.push({
      key: "k",
      term: terms.growth,
      value: growth,
      move: (work, to) => ({ ...work, growth: to }),
    });
  for (const [name, [term, ...more]] of terms.others) {
    const value = call.arguments[name];
    if (typeof value !== "number" || term === undefined || more.length > 0) continue;
    levers.push({
      key: `${name}=`,
      term,
      value,
      move: (work, to) => ({
        ...work,
        call: { ...work.call, arguments: { ...work.call.arguments, [name]: to } },
      }),
    });
  }
  return levers;
}

function movedOperand([first, ...rest]: Operands<Value>, index: number, to: number): Operands<Value> {
  const moved = (value: Value): Value => ({ ...value, shape: { channels: to, sizes: value.shape.sizes } });
  if (index === 0) return [moved(first), ...rest];
  return [first, ...rest.map((value, position) => (position + 1 === index ? moved(value) : value))];
}

/** The one polynomial of degree at most one in each number that agrees with the stage, if the stage is such. */
function fitted(levers: readonly Lever[], work: StageAtWork): Term | undefined {
  const tried = (multiples: (index: number) => number): number | undefined =>
    resultFor(levers, work, multiples)?.channels;
  const parts: { readonly moved: readonly number[]; readonly coefficient: number }[] = [];
  for (const moved of movements(levers.length)) {
    const result = tried((index) => (moved.includes(index) ? 2 : 1));
    if (result === undefined) return undefined;
    // Inclusion and exclusion: what these numbers do together beyond what fewer of them do.
    const fewer = parts.filter((part) => part.moved.every((index) => moved.includes(index)));
    const coefficient = fewer.reduce((rest, part) => rest - part.coefficient, result);
    if (coefficient !== 0) parts.push({ moved, coefficient });
  }
  const isRule = [3, 5].every((least) => {
    const multiples = (index: number): number => least + index;
    const expected = parts.reduce(
      (sum, { moved, coefficient }) =>
        sum + moved.reduce((product, index) => product * (multiples(index) - 1), coefficient),
      0,
    );
    return tried(multiples) === expected;
  });
  if (!isRule) return undefined;
  return sumOf(
    parts.map(({ moved, coefficient }) =>
      moved.reduce((product, index) => productOf(product, stepsAway(levers[index])), constant(coefficient)),
    ),
  );
}

/** What comes out when each number is so many times as large; what divides a number divides that too. */
function resultFor(
  levers: readonly Lever[],
  { stage, settings, call, operands, growth }: StageAtWork,
  multiples: (index: number) => number,
): Shape | undefined {
  const [first, ...rest] = operands;
  const start: Moved = { call, growth, operands: [withPlainSizes(first), ...rest.map(withPlainSizes)] };
  const moved = levers.reduce((at, lever, index) => lever.move(at, stepped(lever, multiples(index))), start);
  return stage.apply(moved.call, moved.operands, silentExpansion(stage, settings, moved.growth))?.shape;
}

/** Far above any window. */
const PLAIN_SIZE = 840;

/** Numbers are quicker to work with than free sizes. */
function withPlainSizes(value: Value): Value {
  const { channels, sizes } = value.shape;
  return { ...value, shape: { channels, sizes: sizes.map(() => PLAIN_SIZE) } };
}

/** More numbers than this are taken not to be multiplied with one another. */
const MOST_MULTIPLIED = 5;

/** Which numbers move at once, by index; fewer come first. */
function movements(amount: number): readonly (readonly number[])[] {
  const indices = Array.from({ length: amount }, (_, index) => index);
  if (amount > MOST_MULTIPLIED) return [[], ...indices.map((index) => [index])];
  const sets = Array.from({ length: 2 ** amount }, (_, set) =>
    indices.filter((index) => ((set >> index) & 1) === 1),
  );
  return sets.sort((a, b) => a.length - b.length);
}

function stepOf({ value }: Lever): number {
  return value === 0 ? 1 : value;
}

function stepped(lever: Lever, multiple: number): number {
  return lever.value + (multiple - 1) * stepOf(lever);
}

function stepsAway(lever: Lever | undefined): Term {
  invariant(lever !== undefined, "a number that moves is one of the levers");
  return scaledBy(differenceOf(unknown(lever.key), constant(lever.value)), rational(1, stepOf(lever)));
}

/** Shapes alone: no nodes, no reports. */
function silentExpansion(stage: Stage, settings: Settings, growth: number | undefined): Expansion {
  return {
    ...SILENT_SITE,
    stageName: stage.name,
    settings,
    growth: () => growth,
    emit: (op, attrs, inputs) => ({
      node: -1,
      shape: op.shape(shapesOf(inputs), attrs, SILENT_SITE),
      doubt: CERTAIN,
    }),
  };
}
