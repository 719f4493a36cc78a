/**
 * What expansion remembers when a block is checked for all its parameters: the block is expanded for numbers as ever,
 * and each number knows the formula that it came from. So one expansion tells for which other numbers the same holds.
 */
import type * as ast from "../../grammar/ast.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { type Rational, rational, ZERO } from "../base/rational.ts";
import type { Span } from "../base/source.ts";
import { type Literal, type NumberLiteral, numberLiteral } from "../ir/literal.ts";
import type { Shape } from "../ir/shape.ts";
import {
  constant,
  constantValue,
  differenceOf,
  isWholeTerm,
  substituted,
  type Term,
  unknown,
  unknownsOf,
} from "../ir/term.ts";
import { type Bound, signOf } from "../ir/term-sign.ts";
import type { Claim, Value } from "../ops/op.ts";
import type { Environment } from "./environment.ts";
import type { BlockDefinition } from "./module.ts";
import { lookUp } from "./scope.ts";

/** The channels that blocks give, as formulas of their parameters and of the channels of their inputs. */
export type Hypotheses = ReadonlyMap<BlockDefinition, Term>;

/** What a mistake rests on. Without grounds it may be there for these numbers only. */
export interface Grounds {
  /** Where all of these are constant, it is there for all unknowns. */
  readonly values: readonly Term[];
  /** Each should be equal: what is expected, and what is there. Where two never are, it is there for all unknowns. */
  readonly pairs: readonly (readonly [expected: Term, received: Term])[];
}

/** A comparison that comes out differently for other unknowns. */
export interface Comparison {
  readonly span: Span;
  readonly operator: ast.ComparisonOperator;
  readonly terms: readonly [Term, Term];
  readonly holds: boolean;
}

/** That a formula has at least this value: what else was remembered holds only then. */
export interface Assumption {
  readonly term: Term;
  readonly least: number;
}

/** What the unknowns must be for the block to fit. */
export type Requirement =
  | {
      readonly kind: "compare";
      readonly operator: ast.ComparisonOperator;
      readonly terms: readonly [Term, Term];
    }
  | { readonly kind: "whole" | "positive"; readonly term: Term };

export interface Mistake {
  readonly diagnostic: Diagnostic;
  readonly grounds: Grounds | undefined;
  /** The numbers of the repetitions that it was met in, innermost last: their unknowns and values. */
  readonly repetitions: ReadonlyMap<string, Rational>;
}

export interface Trace {
  /** What the unknowns are in this expansion. */
  readonly values: Map<string, Rational>;
  /** What is known of the unknowns for which the block can work at all; shared by all expansions of a block. */
  readonly bounds: Map<string, Bound>;
  readonly comparisons: Comparison[];
  readonly assumptions: Assumption[];
  readonly mistakes: Mistake[];
  /** What was asked of the unknowns, and is so here. */
  readonly requirements: Requirement[];
  /** The numbers of the repetitions around, innermost last. */
  readonly indices: string[];
  /** Why a number has no formula, by the name of the unknown that stands for it. */
  readonly opaque: Map<string, string>;
  /** What channels the calls of stages give, as formulas of their numbers; shared like the bounds. */
  readonly rules: Map<ast.QualifiedName, Term>;
  /** What blocks give that contain themselves, by which their calls of themselves are judged. */
  readonly hypotheses: Hypotheses;
  /** Blocks that were expanded within themselves. */
  readonly recursive: Set<BlockDefinition>;
  /** How often a loop was repeated whose count depends on unknowns, or comes to nothing: the one that was least often. */
  leastTurns: number;
  /** Above zero during a trial, of which nothing is remembered. */
  trials: number;
}

export function startTrace(
  values: ReadonlyMap<string, Rational>,
  { bounds, rules, hypotheses }: Pick<Trace, "bounds" | "rules" | "hypotheses">,
): Trace {
  return {
    values: new Map(values),
    bounds,
    rules,
    hypotheses,
    recursive: new Set(),
    comparisons: [],
    assumptions: [],
    mistakes: [],
    requirements: [],
    indices: [],
    opaque: new Map(),
    leastTurns: Number.POSITIVE_INFINITY,
    trials: 0,
  };
}

export function noteMistake(trace: Trace, diagnostic: Diagnostic, grounds: Grounds | undefined): void {
  if (trace.trials > 0) return;
  trace.mistakes.push({ diagnostic, grounds, repetitions: repetitionsAround(trace) });
}

function repetitionsAround({ indices, values }: Trace): ReadonlyMap<string, Rational> {
  return new Map(indices.map((name) => [name, values.get(name) ?? ZERO]));
}

/** The formula in this repetition. */
function inRepetition(trace: Trace, term: Term): Term {
  if (trace.indices.length === 0) return term;
  const here = new Map([...repetitionsAround(trace)].map(([name, value]) => [name, constant(value)]));
  return substituted(term, here) ?? term;
}

export function noteSameChannels(trace: Trace, a: Value | undefined, b: Value | undefined): void {
  if (a !== undefined && b !== undefined)
    noteRequirement(trace, {
      kind: "compare",
      operator: "==",
      terms: [channelsTerm(a.shape), channelsTerm(b.shape)],
    });
}

/** Of numbers that depend on unknowns; of those of a repetition, what they are in this one. */
export function noteRequirement(trace: Trace, requirement: Requirement): void {
  if (trace.trials > 0) return;
  if (requirement.kind === "compare") {
    const [a, b] = requirement.terms;
    if (constantValue(differenceOf(a, b)) === undefined)
      trace.requirements.push({ ...requirement, terms: [inRepetition(trace, a), inRepetition(trace, b)] });
    return;
  }
  const { kind, term } = requirement;
  const isPlain = constantValue(term) !== undefined || (kind === "whole" && isWholeTerm(term));
  if (!isPlain) trace.requirements.push({ kind, term: inRepetition(trace, term) });
}

