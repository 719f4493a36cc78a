/**
 * Sizes of axes: numbers, or functions of one symbol. Every size that a network can make of a symbol grows evenly:
 * f(n + every) = f(n) + by for all n, with `every` a product of strides. So statements about sizes, "these two are
 * equal", "this window fits", are decided exactly by looking at one period (no solver is needed). Most sizes are floors
 * of a line; of those even that period needs no look.
 */
import { greatestCommonDivisor, leastCommonMultiple, modulo } from "../base/integers.ts";
import { invariant } from "../base/invariant.ts";

export type Size = number | SymbolicSize;

export interface SymbolicSize {
  readonly symbol: string;
  /** The size when the symbol is `value`, which is at least 1. A window that does not fit gives 0 or less. */
  readonly at: (value: number) => number;
  /** The smallest possible; `UNKNOWN_PERIOD` when it is beyond what can be looked at. */
  readonly every: number;
  readonly by: number;
  /** The b where the size is floor((by·n + b) / every). */
  readonly offset?: number;
  /** As the language writes it: `floor(H/2)`. */
  readonly text: string;
  /** Shared by all sizes of one symbol. */
  readonly effort: Effort;
  /** The smallest value of the first period, where that was looked at. */
  readonly lowest?: number;
  /** Of a size with an unknown period: what it is made of. */
  readonly made?: { readonly from: SymbolicSize; readonly change: (size: number) => number };
}

/** How many values may still be looked at to find out what sizes are. */
interface Effort {
  left: number;
}

/** Of a size of which nothing is known but its values: no statement about it can be decided. */
export const UNKNOWN_PERIOD: number = Number.POSITIVE_INFINITY;

/** Periods of networks are products of strides, at most a few thousand; a mistake or an attack makes longer ones. */
const LONGEST_PERIOD = 2 ** 16;
const MOST_EFFORT = 2 ** 21;
/** Looking at so few values costs no more than what else there is to do for a size. */
const FREE_LOOK = 2 ** 6;
/** A period is looked at for its values, for a shorter one in it, and for the line that they lie on. */
const LOOKS_AT_PERIOD = 3;

/** Products of a factor and a value of the symbol stay exact. */
const LARGEST_FACTOR = 2 ** 30;
/** Steps that come back after longer are nothing for a reader. */
const LONGEST_STAIRS = 2 ** 12;
/** Texts of sizes that are no floors of a line nest; longer ones say nothing to a reader. */
const LONGEST_TEXT = 100;

/** A change f of a size: f(n + every) = f(n) + by for every integer n. */
export interface Step {
  readonly every: number;
  readonly by: number;
}

/** Leaves lengths apart as they are: padding, cropping. */
export const SHIFT: Step = { every: 1, by: 1 };

export function symbolSize(symbol: string): SymbolicSize {
  return {
    symbol,
    at: (value) => value,
    every: 1,
    by: 1,
    offset: 0,
    text: symbol,
    effort: { left: MOST_EFFORT },
  };
}

/** The size after a change: `mapSize(n, (n) => Math.floor((n - 3) / 2) + 1, { every: 2, by: 1 })`. */
export function mapSize(size: Size, change: (size: number) => number, step: Step): Size {
  if (typeof size === "number") return change(size);
  const isLooked = step.every <= FREE_LOOK || canLook(step.every, 1, size.effort);
  const offset = isLooked ? offsetOf(change, step) : undefined;
  // Most stages leave sizes alone: then they stay the same object.
  if (offset === 0 && step.every === 1 && step.by === 1) return size;
  const line = offset === undefined ? undefined : { ...step, offset };
  const changed = (line && composed(line, size)) ?? tabulated(size, change, step, printChange(size, line));
  return isSameSize(changed, size) ? size : changed;
}

/** Whether a period may be looked at so often; that takes as much of the effort. */
function canLook(every: number, looks: number, effort: Effort): boolean {
  if (every > LONGEST_PERIOD || every * looks > effort.left) return false;
  effort.left -= every * looks;
  return true;
}

