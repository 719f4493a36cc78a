/** Exact rational numbers. Always normalized: the denominator is positive and shares no factor with the numerator. */

export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** 0 of two zeros. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** `numerator / denominator`; the denominator must not be zero. */
export function rational(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
  const [n, d] = [BigInt(numerator), BigInt(denominator)];
  if (d === 0n) throw new RangeError("a rational needs a denominator other than zero");
  if (d === 1n) return { numerator: n, denominator: 1n };
  const divisor = greatestCommonDivisor(n, d) * (d < 0n ? -1n : 1n);
  return { numerator: n / divisor, denominator: d / divisor };
}

export const ZERO: Rational = rational(0);
export const ONE: Rational = rational(1);

export function add(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, negate(b));
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** `undefined` when `b` is zero. */
export function divide(a: Rational, b: Rational): Rational | undefined {
  return b.numerator === 0n ? undefined : rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function negate(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}

const LARGEST = 10n ** 1000n;
const SMALLEST = -LARGEST;

/** Beyond a thousand digits: nothing that is computed from it ends in good time. */
export function isHuge({ numerator, denominator }: Rational): boolean {
  return numerator > LARGEST || numerator < SMALLEST || denominator > LARGEST;
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function equals(a: Rational, b: Rational): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator;
}

/** The largest integer that is not above `a`. */
export function floor(a: Rational): bigint {
  const quotient = a.numerator / a.denominator;
  return a.numerator < 0n && a.numerator % a.denominator !== 0n ? quotient - 1n : quotient;
}

export function ceil(a: Rational): bigint {
  return -floor(negate(a));
}

export function isInteger(a: Rational): boolean {
  return a.denominator === 1n;
}

export function toNumber(a: Rational): number {
  const [n, d] = [Number(a.numerator), Number(a.denominator)];
  if (Number.isFinite(n) && Number.isFinite(d)) return n / d;
  // Beyond the range of a double: scale both down by the same power of two first.
  const excess = BigInt(Math.max(a.numerator.toString(2).length, a.denominator.toString(2).length) - 1000);
  return Number(a.numerator >> excess) / Number(a.denominator >> excess);
}

/** The value as a JavaScript integer, or `undefined` when it is no integer or too large to be exact. */
export function toSafeInteger(a: Rational): number | undefined {
  if (!isInteger(a)) return undefined;
  const value = Number(a.numerator);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** As a person writes it: `3`, `0.29`, `1/3`. */
export function printRational(a: Rational): string {
  if (isInteger(a)) return a.numerator.toString();
  const decimal = decimalOf(a);
  return decimal ?? `${a.numerator}/${a.denominator}`;
}

/** A finite decimal of at most six places, or `undefined`. */
function decimalOf(a: Rational): string | undefined {
  for (let places = 1, scale = 10n; places <= 6; places += 1, scale *= 10n) {
    if (scale % a.denominator !== 0n) continue;
    const scaled = (a.numerator * scale) / a.denominator;
    const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, "0");
    return `${scaled < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
  }
  return undefined;
}
