/** Sets of sizes, exactly: "n mod m in R, from a minimum on, and a few more". They answer which inputs a network takes. */
import { leastCommonMultiple } from "../base/integers.ts";
import type { Condition } from "./size.ts";

/**
 * All values of at least `min` whose residue is in the list, and those in `also`. `modulus` is the smallest possible,
 * then `min`, which is itself a member. Without residues, `modulus` is 1 and `min` null.
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
  const period = conditions.reduce((result, { every }) => leastCommonMultiple(result, every), 1);
  const start = conditions.reduce((result, { from }) => Math.max(result, from), 1);
  if ((start + period) * Math.max(1, conditions.length) > MOST_VALUES) return undefined;
  const holds = new Uint8Array(start + period);
  for (let value = 1; value < start + period; value += 1) {
    holds[value] = conditions.every((condition) => condition.holds(value)) ? 1 : 0;
  }
  return describe(holds, start, period);
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
  return also.includes(value) || (min !== null && value >= min && residues.includes(value % modulus));
}

export function isEmpty({ residues, also }: SizeSet): boolean {
  return residues.length === 0 && also.length === 0;
}

export function hasFinitelyMany({ residues }: SizeSet): boolean {
  return residues.length === 0;
}

/** A set as a condition, so that sets can be combined and compared. */
export function memberOf(symbol: string, set: SizeSet): Condition {
  const largest = Math.max(set.min ?? 1, ...set.also) + 1;
  return { symbol, holds: (value) => contains(set, value), every: set.modulus, from: largest };
}

/** The smallest value in `inner` that is not in `outer`, if there is one. */
export function smallestOutside(symbol: string, inner: SizeSet, outer: SizeSet): number | undefined {
  const [a, b] = [memberOf(symbol, inner), memberOf(symbol, outer)];
  const end = Math.max(a.from, b.from) + leastCommonMultiple(a.every, b.every);
  for (let value = 1; value < end; value += 1) if (a.holds(value) && !b.holds(value)) return value;
  return undefined;
}

/** `H mod 16 = 0`, `H >= 29`, `H mod 32 in {0, 29, 30, 31}, H >= 29`, `H = 1`. */
export function printSet(symbol: string, set: SizeSet): string {
  const { modulus, residues, min, also } = set;
  const exceptions = printValues(symbol, also);
  if (min === null) return exceptions.length === 0 ? `no ${symbol}` : exceptions.join(" or ");
  const classes = residues.length === 1 ? `= ${residues[0]}` : `in {${residues.join(", ")}}`;
  const byResidue = modulus === 1 ? [] : [`${symbol} mod ${modulus} ${classes}`];
  // The smallest member of a class says nothing more.
  const bound = min <= modulus && modulus > 1 ? [] : min === 1 ? [] : [`${symbol} >= ${min}`];
  const rule = [...byResidue, ...bound].join(", ") || `any ${symbol}`;
  return [rule, ...exceptions].join(" or ");
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