/** A change of a size that is no floor of a line itself: `2*floor(H/2) + 1`. */
function printChange({ symbol, text }: SymbolicSize, line: Line | undefined): string {
  const changed =
    line === undefined
      ? `f(${text})`
      : printLine(isAtom(text) ? text : `(${text})`, line.by, line.offset, line.every);
  return changed.length > LONGEST_TEXT ? `f(${symbol})` : changed;
}

/** floor((by·n + offset) / every). */
interface Line extends Step {
  readonly offset: number;
}

/** The b of floor((by·n + b) / every), if the function is such a line. */
function offsetOf(at: (value: number) => number, { every, by }: Step): number | undefined {
  // For each n, b lies in [at(n)·every − by·n, that + every − 1]; one b must do for a whole period.
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let value = 1; value <= every; value += 1) {
    const least = at(value) * every - by * value;
    low = Math.max(low, least);
    high = Math.min(high, least + every - 1);
  }
  return low <= high ? low : undefined;
}

/** A line of a line, where that is a line: floors nest when the outer factor or the inner divisor is 1. */
function composed(outer: Line, size: SymbolicSize): Size | undefined {
  const { by, every, offset } = size;
  if (offset === undefined) return undefined;
  if (outer.by === 1)
    return lineSize(size, {
      by,
      every: every * outer.every,
      offset: offset + outer.offset * every,
    });
  if (every !== 1) return undefined;
  return lineSize(size, {
    by: outer.by * by,
    every: outer.every,
    offset: outer.by * offset + outer.offset,
  });
}

/** In lowest terms, so that equal lines have equal numbers; `undefined` beyond exact arithmetic. */
function lineSize({ symbol, effort }: SymbolicSize, line: Line): Size | undefined {
  if (line.by === 0) return Math.floor(line.offset / line.every);
  const divisor = greatestCommonDivisor(line.by, line.every);
  const [by, every] = [line.by / divisor, line.every / divisor];
  const offset = Math.floor(line.offset / divisor);
  if (Math.abs(by) > LARGEST_FACTOR || ![line.every, line.offset].every(Number.isSafeInteger))
    return undefined;
  const at = (value: number): number => Math.floor((by * value + offset) / every);
  return { symbol, at, every, by, offset, text: printLine(symbol, by, offset, every), effort };
}

/** After how many steps of `by` something that repeats in turns of `every` repeats. */
function turnsOf(every: number, by: number): number {
  if (by === 0) return 1;
  return every === UNKNOWN_PERIOD ? UNKNOWN_PERIOD : every / greatestCommonDivisor(every, Math.abs(by));
}

/** By the values of one period. */
function tabulated(size: SymbolicSize, change: (size: number) => number, step: Step, text: string): Size {
  const { symbol, effort } = size;
  // The change repeats once the size has grown by a multiple of `step.every`.
  const periods = turnsOf(step.every, size.by);
  const every = size.every * periods;
  if (every <= LONGEST_PERIOD) {
    const by = size.by === 0 ? 0 : ((size.by * periods) / step.every) * step.by;
    const found = periodicSize(symbol, (value) => change(size.at(value)), { every, by }, text, effort);
    if (found !== undefined) return found;
  }
  const made = { from: size, change };
  return { symbol, at: through(made), every: UNKNOWN_PERIOD, by: 0, text, effort, made };
}

/** A function of a symbol that repeats as `step` says; `undefined` when looking at a period costs too much. */
function periodicSize(
  symbol: string,
  valueAt: (value: number) => number,
  step: Step,
  text: string,
  effort: Effort,
): Size | undefined {
  if (!canLook(step.every, LOOKS_AT_PERIOD, effort)) return undefined;
  const values = Float64Array.from({ length: step.every }, (_, index) => valueAt(index + 1));
  const { every, by } = shortened(values, step);
  const at = (value: number): number =>
    (values[(value - 1) % every] ?? 0) + by * Math.floor((value - 1) / every);
  const lowest = values.subarray(0, every).reduce((least, value) => Math.min(least, value));
  const size: SymbolicSize = { symbol, at, every, by, text, effort, lowest };
  const offset = offsetOf(at, size);
  const line = offset === undefined ? undefined : lineSize(size, { every, by, offset });
  return line ?? { ...size, text: printStairs(size) ?? text };
}

