/**
 * Sizes of axes: numbers, or functions of one symbol. Every size that a network can make of a symbol grows evenly:
 * f(n + every) = f(n) + by for all n from `from` on, with `every` a product of strides. So statements about sizes,
 * "these two are equal", "this window fits", are decided exactly by looking at one period (no solver is needed).
 */
import { greatestCommonDivisor, leastCommonMultiple, modulo } from "../base/integers.ts";
import { invariant } from "../base/invariant.ts";

export type Size = number | SymbolicSize;

export interface SymbolicSize {
  readonly symbol: string;
  /** The size when the symbol is `value`, which is at least 1. A window that does not fit gives 0 or less. */
  readonly at: (value: number) => number;
  readonly every: number;
  readonly by: number;
  /** The rule of `every` and `by` holds from here on. */
  readonly from: number;
  /** As the language writes it: `floor(H/2)`. */
  readonly text: string;
}

/** A change f of a size: f(n + every) = f(n) + by for every n from `from` on (default: everywhere). */
export interface Step {
  readonly every: number;
  readonly by: number;
  readonly from?: number;
}

/** Leaves lengths apart as they are: padding, cropping. */
export const SHIFT: Step = { every: 1, by: 1 };

export function symbolSize(symbol: string): SymbolicSize {
  return { symbol, at: (value) => value, every: 1, by: 1, from: 1, text: symbol };
}

/** The size after a change: `mapSize(n, (n) => Math.floor((n - 3) / 2) + 1, { every: 2, by: 1 })`. */
export function mapSize(size: Size, change: (size: number) => number, step: Step): Size {
  if (typeof size === "number") return change(size);
  // The change repeats once the size has grown by a multiple of `step.every`.
  const periods = size.by === 0 ? 1 : step.every / greatestCommonDivisor(step.every, Math.abs(size.by));
  const at = (value: number): number => change(size.at(value));
  const changed = described({
    symbol: size.symbol,
    at,
    every: size.every * periods,
    by: size.by === 0 ? 0 : ((size.by * periods) / step.every) * step.by,
    from: Math.max(size.from, reaches(size, step.from)),
    text: printChange(size.text, change, step),
  });
  // Most stages leave sizes alone: then the functions do not pile up.
  return isSameSize(changed, size) ? size : changed;
}

/** The change of what is written `text`, where it is the floor of a line: `2*floor(H/2) + 1`. */
function printChange(text: string, change: (size: number) => number, step: Step): string {
  const line = { at: change, every: step.every, by: step.by, from: step.from ?? 1 };
  const offset = step.by <= 0 ? undefined : lineOffset(line);
  return offset === undefined
    ? `f(${text})`
    : printLine(isAtom(text) ? text : `(${text})`, step.by, offset, step.every);
}

/** Whether no operator of the text stands outside of parentheses. */
function isAtom(text: string): boolean {
  let rest = text;
  while (/\([^()]*\)/.test(rest)) rest = rest.replace(/\([^()]*\)/g, "");
  return /^\w+$/.test(rest);
}

/** The first value from which the size stays at `bound` or above. */
function reaches(size: SymbolicSize, bound: number | undefined): number {
  if (bound === undefined || size.by <= 0) return size.from;
  let value = size.from;
  while (!staysAbove(size, value, bound)) value += size.every;
  return value;
}

function staysAbove(size: SymbolicSize, start: number, bound: number): boolean {
  for (let value = start; value < start + size.every; value += 1) if (size.at(value) < bound) return false;
  return true;
}

/** Sizes that are floors of a line, or stairs, print as such, whatever stages led to them. */
function described(size: SymbolicSize): Size {
  const { symbol, at, every, by, from } = size;
  if (by === 0 && every === 1) return isConstant(size) ? at(from) : size;
  const offset = lineOffset(size);
  const text = offset === undefined ? printStairs(size) : printLine(symbol, by, offset, every);
  return text === undefined ? size : { ...size, text };
}

function isConstant({ at, from }: SymbolicSize): boolean {
  for (let value = 1; value < from; value += 1) if (at(value) !== at(from)) return false;
  return true;
}

type Line = Pick<SymbolicSize, "at" | "every" | "by" | "from">;

/** The b of floor((by·n + b) / every), if the size is such a function from `from` on. */
function lineOffset({ at, every, by, from }: Line): number | undefined {
  // For each n, b lies in [at(n)·every − by·n, that + every − 1]; one b must do for a whole period.
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let value = from; value < from + every; value += 1) {
    const least = at(value) * every - by * value;
    low = Math.max(low, least);
    high = Math.min(high, least + every - 1);
  }
  return low <= high ? low : undefined;
}

/** `16*floor((H + 4)/16) - 188`: what rises by the same amount after the same distance; else nothing. */
function printStairs({ symbol, at, every, from }: SymbolicSize): string | undefined {
  const period = Array.from({ length: every }, (_, index) => from + 1 + index);
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

function printLine(symbol: string, by: number, offset: number, every: number): string {
  const divisor = greatestCommonDivisor(by, every);
  const factor = by / divisor;
  const base = factor === 1 ? symbol : `${factor}*${symbol}`;
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
}

/** Whether a statement about one size holds, as a condition on its symbol. `step`: how the statement repeats in the size. */
export function conditionOn(
  size: SymbolicSize,
  holds: (size: number) => boolean,
  step: { every: number; from: number },
): Condition {
  const repeats = size.by === 0 ? 1 : step.every / greatestCommonDivisor(step.every, Math.abs(size.by));
  return {
    symbol: size.symbol,
    holds: (value) => holds(size.at(value)),
    every: size.every * repeats,
    from: reaches(size, step.from),
  };
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

export function negated(condition: Condition): Condition {
  return { ...condition, holds: (value) => !condition.holds(value) };
}

/** Whether two sizes are surely equal: the same number, or the same function of the same symbol. */
export function isSameSize(a: Size | undefined, b: Size | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a.symbol !== b.symbol) return false;
  if (a.every * b.by !== b.every * a.by) return false;
  const end = Math.max(a.from, b.from) + leastCommonMultiple(a.every, b.every);
  for (let value = 1; value < end; value += 1) if (a.at(value) !== b.at(value)) return false;
  return true;
}
