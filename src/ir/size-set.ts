/** Sets of sizes, exactly: "n mod m in R, from a minimum on, and a few more". They answer which inputs a network takes. */
import { leastCommonMultiple } from "../base/integers.ts";
import type { Condition } from "./size.ts";

/**
 * All values of at least `min` whose residue is in the list, and those in `also`. `modulus` is the smallest possible,
 * then `min`, which is itself a member. Without residues, `modulus` is 1 and `min` null. The lists ascend.
 */
export interface SizeSet {
  readonly modulus: number;
  readonly residues: readonly number[];
  readonly min: number | null;
  readonly also: readonly number[];
}

/** Every size. */
export const ALL_SIZES: SizeSet = { modulus: 1, residues: [0], min: 1, also: [] };

/** More values than this are not looked at one by one: the answer would take too long. */
const MOST_VALUES = 2 ** 22;

/** The values for which all conditions hold; `undefined` when the period is beyond what can be looked at. */
export function solve(conditions: readonly Condition[]): SizeSet | undefined {
  if (effortOf(conditions) > MOST_VALUES) return undefined;
  const { period, start } = spanOf(conditions);
  const holds = new Uint8Array(start + period);
  for (let value = 1; value < start + period; value += 1) {
    holds[value] = conditions.every((condition) => condition.holds(value)) ? 1 : 0;
  }
  return describe(holds, start, period);
}

/** How many values are looked at to solve the conditions. */
export function effortOf(conditions: readonly Condition[]): number {
  const { period, start } = spanOf(conditions);
  return (start + period) * Math.max(1, conditions.length);
}

/** From `start` on, the conditions repeat together in turns of `period`. */
function spanOf(conditions: readonly Condition[]): { readonly period: number; readonly start: number } {
  return {
    period: conditions.reduce((result, { every }) => leastCommonMultiple(result, every), 1),
    start: conditions.reduce((result, { from }) => Math.max(result, from), 1),
  };
}

/** Those of a set for which a condition holds too; `undefined` when that is beyond what can be looked at. */
export function narrowed(set: SizeSet, condition: Condition): SizeSet | undefined {
  const { symbol, least } = condition;
  return least === undefined ? solve([memberOf(symbol, set), condition]) : membersFrom(set, least);
}

/** The same for several conditions. */
export function narrowedBy(set: SizeSet, conditions: readonly Condition[]): SizeSet | undefined {
  let left: SizeSet | undefined = set;
  let effort = 0;
  for (const condition of conditions) {
    if (left === undefined || isEmpty(left)) return left;
    if (condition.least === undefined) effort += effortOf([memberOf(condition.symbol, left), condition]);
    if (effort > MOST_VALUES) return undefined;
    left = narrowed(left, condition);
  }
  return left;
}

function membersFrom(set: SizeSet, least: number): SizeSet {
  const { modulus, residues, min } = set;
  const also = set.also.filter((value) => value >= least);
  if (min === null || min >= least) return { ...set, also };
  // Past the remainder of its turn, the next class is in the turn after.
  const remainder = least % modulus;
  const next = residues.find((residue) => residue >= remainder) ?? (residues[0] ?? 0) + modulus;
  return { ...set, also, min: least - remainder + next };
}

/** `holds` is exact below `start + period` and repeats with `period` from `start` on. */
function describe(holds: Uint8Array, start: number, period: number): SizeSet {
  const modulus = smallestPeriod(holds, start, period);
  const residues: number[] = [];
  const inClass = new Uint8Array(modulus);
  for (let value = start; value < start + modulus; value += 1) inClass[value % modulus] = holds[value] ?? 0;
  for (let residue = 0; residue < modulus; residue += 1) if (inClass[residue] === 1) residues.push(residue);
  let first = start;
  while (first > 1 && holds[first - 1] === inClass[(first - 1) % modulus]) first -= 1;
  const also: number[] = [];
  for (let value = 1; value < first; value += 1) if (holds[value] === 1) also.push(value);
  if (residues.length === 0) return { modulus: 1, residues, min: null, also };
  let min = first;
  while (inClass[min % modulus] !== 1) min += 1;
  return { modulus, residues, min, also };
}