/** `p·a + q·b` of two sizes of one symbol. */
export function addedSizes(a: SymbolicSize, p: number, b: SymbolicSize, q: number): Size {
  const { symbol, effort } = a;
  const every = leastCommonMultiple(a.every, b.every);
  const at = (value: number): number => a.at(value) * p + b.at(value) * q;
  const text = `(${a.text} + ${b.text})`;
  if (every <= LONGEST_PERIOD) {
    const by = (a.by * every * p) / a.every + (b.by * every * q) / b.every;
    const found = periodicSize(symbol, at, { every, by }, text, effort);
    if (found !== undefined) return found;
  }
  return { symbol, at, every: UNKNOWN_PERIOD, by: 0, text, effort };
}

/** The smallest period of a function whose values repeat as `step` says. */
function shortened(values: Float64Array, step: Step): Step {
  for (let every = 1; every < step.every; every += 1) {
    const by = (step.by * every) / step.every;
    if (step.every % every === 0 && Number.isInteger(by) && repeats(values, { every, by }))
      return { every, by };
  }
  return step;
}

function repeats(values: Float64Array, { every, by }: Step): boolean {
  for (let index = every; index < values.length; index += 1)
    if (values[index] !== (values[index - every] ?? 0) + by) return false;
  return true;
}

/** The values of a size with an unknown period, however many changes made it. */
function through(made: NonNullable<SymbolicSize["made"]>): (value: number) => number {
  return (value) => {
    const changes = [made.change];
    let source = made.from;
    for (; source.made !== undefined; source = source.made.from) changes.push(source.made.change);
    return changes.reduceRight((size, change) => change(size), source.at(value));
  };
}

/** Whether no operator of the text stands outside of parentheses. */
function isAtom(text: string): boolean {
  let rest = text;
  while (/\([^()]*\)/.test(rest)) rest = rest.replace(/\([^()]*\)/g, "");
  return /^[\w.]+$/.test(rest);
}

/** `16*floor((H + 4)/16) - 188`: what rises by the same amount after the same distance; else nothing. */
function printStairs({ symbol, at, every }: SymbolicSize): string | undefined {
  if (every > LONGEST_STAIRS) return undefined;
  const period = Array.from({ length: every }, (_, index) => index + 2);
  const rises = period.filter((value) => at(value) !== at(value - 1));
  const [first] = rises;
  if (first === undefined || every % rises.length !== 0) return undefined;
  const distance = every / rises.length;
  const height = at(first) - at(first - 1);
  const isEven = rises.every(
    (value, index) => value === first + index * distance && at(value) - at(value - 1) === height,
  );
  if (!isEven) return undefined;
  const offset = modulo(-first, distance);
  const rest = at(first) - height * Math.floor((first + offset) / distance);
  return `${height}*${printLine(symbol, 1, offset, distance)}${printShift(rest)}`;
}

function printShift(amount: number): string {
  return amount === 0 ? "" : amount > 0 ? ` + ${amount}` : ` - ${-amount}`;
}

function printLine(argument: string, by: number, offset: number, every: number): string {
  const divisor = greatestCommonDivisor(by, every);
  const factor = by / divisor;
  const base = factor === 1 ? argument : `${factor}*${argument}`;
  const divide = every / divisor;
  // floor((c·x + b)/(c·d)) = floor((x + floor(b/c))/d).
  const shift = Math.floor(offset / divisor);
  if (divide === 1) return `${base}${printShift(shift)}`;
  const isCeil = factor === 1 && modulo(shift, divide) === divide - 1;
  const whole = isCeil ? (shift - (divide - 1)) / divide : 0;
  if (isCeil) return `ceil(${base}/${divide})${printShift(whole)}`;
  return modulo(shift, divide) === 0 && factor === 1
    ? `floor(${base}/${divide})${printShift(shift / divide)}`
    : `floor((${base}${printShift(shift)})/${divide})`;
}

