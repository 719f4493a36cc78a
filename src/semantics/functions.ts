/** The built-in functions of expressions. All are exact. */
import {
  add,
  ceil,
  compare,
  divide,
  floor,
  isHuge,
  multiply,
  negate,
  ONE,
  type Rational,
  rational,
  toSafeInteger,
  ZERO,
} from "../base/rational.ts";
import { type Literal, numberLiteral } from "../ir/literal.ts";

/** A result, or why there is none: follows `floor: `. */
export type FunctionResult = Literal | { readonly kind: "problem"; readonly why: string };

interface BuiltIn {
  readonly usage: string;
  apply(values: readonly Literal[]): FunctionResult;
}

/** `range` and the like make no longer lists: a larger one is a mistake. */
const LONGEST_LIST = 100_000;

function problem(why: string): FunctionResult {
  return { kind: "problem", why };
}

function number(value: Rational): Literal {
  return { kind: "number", value };
}

/** The numbers of a list, or of the arguments themselves. */
function numbersOf(values: readonly Literal[]): readonly Rational[] | undefined {
  const [first] = values;
  const items = values.length === 1 && first?.kind === "list" ? first.items : values;
  const numbers = items.flatMap((item) => (item.kind === "number" ? [item.value] : []));
  return numbers.length === items.length ? numbers : undefined;
}

function ofNumbers(
  usage: string,
  amount: number,
  apply: (...numbers: Rational[]) => FunctionResult,
): BuiltIn {
  return {
    usage,
    apply(values) {
      const numbers = values.flatMap((value) => (value.kind === "number" ? [value.value] : []));
      if (numbers.length !== values.length || values.length !== amount)
        return problem(`it is called as \`${usage}\``);
      return apply(...numbers);
    },
  };
}

function ofMany(
  usage: string,
  apply: (numbers: readonly [Rational, ...Rational[]]) => Literal,
  empty?: Literal,
): BuiltIn {
  return {
    usage,
    apply(values) {
      const numbers = numbersOf(values);
      if (numbers === undefined) return problem(`it is called as \`${usage}\``);
      const [first, ...rest] = numbers;
      if (first === undefined) return empty ?? problem("the list is empty");
      return apply([first, ...rest]);
    },
  };
}

/** Stops where it has become too large to be a value. */
function sumOf(numbers: readonly Rational[]): Rational {
  let sum = ZERO;
  for (const each of numbers) {
    sum = add(sum, each);
    if (isHuge(sum)) break;
  }
  return sum;
}

function logarithm(value: Rational): FunctionResult {
  const digits = value.numerator.toString(2);
  const isPower = value.denominator === 1n && /^10*$/.test(digits);
  return isPower ? numberLiteral(digits.length - 1) : problem("its argument must be a power of two");
}

/** MobileNet's rounding: the nearest multiple, at least one, and never below 90 % (Sandler et al. 2018, `_make_divisible`). */
function divisible(value: Rational, by: Rational): FunctionResult {
  const steps = divide(add(value, multiply(by, rational(1, 2))), by);
  if (steps === undefined || by.numerator <= 0n) return problem("its second argument must be above 0");
  const nearest = multiply(rational(floor(steps)), by);
  const atLeast = compare(nearest, by) < 0 ? by : nearest;
  return number(compare(atLeast, multiply(value, rational(9, 10))) < 0 ? add(atLeast, by) : atLeast);
}

function range(count: Rational): FunctionResult {
  const length = toSafeInteger(count);
  if (length === undefined || length < 0 || length > LONGEST_LIST)
    return problem(`its argument must be an integer from 0 to ${LONGEST_LIST}`);
  return { kind: "list", items: Array.from({ length }, (_, index) => numberLiteral(index)) };
}

export const FUNCTIONS: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  [
    "len",
    {
      usage: "len(list)",
      apply: ([list, ...rest]) =>
        list?.kind === "list" && rest.length === 0
          ? numberLiteral(list.items.length)
          : problem("it is called as `len(list)`"),
    },
  ],
  ["sum", ofMany("sum(list)", (numbers) => number(sumOf(numbers)), number(ZERO))],
  ["min", ofMany("min(a, b)", (numbers) => number(numbers.reduce((a, b) => (compare(b, a) < 0 ? b : a))))],
  ["max", ofMany("max(a, b)", (numbers) => number(numbers.reduce((a, b) => (compare(b, a) > 0 ? b : a))))],
  ["floor", ofNumbers("floor(x)", 1, (x = ZERO) => numberLiteral(floor(x)))],
  ["ceil", ofNumbers("ceil(x)", 1, (x = ZERO) => numberLiteral(ceil(x)))],
  ["round", ofNumbers("round(x)", 1, (x = ZERO) => numberLiteral(floor(add(x, rational(1, 2)))))],
  ["abs", ofNumbers("abs(x)", 1, (x = ZERO) => number(x.numerator < 0n ? negate(x) : x))],
  ["log2", ofNumbers("log2(x)", 1, (x = ZERO) => logarithm(x))],
  [
    "div",
    ofNumbers("div(a, b)", 2, (a = ZERO, b = ONE) => {
      const quotient = divide(a, b);
      return quotient === undefined
        ? problem("its second argument must not be 0")
        : numberLiteral(floor(quotient));
    }),
  ],
  ["range", ofNumbers("range(n)", 1, (n = ZERO) => range(n))],
  ["divisible", ofNumbers("divisible(x, by)", 2, (x = ZERO, by = ONE) => divisible(x, by))],
]);