function smallestPeriod(holds: Uint8Array, start: number, period: number): number {
  for (let candidate = 1; candidate < period; candidate += 1) {
    if (period % candidate !== 0) continue;
    let repeats = true;
    for (let value = start; repeats && value < start + period - candidate; value += 1) {
      repeats = holds[value] === holds[value + candidate];
    }
    if (repeats) return candidate;
  }
  return period;
}

export function contains({ modulus, residues, min, also }: SizeSet, value: number): boolean {
  return (min !== null && value >= min && isIn(residues, value % modulus)) || isIn(also, value);
}

/** In a list that ascends. */
function isIn(values: readonly number[], value: number): boolean {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return values[low] === value;
}

export function isEmpty({ residues, also }: SizeSet): boolean {
  return residues.length === 0 && also.length === 0;
}

export function hasFinitelyMany({ residues }: SizeSet): boolean {
  return residues.length === 0;
}

/** Whether anything is meant for these sizes: for a few perhaps, but hardly for a map of one position. */
export function isOfUse({ residues, also }: SizeSet): boolean {
  return residues.length > 0 || also.some((size) => size > 1);
}

/** A set as a condition, so that sets can be combined and compared. */
export function memberOf(symbol: string, set: SizeSet): Condition {
  const largest = Math.max(set.min ?? 1, set.also.at(-1) ?? 1) + 1;
  return { symbol, holds: (value) => contains(set, value), every: set.modulus, from: largest };
}

/** The smallest value in `inner` that is not in `outer`, if there is one. */
export function smallestOutside(inner: SizeSet, outer: SizeSet): number | undefined {
  const exception = inner.also.find((value) => !contains(outer, value));
  if (exception !== undefined || inner.min === null) return exception;
  const end = Math.max(inner.min, outer.min ?? 1) + leastCommonMultiple(inner.modulus, outer.modulus);
  for (let value = inner.min; value < end; value += 1)
    if (contains(inner, value) && !contains(outer, value)) return value;
  return undefined;
}

/** `H mod 16 = 0`, `H >= 29`, `H mod 32 in {0, 29, 30, 31}, H >= 29`, `H = 1`. */
export function printSet(symbol: string, set: SizeSet): string {
  const { modulus, residues, min, also } = set;
  const exceptions = elided(printValues(symbol, also), " or ");
  if (min === null) return exceptions === "" ? `no ${symbol}` : exceptions;
  const classes = residues.length === 1 ? `= ${residues[0]}` : `in {${elided(residues, ", ")}}`;
  const byResidue = modulus === 1 ? [] : [`${symbol} mod ${modulus} ${classes}`];
  // The smallest member of a class says nothing more.
  const bound = min <= modulus && modulus > 1 ? [] : min === 1 ? [] : [`${symbol} >= ${min}`];
  const rule = [...byResidue, ...bound].join(", ") || `any ${symbol}`;
  return exceptions === "" ? rule : `${rule} or ${exceptions}`;
}

/** Longer lists tell nobody anything. */
const MOST_SHOWN = 32;

function elided(items: readonly unknown[], separator: string): string {
  if (items.length <= MOST_SHOWN) return items.join(separator);
  const more = `… ${items.length - MOST_SHOWN / 4} more`;
  return [...items.slice(0, MOST_SHOWN / 4), more].join(separator);
}

/** `H = 3`, `H = 4`, or `3 <= H <= 50` where more than two follow each other; the values ascend. */
export function printValues(symbol: string, values: readonly number[]): readonly string[] {
  const printed: string[] = [];
  for (let index = 0; index < values.length; ) {
    const first = values[index] ?? 0;
    let length = 1;
    while (values[index + length] === first + length) length += 1;
    if (length < 3) length = 1;
    const below = first === 1 ? "" : `${first} <= `;
    printed.push(length === 1 ? `${symbol} = ${first}` : `${below}${symbol} <= ${first + length - 1}`);
    index += length;
  }
  return printed;
}