export function printSize(size: Size): string {
  return typeof size === "number" ? `${size}` : size.text;
}

/** The number that a size is when its symbol has a value. */
export function sizeWith(size: Size, value: number): number {
  return typeof size === "number" ? size : size.at(value);
}

/** For what works on bound networks only. */
export function boundSize(size: Size): number {
  invariant(typeof size === "number", "a size is still symbolic where numbers are needed");
  return size;
}

/** A statement about one symbol that is, from `from` on, true or false in turns of `every`. */
export interface Condition {
  readonly symbol: string;
  readonly holds: (value: number) => boolean;
  readonly every: number;
  readonly from: number;
  /** Where the statement is just that the symbol is at least this. */
  readonly least?: number;
}

/** How a statement about a size repeats in the size: from `from` on in turns of `every`. */
export interface Repetition {
  readonly every: number;
  readonly from: number;
  /** What holds for a size holds for every larger one, and from `from` on it does hold. */
  readonly rises?: true;
}

/** Whether a statement about one size holds, as a condition on its symbol. */
export function conditionOn(
  size: SymbolicSize,
  holds: (size: number) => boolean,
  step: Repetition,
): Condition {
  const { symbol, every, by } = size;
  if (step.rises && by > 0 && size.offset !== undefined)
    return atLeast(symbol, firstReaching(size, smallest(holds, step.from)));
  return {
    symbol,
    holds: (value) => holds(size.at(value)),
    every: every * turnsOf(step.every, by),
    from: firstReaching(size, step.from),
  };
}

export function atLeast(symbol: string, least: number): Condition {
  return { symbol, holds: (value) => value >= least, every: 1, from: Math.max(1, least), least };
}

/** The smallest number for which a rising statement holds, which it does for `from`. */
function smallest(holds: (size: number) => boolean, from: number): number {
  let step = 1;
  while (step < LARGEST_FACTOR && holds(from - step)) step *= 2;
  let [fails, works] = [from - step, from];
  while (works - fails > 1) {
    const middle = Math.floor((fails + works) / 2);
    if (holds(middle)) works = middle;
    else fails = middle;
  }
  return works;
}

/** The first value from which the size stays at `bound` or above. */
export function firstReaching(size: SymbolicSize, bound: number): number {
  const { every, by, offset, lowest } = size;
  if (by <= 0 || every === UNKNOWN_PERIOD) return 1;
  if (offset !== undefined) return Math.max(1, Math.ceil((bound * every - offset) / by));
  invariant(lowest !== undefined, "a size that repeats is a line, or was looked at");
  return 1 + Math.max(0, Math.ceil((bound - lowest) / by)) * every;
}

/** Both conditions, or either of them; they are about one symbol. */
export function combined(a: Condition, b: Condition, how: "and" | "or"): Condition {
  invariant(a.symbol === b.symbol, "conditions on two symbols are combined");
  const holds = (value: number): boolean =>
    how === "and" ? a.holds(value) && b.holds(value) : a.holds(value) || b.holds(value);
  return {
    symbol: a.symbol,
    holds,
    every: leastCommonMultiple(a.every, b.every),
    from: Math.max(a.from, b.from),
  };
}

export function negated({ symbol, holds, every, from }: Condition): Condition {
  return { symbol, holds: (value) => !holds(value), every, from };
}

/** Whether two sizes are surely equal: the same number, or the same function of the same symbol. */
export function isSameSize(a: Size | undefined, b: Size | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a.symbol !== b.symbol) return false;
  if (a.every !== b.every || a.by !== b.by || a.offset !== b.offset) return false;
  if (a.offset !== undefined) return true;
  if (a.every === UNKNOWN_PERIOD) return false;
  for (let value = 1; value <= a.every; value += 1) if (a.at(value) !== b.at(value)) return false;
  return true;
}
