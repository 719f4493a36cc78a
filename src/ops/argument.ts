/** The types of stage arguments: what each accepts, how it reads a literal, and how messages call it. */
import { compare, type Rational, rational, toNumber } from "../base/rational.ts";
import { listOf, quoted } from "../base/text.ts";
import { integerOf, type Literal } from "../ir/literal.ts";
import type { Padding } from "../ir/lowered.ts";
import type { Shape } from "../ir/shape.ts";

/** A value, or what is wrong with the literal: not of the type, or out of range. */
export type Reading<T> = { readonly value: T } | { readonly wrong: "type" | "range" };

export interface ArgumentType<T> {
  /** Follows "must be": `an integer of at least 1`. */
  readonly expects: string;
  /** The words it accepts, for did-you-mean. */
  readonly words?: readonly string[];
  /** It names a tensor, whose sizes are taken: no literal is read. */
  readonly isTensor?: true;
  read(literal: Literal): Reading<T>;
}

export interface Argument<T = unknown> {
  readonly type: ArgumentType<T>;
  readonly summary: string;
  /** A call without it is wrong. */
  readonly required?: true;
  /** As the reference shows it; absent: left out means what the summary says. */
  readonly default?: string;
}

/** In the order of positional arguments. */
export type Arguments = Readonly<Record<string, Argument>>;

/** The values that a call gave; what it left out is absent. */
export type ArgumentValues<A extends Arguments> = {
  readonly [K in keyof A]?: A[K] extends Argument<infer T> ? T : never;
};

/** A value whose sizes a stage takes, and nothing else of it. */
export interface Template {
  readonly shape: Shape;
  /** The position at which claims name it: behind the operands. */
  readonly input: number;
}

/** One number for all axes, or one an axis. */
export type PerAxis = readonly number[];

/** (before, after) an axis; a single pair holds for all. */
export type Pairs = readonly Padding[];

/** As written: a rule, or amounts. */
export type PadRule = "same" | "valid" | Pairs;

const WRONG_TYPE = { wrong: "type" } as const;
const OUT_OF_RANGE = { wrong: "range" } as const;

export function integer(minimum: number): ArgumentType<number> {
  return { expects: `an integer of at least ${minimum}`, read: (literal) => readInteger(literal, minimum) };
}

function readInteger(literal: Literal, minimum: number): Reading<number> {
  const value = integerOf(literal);
  if (value === undefined) return WRONG_TYPE;
  return value >= minimum && value <= MAX_INTEGER ? { value } : OUT_OF_RANGE;
}

/** Larger counts and sizes are mistakes, and would not fit TensorFlow's tensors. */
export const MAX_INTEGER: number = 2 ** 31 - 1;

/** A list of integers, or one for all axes. */
export function perAxis(minimum: number): ArgumentType<PerAxis> {
  return {
    expects: `an integer of at least ${minimum}, or a list of them (one per axis)`,
    read: (literal) => {
      if (literal.kind !== "list") return mapReading(readInteger(literal, minimum), (value) => [value]);
      return literal.items.length === 0
        ? WRONG_TYPE
        : readAll(literal.items, (item) => readInteger(item, minimum));
    },
  };
}

function readAll<T>(items: readonly Literal[], read: (item: Literal) => Reading<T>): Reading<readonly T[]> {
  const values: T[] = [];
  for (const item of items) {
    const reading = read(item);
    if ("wrong" in reading) return reading;
    values.push(reading.value);
  }
  return { value: values };
}

function mapReading<T, U>(reading: Reading<T>, change: (value: T) => U): Reading<U> {
  return "wrong" in reading ? reading : { value: change(reading.value) };
}

export const boolean: ArgumentType<boolean> = {
  expects: "`true` or `false`",
  read: (literal) => (literal.kind === "boolean" ? { value: literal.value } : WRONG_TYPE),
};

/** A rational with `minimum <= value < below`. */
export function fraction(minimum: number, below: number): ArgumentType<number> {
  return numberWhere(
    `a number in [${minimum}, ${below})`,
    (value) => compare(value, rational(minimum)) >= 0 && compare(value, rational(below)) < 0,
  );
}

/** A probability that is not zero. */
export const share: ArgumentType<number> = numberWhere(
  "a number in (0, 1]",
  (value) => value.numerator > 0n && compare(value, rational(1)) <= 0,
);

export const number: ArgumentType<number> = numberWhere("a number", () => true);

export const nonNegative: ArgumentType<number> = numberWhere(
  "a number of at least 0",
  (value) => value.numerator >= 0n,
);

export const positive: ArgumentType<number> = numberWhere(
  "a number above 0",
  (value) => value.numerator > 0n,
);

function numberWhere(expects: string, holds: (value: Rational) => boolean): ArgumentType<number> {
  return {
    expects,
    read: (literal) => {
      if (literal.kind !== "number") return WRONG_TYPE;
      return holds(literal.value) ? { value: toNumber(literal.value) } : OUT_OF_RANGE;
    },
  };
}

export function word<const W extends string>(...words: readonly W[]): ArgumentType<W> {
  return {
    expects: listOf(words.map(quoted), "or"),
    words,
    read: (literal) => {
      const value =
        literal.kind === "word" ? words.find((candidate) => candidate === literal.value) : undefined;
      return value === undefined ? WRONG_TYPE : { value };
    },
  };
}

/** Numbers or pairs; an amount alone goes on both sides. */
export const pairs: ArgumentType<Pairs> = {
  expects: "an integer of at least 0, one per axis (`[1, 2]`), or pairs (`[[1, 2], [0, 1]]`)",
  read: (literal) => {
    if (literal.kind !== "list") return mapReading(readPadding(literal), (pair) => [pair]);
    return literal.items.length === 0 ? WRONG_TYPE : readAll(literal.items, readPadding);
  },
};

export const padRule: ArgumentType<PadRule> = {
  expects: `\`same\`, \`valid\`, ${pairs.expects}`,
  words: ["same", "valid"],
  read: (literal) =>
    literal.kind === "word" && (literal.value === "same" || literal.value === "valid")
      ? { value: literal.value }
      : pairs.read(literal),
};

/** Its sizes only; the call is told which tensor it is. */
export const tensor: ArgumentType<Template> = {
  expects: "an input, a named value, a label, `in` or `it`",
  isTensor: true,
  read: () => WRONG_TYPE,
};

function readPadding(literal: Literal): Reading<Padding> {
  if (literal.kind !== "list") return mapReading(readInteger(literal, 0), (value) => [value, value] as const);
  if (literal.items.length !== 2) return WRONG_TYPE;
  return mapReading(
    readAll(literal.items, (item) => readInteger(item, 0)),
    ([before = 0, after = 0]) => [before, after] as const,
  );
}
