/** What the parameters of a block must be for it to fit, read off the expansions that fit. */
import type * as ast from "../../../grammar/ast.ts";
import { groupBy } from "../../base/group.ts";
import { compare, isInteger, ZERO } from "../../base/rational.ts";
import { asQuotient, constantValue, differenceOf, type Term, unknownsOf, valueWith } from "../../ir/term.ts";
import { LANGUAGE, printTerm } from "../../ir/term-print.ts";
import { type Bounds, isAtLeast, isNeverZero, signOf } from "../../ir/term-sign.ts";
import { dependsOnSymbol } from "../../ops/flatten.ts";
import { modelTooLarge } from "../build.ts";
import { inconclusive, TESTS } from "../symbolic.ts";
import type { Comparison, Requirement } from "../trace.ts";
import { comparisonKey } from "./keys.ts";
import type { Run } from "./world.ts";

export interface Requirements {
  /** In words of the language; that channels and windows are at least 1 goes without saying. */
  readonly where: readonly string[];
  /** Whether nothing else is asked, as far as the expansions tell. */
  readonly isComplete: boolean;
}

/** `good` are those of the runs that fit, all of which meet `fixed`, or do nothing. */
export function requirementsOf(
  runs: readonly Run[],
  good: readonly Run[],
  bounds: Bounds,
  fixed: readonly Requirement[],
): Requirements {
  const known = new Map(good.flatMap(requirementsIn).map((requirement) => [keyOf(requirement), requirement]));
  // What some do without is asked under a condition.
  const common = [...known.values()].filter(
    (requirement) => good.every((run) => isMet(requirement, run)) && !isImplied(requirement, bounds),
  );
  const sides = sidesOf(runs, good);
  const kept = [...common, ...sides.requirements, ...fixed];
  const isComplete = !runs.some((run) => fails(run) && kept.every((each) => isMet(each, run)));
  const texts = [...new Set(kept.flatMap(printed))];
  const where = texts.filter((text) => text.length <= LONGEST).slice(0, MOST);
  return { where, isComplete: isComplete && sides.isComplete && where.length === texts.length };
}

/** More and longer conditions tell nobody anything. */
const MOST = 4;
const LONGEST = 40;

/** Of conditions that come out one way wherever the block fits: that they do. */
function sidesOf(
  runs: readonly Run[],
  good: readonly Run[],
): { readonly requirements: readonly Requirement[]; readonly isComplete: boolean } {
  const all = groupBy(
    runs.flatMap(({ trace }) => trace.comparisons),
    comparisonKey,
  );
  const busy = good.filter(({ trace }) => trace.leastTurns > 0);
  const requirements: Requirement[] = [];
  let isComplete = true;
  for (const [key, comparisons] of all) {
    const met = busy.map(({ trace }) => trace.comparisons.filter((each) => comparisonKey(each) === key));
    const [first, ...others] = met.flat();
    const isOneSided = others.every(({ holds }) => holds === first?.holds);
    if (!isOneSided || comparisons.every(({ holds }) => holds === first?.holds)) continue;
    const asked = met.flat().map(ofComparison);
    const [requirement] = asked;
    // Within another condition, or for some repetitions, it says less.
    const isAlways = met.every((ofRun) => ofRun.length === 1) && new Set(asked.map(keyOf)).size === 1;
    if (requirement !== undefined && isAlways) requirements.push(requirement);
    else isComplete = false;
  }
  return { requirements, isComplete };
}

function ofComparison({ operator, terms, holds }: Comparison): Requirement {
  return { kind: "compare", operator: holds ? operator : OPPOSITE[operator], terms };
}

const OPPOSITE: Readonly<Record<ast.ComparisonOperator, ast.ComparisonOperator>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

function requirementsIn({ trace: { requirements, opaque } }: Run): readonly Requirement[] {
  const isKnown = (term: Term): boolean => [...unknownsOf(term).keys()].every((name) => !opaque.has(name));
  return requirements.filter((requirement) => termsOf(requirement).every(isKnown));
}

function termsOf(requirement: Requirement): readonly Term[] {
  return requirement.kind === "compare" ? requirement.terms : [requirement.term];
}

function keyOf(requirement: Requirement): string {
  const operator = requirement.kind === "compare" ? requirement.operator : requirement.kind;
  return `${operator} ${termsOf(requirement)
    .map((term) => printTerm(term, LANGUAGE))
    .join(" and ")}`;
}

function isMet(requirement: Requirement, { trace: { values } }: Run): boolean {
  if (requirement.kind === "compare") {
    const difference = valueWith(differenceOf(...requirement.terms), values);
    return difference === undefined || TESTS[requirement.operator](compare(difference, ZERO));
  }
  const value = valueWith(requirement.term, values);
  return value === undefined || (requirement.kind === "whole" ? isInteger(value) : value.numerator > 0n);
}

/** Whether what the block itself asks of its parameters, or makes of them, says as much. */
function isImplied(requirement: Requirement, bounds: Bounds): boolean {
  if (requirement.kind !== "compare") return false;
  const [a, b] = requirement.terms;
  switch (requirement.operator) {
    case ">=":
      return isAtLeast(differenceOf(a, b), 0, bounds);
    case "<=":
      return isAtLeast(differenceOf(b, a), 0, bounds);
    case ">":
      return signOf(differenceOf(a, b), bounds) === 1;
    case "<":
      return signOf(differenceOf(a, b), bounds) === -1;
    case "!=":
      return isNeverZero(differenceOf(a, b), bounds);
    default:
      return false;
  }
}

/** Whether its parameters are admitted, and do not fit. */
function fails({ isAdmissible, fitsSizes, result, trace }: Run): boolean {
  const isOfNumbers = ({ diagnostic: { code, severity } }: Run["trace"]["mistakes"][number]): boolean =>
    severity === "error" &&
    ![dependsOnSymbol, inconclusive, modelTooLarge].some((kind) => kind.code === code);
  return isAdmissible && result === undefined && (!fitsSizes || trace.mistakes.some(isOfNumbers));
}

function printed(requirement: Requirement): readonly string[] {
  if (requirement.kind === "positive") return [];
  if (requirement.kind === "compare")
    return [requirement.terms.map((term) => printTerm(term, LANGUAGE)).join(` ${requirement.operator} `)];
  const { term } = requirement;
  const text = printTerm(term, LANGUAGE);
  const quotient = asQuotient(term);
  if (quotient === undefined || constantValue(quotient.numerator) !== undefined)
    return [`floor(${text}) == ${text}`];
  const [whole, divisor] = [quotient.numerator, quotient.divisor].map((part) => {
    const side = printTerm(part, LANGUAGE);
    return part.products.length > 1 ? `(${side})` : side;
  });
  return [`${whole} % ${divisor} == 0`];
}
