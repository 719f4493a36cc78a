/** What is known of unknowns because a block cannot work otherwise: its `where`, and counts and channels that are at least 1. */
import type * as ast from "../../grammar/ast.ts";
import {
  add,
  compare,
  divide,
  floor,
  isInteger,
  negate,
  ONE,
  type Rational,
  rational,
  subtract,
  ZERO,
} from "../base/rational.ts";
import { constant, differenceOf, negated, type Term, unknownsOf, valueWith } from "../ir/term.ts";
import type { Environment } from "./environment.ts";
import { evaluate } from "./evaluate.ts";
import { noteRequirement, type Trace, termOf } from "./trace.ts";

/** That a number counts something, at least one: that says something of its unknown, when that is one alone. */
export function learnAmount(trace: Trace, term: Term): void {
  noteRequirement(trace, { kind: "whole", term });
  noteRequirement(trace, { kind: "positive", term });
  learnSign(trace, differenceOf(term, constant(1)), false);
}

/** Of comparisons of one unknown with numbers: `k >= 1`, `0 < theta <= 1`. */
export function learnFromRelation(relation: ast.Expression, environment: Environment): void {
  const { trace } = environment;
  if (trace === undefined) return;
  for (const { operator, terms } of comparisonsIn(relation, environment)) {
    const difference = differenceOf(...terms);
    const isStrict = operator === "<" || operator === ">";
    if (operator === ">" || operator === ">=" || operator === "==") learnSign(trace, difference, isStrict);
    if (operator === "<" || operator === "<=" || operator === "==")
      learnSign(trace, negated(difference), isStrict);
  }
}

/** Of a block that is called: what its `where` asks of its parameters. */
export function requireRelation(relation: ast.Expression, environment: Environment): void {
  const { trace } = environment;
  if (trace === undefined) return;
  for (const comparison of comparisonsIn(relation, environment))
    noteRequirement(trace, { kind: "compare", ...comparison });
}

interface ComparedTerms {
  readonly operator: ast.ComparisonOperator;
  readonly terms: readonly [Term, Term];
}

function comparisonsIn(relation: ast.Expression, environment: Environment): readonly ComparedTerms[] {
  if (relation.kind !== "comparison") return [];
  const sides = relation.operands.map((operand) => evaluate(operand, environment));
  return relation.operators.flatMap((operator, index): readonly ComparedTerms[] => {
    const [left, right] = [sides[index], sides[index + 1]];
    return left?.kind === "number" && right?.kind === "number"
      ? [{ operator, terms: [termOf(left), termOf(right)] }]
      : [];
  });
}

/** That a formula is not negative, or that it is above zero. */
function learnSign(trace: Trace, term: Term, isStrict: boolean): void {
  const [unknown, ...others] = unknownsOf(term).values();
  if (unknown === undefined || others.length > 0 || trace.opaque.has(unknown.name)) return;
  const { name, isWhole } = unknown;
  const at = (value: Rational): Rational | undefined => valueWith(term, new Map([[name, value]]));
  const [zero, one, two] = [ZERO, ONE, rational(2)].map(at);
  if (zero === undefined || one === undefined || two === undefined) return;
  const slope = subtract(one, zero);
  const root = compare(subtract(two, one), slope) === 0 ? divide(negate(zero), slope) : undefined;
  if (root === undefined) return;
  const isLeast = slope.numerator > 0n;
  const known = trace.bounds.get(name) ?? {};
  if (isLeast) {
    const least = isWhole ? nextWhole(root, isStrict) : root;
    if (known.least === undefined || compare(least, known.least) > 0)
      trace.bounds.set(name, { ...known, least });
  } else {
    const most = isWhole ? negate(nextWhole(negate(root), isStrict)) : root;
    if (known.most === undefined || compare(most, known.most) < 0) trace.bounds.set(name, { ...known, most });
  }
}

/** The first whole number from here on, or after. */
function nextWhole(value: Rational, isAfter: boolean): Rational {
  if (isInteger(value)) return isAfter ? add(value, ONE) : value;
  return rational(floor(value) + 1n);
}
