/** Arithmetic, functions and comparisons on values that may depend on a symbol. */
import type { BinaryExpression, ComparisonExpression } from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { unreachable } from "../base/invariant.ts";
import {
  add,
  compare,
  divide,
  floor,
  multiply,
  type Rational,
  rational,
  subtract,
} from "../base/rational.ts";
import {
  ceilOf,
  difference,
  type FractionOrNumber,
  floorOf,
  fractionOf,
  isFraction,
  remainder,
  scaled,
  shifted,
  signCondition,
  sum,
} from "../ir/fraction.ts";
import { type Literal, numericValue, sameLiteral, valueLiteral } from "../ir/literal.ts";
import type { Condition } from "../ir/size.ts";

export const inconclusive: DiagnosticKind<[what: string]> = defineDiagnostic({
  code: "DN0505",
  message: (what: string) => `${what} cannot be decided for all sizes`,
  explain: {
    title: "not-decidable",
    text: "A free size stands where a number is needed: in a condition, a count, a window or stride, or against another symbol. Two symbols are never taken as equal silently. Say what holds in a `where`, or give the size a number.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ H, 8]; output y = x < when (in.h > 4) < maxpool 2 > >; }\n",
    right:
      "dn 1;\nmodel m where (H > 4) { input x: f32[3 @ H, 8]; output y = x < when (in.h > 4) < maxpool 2 > >; }\n",
  },
});

export type ArithmeticOperator = Exclude<BinaryExpression["operator"], "&&" | "||">;

/** Why there is no value. */
export type Failure = "division by zero" | "symbolic";

export function arithmetic(
  operator: ArithmeticOperator,
  a: FractionOrNumber,
  b: FractionOrNumber,
): FractionOrNumber | Failure {
  if (!isFraction(a) && !isFraction(b)) return ofNumbers(operator, a, b) ?? "division by zero";
  return ofSymbols(operator, a, b) ?? "symbolic";
}

function ofNumbers(operator: ArithmeticOperator, a: Rational, b: Rational): Rational | undefined {
  switch (operator) {
    case "+":
      return add(a, b);
    case "-":
      return subtract(a, b);
    case "*":
      return multiply(a, b);
    case "/":
      return divide(a, b);
    case "%": {
      const quotient = divide(a, b);
      return quotient && subtract(a, multiply(rational(floor(quotient)), b));
    }
    default:
      return unreachable(operator);
  }
}

/** `undefined` where the result grows in no even way, or depends on two symbols. */
function ofSymbols(
  operator: ArithmeticOperator,
  a: FractionOrNumber,
  b: FractionOrNumber,
): FractionOrNumber | undefined {
  switch (operator) {
    case "+":
      if (!isFraction(a)) return isFraction(b) ? shifted(b, a) : undefined;
      if (!isFraction(b)) return shifted(a, b);
      return a.numerator.symbol === b.numerator.symbol ? sum(a, b) : undefined;
    case "-":
      return difference(a, b);
    case "*":
      if (!isFraction(a)) return isFraction(b) ? scaled(b, a) : undefined;
      return isFraction(b) ? undefined : scaled(a, b);
    case "/": {
      if (!isFraction(a) || isFraction(b)) return undefined;
      const inverse = divide(rational(1), b);
      return inverse && scaled(a, inverse);
    }
    case "%":
      return isFraction(a) && !isFraction(b) ? remainder(a, b) : undefined;
    default:
      return unreachable(operator);
  }
}

/** The functions that symbolic values have. */
export function applySymbolic(name: string, values: readonly Literal[]): Literal | undefined {
  const [value, second] = values.map(numericValue);
  if (value === undefined || !isFraction(value)) return undefined;
  if (values.length === 1) {
    if (name === "floor") return valueLiteral(fractionOf(floorOf(value)));
    if (name === "ceil") return valueLiteral(fractionOf(ceilOf(value)));
    if (name === "round") return floored(shifted(value, rational(1, 2)));
  }
  if (name === "div" && second !== undefined) {
    const quotient = arithmetic("/", value, second);
    return typeof quotient === "string" ? undefined : floored(quotient);
  }
  return undefined;
}

function floored(value: FractionOrNumber | undefined): Literal | undefined {
  if (value === undefined) return undefined;
  return valueLiteral(isFraction(value) ? fractionOf(floorOf(value)) : rational(floor(value)));
}

type Operator = ComparisonExpression["operators"][number];

/** Whether a comparison holds, by the sign of the difference of its sides. */
export const TESTS: Readonly<Record<Operator, (sign: number) => boolean>> = {
  "<": (sign) => sign < 0,
  ">": (sign) => sign > 0,
  "<=": (sign) => sign <= 0,
  ">=": (sign) => sign >= 0,
  "==": (sign) => sign === 0,
  "!=": (sign) => sign !== 0,
};

/** Whether a comparison of numbers holds, or where it does; `undefined` for two symbols. */
export function compareValues(
  operator: Operator,
  a: FractionOrNumber,
  b: FractionOrNumber,
): boolean | Condition | undefined {
  const test = TESTS[operator];
  if (!isFraction(a) && !isFraction(b)) return test(compare(a, b));
  const apart = difference(a, b);
  if (apart === undefined) return undefined;
  return isFraction(apart) ? signCondition(apart, test) : test(compare(apart, rational(0)));
}

/** The same of any two values. */
export function holdsBetween(
  operator: Operator,
  left: Literal,
  right: Literal,
): boolean | Condition | "incomparable" | "two symbols" {
  const [a, b] = [numericValue(left), numericValue(right)];
  if (a !== undefined && b !== undefined) return compareValues(operator, a, b) ?? "two symbols";
  if ((operator === "==" || operator === "!=") && left.kind === right.kind)
    return sameLiteral(left, right) === (operator === "==");
  return "incomparable";
}
