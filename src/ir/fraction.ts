/** Symbolic values of expressions: a size over a whole number, as in `H/32`. They are rational; sizes must come out whole. */
import { greatestCommonDivisor, leastCommonMultiple, modulo } from "../base/integers.ts";
import { invariant } from "../base/invariant.ts";
import { isInteger, type Rational, rational, toSafeInteger } from "../base/rational.ts";
import {
  addedSizes,
  atLeast,
  type Condition,
  firstReaching,
  mapSize,
  type Size,
  type SymbolicSize,
} from "./size.ts";

export interface Fraction {
  readonly numerator: SymbolicSize;
  /** At least 1. */
  readonly denominator: number;
}

/** A symbolic value, or a number when nothing symbolic is left of it. */
export type FractionOrNumber = Fraction | Rational;

export function isFraction(value: FractionOrNumber): value is Fraction {
  return typeof value.numerator !== "bigint";
}

export function fractionOf(size: Size): FractionOrNumber {
  return typeof size === "number" ? rational(size) : { numerator: size, denominator: 1 };
}

/** `value * factor`; `undefined` beyond exact integers. */
export function scaled({ numerator, denominator }: Fraction, factor: Rational): FractionOrNumber | undefined {
  const [p, q] = [Number(factor.numerator), Number(factor.denominator)];
  if (!Number.isSafeInteger(p) || !Number.isSafeInteger(q)) return undefined;
  const divisor = greatestCommonDivisor(p, denominator * q) || 1;
  const times = p / divisor;
  return over(
    mapSize(numerator, (n) => n * times, { every: 1, by: times }),
    (denominator * q) / divisor,
  );
}

/** `value + amount`. */
export function shifted(
  { numerator, denominator }: Fraction,
  amount: Rational,
): FractionOrNumber | undefined {
  const [p, q] = [Number(amount.numerator), Number(amount.denominator)];
  if (!Number.isSafeInteger(p) || !Number.isSafeInteger(q)) return undefined;
  return over(
    mapSize(numerator, (n) => n * q + p * denominator, { every: 1, by: q }),
    denominator * q,
  );
}

/** The sum of two values of one symbol. */
export function sum(a: Fraction, b: Fraction): FractionOrNumber {
  const denominator = leastCommonMultiple(a.denominator, b.denominator);
  const [p, q] = [denominator / a.denominator, denominator / b.denominator];
  return over(addedSizes(a.numerator, p, b.numerator, q), denominator);
}

export function floorOf({ numerator, denominator }: Fraction): Size {
  return mapSize(numerator, (n) => Math.floor(n / denominator), { every: denominator, by: 1 });
}

export function ceilOf({ numerator, denominator }: Fraction): Size {
  return mapSize(numerator, (n) => Math.ceil(n / denominator), { every: denominator, by: 1 });
}

/** `value % modulus`, never negative. */
export function remainder(
  { numerator, denominator }: Fraction,
  modulus: Rational,
): FractionOrNumber | undefined {
  const whole = isInteger(modulus) ? toSafeInteger(modulus) : undefined;
  if (whole === undefined || whole <= 0) return undefined;
  const period = whole * denominator;
  return over(
    mapSize(numerator, (n) => modulo(n, period), { every: period, by: 0 }),
    denominator,
  );
}

function over(numerator: Size, denominator: number): FractionOrNumber {
  return typeof numerator === "number" ? rational(numerator, denominator) : { numerator, denominator };
}

export function printFraction({ numerator, denominator }: Fraction): string {
  if (denominator === 1) return numerator.text;
  return /^[A-Za-z_0-9*]+$/.test(numerator.text)
    ? `${numerator.text}/${denominator}`
    : `(${numerator.text})/${denominator}`;
}

/** Where a value has a certain sign. */
export function signCondition({ numerator }: Fraction, test: (value: number) => boolean): Condition {
  const { symbol, at, every, by, offset } = numerator;
  const holds = (value: number): boolean => test(Math.sign(at(value)));
  if (by === 0) return { symbol, holds, every, from: 1 };
  if (offset !== undefined && by > 0 && !test(-1) && test(1))
    return atLeast(symbol, firstReaching(numerator, test(0) ? 0 : 1));
  // It grows by `by` in each period, so beyond its largest magnitude in one period the sign stays.
  let widest = 0;
  for (let value = 1; value <= every; value += 1) widest = Math.max(widest, Math.abs(at(value)));
  const periods = Math.ceil(widest / Math.abs(by)) + 1;
  return { symbol, holds, every: 1, from: 1 + periods * every };
}

/** `a - b`, where one of them at least is symbolic; `undefined` for two symbols, or beyond exact integers. */
export function difference(a: FractionOrNumber, b: FractionOrNumber): FractionOrNumber | undefined {
  const minusOne = rational(-1);
  if (isFraction(a) && isFraction(b)) {
    if (a.numerator.symbol !== b.numerator.symbol) return undefined;
    const negative = scaled(b, minusOne);
    invariant(negative !== undefined && isFraction(negative), "minus a symbolic value is symbolic");
    return sum(a, negative);
  }
  if (isFraction(a)) return isFraction(b) ? undefined : shifted(a, rational(-b.numerator, b.denominator));
  if (!isFraction(b)) return undefined;
  const negative = scaled(b, minusOne);
  return negative !== undefined && isFraction(negative) ? shifted(negative, a) : negative;
}

/** Where the difference of two sizes has a certain sign; one of them at least is symbolic, and there is one symbol. */
export function comparisonOf(a: Size, b: Size, test: (difference: number) => boolean): Condition {
  const apart = difference(fractionOf(a), fractionOf(b));
  invariant(apart !== undefined, "sizes of two symbols are compared");
  if (isFraction(apart)) return signCondition(apart, test);
  const [symbolic] = [a, b].filter((size) => typeof size !== "number");
  invariant(symbolic !== undefined, "one of the sizes is symbolic");
  const holds = test(Number(apart.numerator));
  return { symbol: symbolic.symbol, holds: () => holds, every: 1, from: 1 };
}

export function equalityOf(a: Size, b: Size): Condition {
  return comparisonOf(a, b, (apart) => apart === 0);
}
