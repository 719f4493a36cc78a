/** What is known of formulas from bounds of their unknowns: which are never zero, and which values make them zero. */
import {
  add,
  compare,
  divide,
  greatestCommonDivisor,
  isInteger,
  multiply,
  negate,
  type Rational,
  rational,
  ZERO,
} from "../base/rational.ts";
import {
  constant,
  constantValue,
  isWholeTerm,
  negated,
  substituted,
  sumOf,
  type Term,
  unknown,
  unknownsOf,
  valueWith,
} from "./term.ts";

export interface Bound {
  readonly least?: Rational;
  readonly most?: Rational;
}

export type Bounds = ReadonlyMap<string, Bound>;

/** The sign that a formula has for all values within the bounds; `undefined` where it varies or is not known. */
export function signOf(term: Term, bounds: Bounds): -1 | 0 | 1 | undefined {
  const fixed = constantValue(term);
  if (fixed !== undefined) return compare(fixed, ZERO) < 0 ? -1 : compare(fixed, ZERO) > 0 ? 1 : 0;
  if (isPositive(term, bounds)) return 1;
  return isPositive(negated(term), bounds) ? -1 : undefined;
}

/** Whether no values within the bounds make the formula zero. */
export function isNeverZero(term: Term, bounds: Bounds): boolean {
  const sign = signOf(term, bounds);
  return sign === 1 || sign === -1 || missesZero(term);
}

/** Whether it is at least that for all values within the bounds. */
export function isAtLeast(term: Term, least: number, bounds: Bounds): boolean {
  // Of whole numbers, at least n is above n - 1.
  const below = isWholeTerm(term) ? rational(2 * least - 1, 2) : rational(least);
  const apart = sumOf([term, constant(negate(below))]);
  return isPositive(apart, bounds) || constantValue(apart)?.numerator === 0n;
}

function isPositive(term: Term, bounds: Bounds): boolean {
  const [low] = rangeOf(shifted(term, bounds) ?? term, shiftedBounds(bounds));
  const [direct] = rangeOf(term, bounds);
  return [low, direct].some((bound) => bound !== undefined && compare(bound, ZERO) > 0);
}

/** Counted from the least values, `n*k - k` is `n*k`, which shows that it is not negative. */
function shifted(term: Term, bounds: Bounds): Term | undefined {
  const by = new Map<string, Term>();
  for (const [name, { isWhole }] of unknownsOf(term)) {
    const least = bounds.get(name)?.least;
    if (least !== undefined) by.set(name, sumOf([unknown(name, isWhole), constant(least)]));
  }
  return substituted(term, by);
}

function shiftedBounds(bounds: Bounds): Bounds {
  return new Map(
    [...bounds].map(([name, { least, most }]): [string, Bound] => [
      name,
      least === undefined
        ? { ...(most && { most }) }
        : { least: ZERO, ...(most && { most: add(most, negate(least)) }) },
    ]),
  );
}

/** Lowest and highest; `undefined` is without end. */
type Range = readonly [low: Rational | undefined, high: Rational | undefined];

function rangeOf(term: Term, bounds: Bounds): Range {
  let [low, high]: Range = [ZERO, ZERO];
  for (const { factor, powers } of term.products) {
    let range: Range = [factor, factor];
    for (const { atom, exponent } of powers) {
      const base: Range =
        atom.kind === "unknown"
          ? boundOf(bounds.get(atom.name))
          : atom.name === "floor"
            ? flooredRange(atom.operands, bounds)
            : [undefined, undefined];
      const part = exponent < 0 ? inverse(base) : base;
      for (let count = 0; count < Math.abs(exponent); count += 1) range = timesRange(range, part);
    }
    low = low && range[0] && add(low, range[0]);
    high = high && range[1] && add(high, range[1]);
  }
  return [low, high];
}

function boundOf(bound: Bound | undefined): Range {
  return [bound?.least, bound?.most];
}

function flooredRange([of]: readonly Term[], bounds: Bounds): Range {
  if (of === undefined) return [undefined, undefined];
  const [low, high] = rangeOf(of, bounds);
  // floor(x) is above x - 1, and not below 0 where x is not.
  const isNegative = low === undefined || compare(low, ZERO) < 0;
  return [low && (isNegative ? add(low, rational(-1)) : ZERO), high];
}

function inverse([low, high]: Range): Range {
  if (low === undefined || compare(low, ZERO) <= 0) return [undefined, undefined];
  return [high === undefined ? ZERO : divide(rational(1), high), divide(rational(1), low)];
}

function timesRange(a: Range, b: Range): Range {
  const isKnown = (range: Range): range is readonly [Rational, Rational] =>
    range[0] !== undefined && range[1] !== undefined;
  if (isKnown(a) && isKnown(b)) {
    const corners = a.flatMap((x) => b.map((y) => multiply(x, y))).sort(compare);
    return [corners[0], corners.at(-1)];
  }
  // Without an end on one side: known where neither factor is negative, or where one of them is never positive.
  if (isAbove(a) && isAbove(b)) return [multiply(a[0], b[0]), undefined];
  if (isBelow(a) && isAbove(b)) return [undefined, multiply(a[1], b[0])];
  if (isAbove(a) && isBelow(b)) return [undefined, multiply(a[0], b[1])];
  return [undefined, undefined];
}

function isAbove(range: Range): range is readonly [Rational, Rational | undefined] {
  return range[0] !== undefined && compare(range[0], ZERO) >= 0;
}

function isBelow(range: Range): range is readonly [Rational | undefined, Rational] {
  return range[1] !== undefined && compare(range[1], ZERO) <= 0;
}

/** `2*c - 1` is never zero for whole c: the factors have a divisor in common that the constant lacks. */
function missesZero(term: Term): boolean {
  const last = term.products.at(-1);
  if (last === undefined || last.powers.length > 0 || !isWholeTerm(term)) return false;
  const divisor = term.products
    .slice(0, -1)
    .reduce((result, { factor }) => greatestCommonDivisor(result, factor.numerator), 0n);
  return divisor !== 0n && last.factor.numerator % divisor !== 0n;
}

/** The value of one unknown that makes the formula zero, the others being what they are; it must be linear in it. */
export function zeroFor(
  term: Term,
  name: string,
  values: ReadonlyMap<string, Rational>,
): Rational | undefined {
  const at = (value: Rational): Rational | undefined => valueWith(term, new Map([...values, [name, value]]));
  const [zero, one] = [at(ZERO), at(rational(1))];
  if (zero === undefined || one === undefined) return undefined;
  const slope = add(one, negate(zero));
  const root = divide(negate(zero), slope);
  if (root === undefined || at(root)?.numerator !== 0n) return undefined;
  return unknownsOf(term).get(name)?.isWhole === true && !isInteger(root) ? undefined : root;
}
