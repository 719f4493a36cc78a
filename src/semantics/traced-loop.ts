/**
 * What a loop comes to for any number of repetitions: its body is tried once with channels `c` and the number `i` of the
 * repetition as unknowns. Where it gives `c` plus what does not depend on `c`, the loop adds that up; where it gives
 * what does not depend on `c` at all, the last repetition decides.
 */
import { rational, ZERO } from "../base/rational.ts";
import { isSameSize } from "../ir/size.ts";
import {
  constant,
  constantValue,
  differenceOf,
  isSameTerm,
  type Product,
  productOf,
  scaledBy,
  substituted,
  sumOf,
  type Term,
  unknown,
  unknownsOf,
} from "../ir/term.ts";
import { isAtLeast } from "../ir/term-sign.ts";
import type { Value } from "../ops/op.ts";
import { CERTAIN, doubted } from "./scope.ts";
import { demandsFromHere, type Symbols } from "./symbol-table.ts";
import { channelsTerm, noteRequirement, opaqueTerm, sizedBy, type Trace, withFormula } from "./trace.ts";

export interface TracedLoop {
  readonly total: number;
  /** How the total came about. */
  readonly count: Term;
  /** What the number of the repetition is called. */
  readonly indexName: string;
  /** One repetition; `number` is its number as a formula. `undefined`: the expansion has become too large. */
  readonly repeat: (index: number, it: Value, number: Term) => Value | undefined;
}

export function traceLoop(trace: Trace, loop: TracedLoop, start: Value, symbols: Symbols): Value {
  const { total, count } = loop;
  noteRequirement(trace, { kind: "whole", term: count });
  const isCounted = constantValue(count) !== undefined;
  if (total === 0 || !isCounted) trace.leastTurns = Math.min(total, trace.leastTurns);
  const index = freshName(trace, loop.indexName);
  const before = channelsTerm(start.shape);
  const rule = total === 0 ? undefined : tryBody(trace, loop, start, index, symbols);
  const at = rule && channelsBefore(rule, before, index);
  let it = start;
  for (let step = 0; step < total; step += 1) {
    trace.values.set(index, rational(step));
    // What the last repetition decides starts from what was before the loop.
    const formula = step === 0 && rule?.kind === "last" ? before : at?.(unknown(index));
    if (formula !== undefined) it = withFormula(it, formula);
    trace.indices.push(index);
    const next = loop.repeat(step, it, formula === undefined ? constant(step) : unknown(index));
    trace.indices.pop();
    if (next === undefined) return doubted(it);
    it = next;
  }
  trace.values.delete(index);
  if (isCounted && at === undefined) return it;
  if (total === 0) return start;
  const sizesStay =
    it.shape.sizes.length === start.shape.sizes.length &&
    it.shape.sizes.every((size, axis) => isSameSize(size, start.shape.sizes[axis]));
  const end = at?.(count) ?? opaqueTerm(trace, it.shape.channels, "the repetitions of a loop follow no rule");
  if (rule?.kind === "last" && !isAtLeast(count, 1, trace.bounds) && !isSameTerm(end, before))
    trace.assumptions.push({ term: count, least: 1 });
  return sizedBy(withFormula(it, end), [start], sizesStay ? [] : [count]);
}

/** What a repetition adds, or gives, by the unknown of its number. */
type Rule = { readonly kind: "sum" | "last"; readonly step: Term };

/** The rule that every repetition follows, if there is one. */
function tryBody(
  trace: Trace,
  loop: TracedLoop,
  start: Value,
  index: string,
  symbols: Symbols,
): Rule | undefined {
  const name = freshName(trace, "?c");
  const channels = unknown(name);
  const takeBack = demandsFromHere(symbols);
  let rule: Rule | undefined;
  let it = start;
  trace.trials += 1;
  for (let step = 0; step < loop.total; step += 1) {
    trace.values.set(index, rational(step));
    trace.values.set(name, rational(it.shape.channels));
    const next = loop.repeat(step, { ...withFormula(it, channels), doubt: CERTAIN }, unknown(index));
    const found = next && ruleOf(channelsTerm(next.shape), channels, name);
    if (next === undefined || found === undefined || (rule !== undefined && !isSameRule(rule, found))) {
      rule = undefined;
      break;
    }
    it = next;
    rule = found;
  }
  trace.trials -= 1;
  trace.values.delete(index);
  trace.values.delete(name);
  takeBack();
  return rule;
}

function isSameRule(a: Rule, b: Rule): boolean {
  return a.kind === b.kind && isSameTerm(a.step, b.step);
}

function ruleOf(result: Term, channels: Term, name: string): Rule | undefined {
  if (!unknownsOf(result).has(name)) return { kind: "last", step: result };
  const added = differenceOf(result, channels);
  return unknownsOf(added).has(name) ? undefined : { kind: "sum", step: added };
}

/** The channels before a repetition, by its number; `undefined` where no formula says. */
function channelsBefore(
  rule: Rule,
  start: Term,
  index: string,
): ((number: Term) => Term | undefined) | undefined {
  if (rule.kind === "last")
    return (number) => substituted(rule.step, new Map([[index, differenceOf(number, constant(1))]]));
  const total = summedUp(rule.step, index);
  return total === undefined
    ? undefined
    : (number) => {
        const added = substituted(total, new Map([[index, number]]));
        return added && sumOf([start, added]);
      };
}

/** What the repetitions before number `index` add, when each adds the formula; up to squares of the number. */
function summedUp(step: Term, index: string): Term | undefined {
  const number = unknown(index);
  const sums: Term[] = [];
  for (const product of step.products) {
    const degree = degreeIn(product, index);
    const total = degree === undefined ? undefined : powerSum(degree, number);
    if (total === undefined) return undefined;
    const powers = product.powers.filter(({ atom }) => atom.kind === "function" || atom.name !== index);
    sums.push(productOf({ products: [{ factor: product.factor, powers }] }, total));
  }
  return sumOf(sums);
}

function degreeIn({ powers }: Product, index: string): number | undefined {
  let degree = 0;
  for (const { atom, exponent } of powers) {
    if (atom.kind === "unknown") degree += atom.name === index ? exponent : 0;
    else if (atom.operands.some((operand) => unknownsOf(operand).has(index))) return undefined;
  }
  return degree;
}

/** The sum of j^degree over all j below n (Faulhaber). */
function powerSum(degree: number, n: Term): Term | undefined {
  const below = productOf(n, differenceOf(n, constant(1)));
  if (degree === 0) return n;
  if (degree === 1) return scaledBy(below, rational(1, 2));
  if (degree === 2)
    return scaledBy(productOf(below, differenceOf(scaledBy(n, rational(2)), constant(1))), rational(1, 6));
  return undefined;
}

function freshName(trace: Trace, name: string): string {
  let fresh = name;
  while (trace.values.has(fresh)) fresh += "'";
  trace.values.set(fresh, ZERO);
  return fresh;
}