/** A number that depends on the unknowns in a way that no formula says. */
export function opaqueTerm(trace: Trace, value: Rational | number, why: string): Term {
  const name = `?${trace.opaque.size}`;
  trace.opaque.set(name, why);
  trace.values.set(name, typeof value === "number" ? rational(value) : value);
  return unknown(name);
}

/** A number that the language binds, with its formula. */
export function termLiteral(value: number | bigint, term: Term | undefined): NumberLiteral {
  const { value: number } = numberLiteral(value) as NumberLiteral;
  return term === undefined || constantValue(term) !== undefined
    ? { kind: "number", value: number }
    : { kind: "number", value: number, term };
}

export function termOf(literal: NumberLiteral): Term {
  return literal.term ?? constant(literal.value);
}

export function termOfLiteral(literal: Literal | undefined): Term | undefined {
  return literal?.kind === "number" ? literal.term : undefined;
}

export function channelsTerm({ formula, channels }: Shape): Term {
  return formula ?? constant(channels);
}

/** The same value, with what its channels are for other unknowns. */
export function withFormula(value: Value, formula: Term): Value {
  const { formula: _, ...shape } = value.shape;
  return { ...value, shape: constantValue(formula) === undefined ? { ...shape, formula } : shape };
}

export function noteComparison(
  trace: Trace,
  span: Span,
  operator: ast.ComparisonOperator,
  [left, right]: readonly [Literal, Literal],
  holds: boolean,
): void {
  if (trace.trials > 0 || left.kind !== "number" || right.kind !== "number") return;
  const [a, b] = [termOf(left), termOf(right)];
  if (signOf(differenceOf(a, b), trace.bounds) === undefined)
    trace.comparisons.push({
      span,
      operator,
      terms: [inRepetition(trace, a), inRepetition(trace, b)],
      holds,
    });
}

/** The numbers in an expression that depend on unknowns. */
export function termsIn(expression: ast.Expression, environment: Environment): readonly Term[] {
  const { trace, scope } = environment;
  if (trace === undefined) return [];
  const ofMember = (value: Value | undefined, member: string | undefined): readonly Term[] => {
    if (value === undefined) return [];
    return member === "c" ? [channelsTerm(value.shape)] : [opaqueTerm(trace, 0, "a size")];
  };
  const ofLiteral = (literal: Literal): readonly Term[] => {
    if (literal.kind === "list")
      return [
        ...(literal.listing === undefined ? [] : [literal.listing.length]),
        ...literal.items.flatMap(ofLiteral),
      ];
    return literal.kind === "number" && literal.term !== undefined ? [literal.term] : [];
  };
  const visit = (node: ast.Expression): readonly Term[] => {
    switch (node.kind) {
      case "list":
        return node.items.flatMap(visit);
      case "flow-member":
        return ofMember(node.base === "in" ? environment.in : environment.it, node.member?.text);
      case "name": {
        if (node.arguments !== undefined) return node.arguments.items.flatMap(({ value }) => visit(value));
        const [head, member] = node.name.parts;
        const entry = lookUp(scope, head.text);
        if (entry?.kind === "tensor") return ofMember(entry.value, member?.text);
        return entry?.kind === "literal" ? ofLiteral(entry.value) : [];
      }
      case "index":
        return [...visit(node.base), ...visit(node.index)];
      case "unary":
        return visit(node.operand);
      case "binary":
        return [...visit(node.left), ...visit(node.right)];
      case "comparison":
        return node.operands.flatMap(visit);
      default:
        return [];
    }
  };
  return visit(expression);
}

/** The numbers of a call that depend on unknowns. */
export interface CallTerms {
  readonly channels?: Term | undefined;
  readonly growth?: Term | undefined;
  /** Of window, stride and arguments, by name; lists have several. */
  readonly others: ReadonlyMap<string, readonly Term[]>;
}

/** What the report of a stage rests on: the sizes that it claims, and the numbers of the call. */
export function stageGrounds(call: CallTerms, claims: readonly Claim[], inputs: readonly Value[]): Grounds {
  // Whether a value is a map depends on no number.
  if (claims.length > 0 && claims.every(({ axis }) => axis === "rank")) return { values: [], pairs: [] };
  const values = [...call.others.values()].flat();
  const widths: Term[] = [];
  for (const { input, axis } of claims) {
    const value = inputs[input];
    if (value === undefined) continue;
    if (axis === 0) widths.push(channelsTerm(value.shape));
    else if (axis !== "rank") values.push(...sizeTerms(value));
  }
  const [first, second] = widths;
  if (first === undefined) return { values, pairs: [] };
  const written = [call.channels, call.growth].flatMap((term) => term ?? []);
  return {
    values: [...values, ...widths, ...written],
    // Claims about the channels of two operands say that they should be equal.
    pairs: second === undefined ? [] : [[first, second]],
  };
}

/** The unknowns that the sizes of a value depend on. */
export function sizeTerms({ sizesBy = NOTHING }: Value): readonly Term[] {
  return [...sizesBy].map((name) => unknown(name));
}

const NOTHING: ReadonlySet<string> = new Set();

/** The same value, whose sizes depend on what those of others depend on, and on these unknowns. */
export function sizedBy(value: Value, others: readonly Value[], terms: readonly Term[] = []): Value {
  const { sizesBy: _, ...rest } = value;
  const names = [...others, value].flatMap(({ sizesBy = NOTHING }) => [...sizesBy]);
  const all = new Set([...names, ...terms.flatMap((term) => [...unknownsOf(term).keys()])]);
  return all.size === 0 || value.shape.sizes.length === 0 ? rest : { ...rest, sizesBy: all };
}
