/** Expressions to literals, exactly. Names were resolved before; what is wrong with values is reported here. */
import type {
  BinaryExpression,
  ComparisonExpression,
  Expression,
  FlowMember,
  NameExpression,
} from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { unreachable } from "../base/invariant.ts";
import {
  add,
  compare,
  divide,
  floor,
  multiply,
  negate,
  type Rational,
  rational,
  subtract,
} from "../base/rational.ts";
import type { Span } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import {
  describeKind,
  integerOf,
  type Literal,
  numberLiteral,
  printLiteral,
  sameLiteral,
} from "../ir/literal.ts";
import { axisByName, axisName, printShape, rankOf, sizeAt } from "../ir/shape.ts";
import { outOfRange, wrongType } from "../ops/call-problems.ts";
import type { Value } from "../ops/op.ts";
import { wrongRank } from "../ops/window.ts";
import { FUNCTIONS } from "./functions.ts";
import { lookUp, type Scope } from "./scope.ts";

export const badExpression: DiagnosticKind<[why: string]> = defineDiagnostic({
  code: "DN0309",
  message: (why: string) => why,
  explain: {
    title: "bad-expression",
    text: "An expression has no value: a division by zero, a function called wrongly, or an operator between things that it does not take.",
    wrong:
      "dn 1;\nmodel m { let a = 1/0; input x: f32[3 @ 8x8]; output y = x < conv 3 (order=bare) -> a >; }\n",
    right:
      "dn 1;\nmodel m { let a = 1/2; input x: f32[3 @ 8x8]; output y = x < conv 3 (order=bare) -> 2*a >; }\n",
  },
});

/** Where an expression stands. */
export interface Environment {
  readonly scope: Scope;
  /** The input of the innermost body, where there is one. */
  readonly in?: Value | undefined;
  /** The current value. */
  readonly it?: Value | undefined;
  /** Names that win over parameters: `params` in `expect`. */
  readonly metrics?: ReadonlyMap<string, Literal>;
  /** Expressions that were reported already. */
  readonly isBad: (expression: Expression) => boolean;
  /** At a place, or at the source of the value of an expression. */
  report<Args extends readonly unknown[]>(
    kind: DiagnosticKind<Args>,
    args: Args,
    at: Span | Expression,
    help?: string,
  ): undefined;
}

/** `undefined`: reported, or it follows from something that was. */
export function evaluate(expression: Expression, environment: Environment): Literal | undefined {
  if (environment.isBad(expression)) return undefined;
  switch (expression.kind) {
    case "number":
      return { kind: "number", value: expression.value };
    case "boolean":
      return { kind: "boolean", value: expression.value };
    case "string":
      return { kind: "string", value: expression.value };
    case "kernel":
      return { kind: "list", items: expression.sizes.map(numberLiteral) };
    case "list":
      return listOf(expression.items, environment);
    case "flow-member":
      return memberOf(expression, environment);
    case "name":
      return nameOrCall(expression, environment);
    case "index":
      return indexed(expression.base, expression.index, expression.span, environment);
    case "unary": {
      if (expression.operator === "!") {
        const value = truthOf(expression.operand, environment);
        return value === undefined ? undefined : { kind: "boolean", value: !value };
      }
      const value = numberOf(expression.operand, environment);
      return value === undefined ? undefined : { kind: "number", value: negate(value) };
    }
    case "binary":
      return binary(expression, environment);
    case "comparison":
      return comparison(expression, environment);
    default:
      return unreachable(expression);
  }
}

/** The number that an expression must be. */
export function numberOf(expression: Expression, environment: Environment): Rational | undefined {
  const value = evaluate(expression, environment);
  if (value === undefined || value.kind === "number") return value?.value;
  return environment.report(badExpression, [`expected a number, found ${describeKind(value)}`], expression);
}

/** The integer that `what` must be: `minimum` or more. Nothing is rounded. */
export function countOf(
  what: string,
  expression: Expression,
  minimum: number,
  environment: Environment,
): number | undefined {
  return asCount(what, evaluate(expression, environment), expression, minimum, environment);
}

/** The same of a value that was evaluated before. */
export function asCount(
  what: string,
  value: Literal | undefined,
  at: Span | Expression,
  minimum: number,
  environment: Environment,
): number | undefined {
  if (value === undefined) return undefined;
  const expects = `an integer of at least ${minimum}`;
  const integer = integerOf(value);
  if (integer === undefined) return environment.report(wrongType, [what, expects, printLiteral(value)], at);
  if (integer < minimum) return environment.report(outOfRange, [what, expects, printLiteral(value)], at);
  return integer;
}

export function truthOf(expression: Expression, environment: Environment): boolean | undefined {
  const value = evaluate(expression, environment);
  if (value === undefined || value.kind === "boolean") return value?.value;
  return environment.report(
    badExpression,
    [`expected a condition, found ${describeKind(value)}`],
    expression,
  );
}

function listOf(expressions: readonly Expression[], environment: Environment): Literal | undefined {
  const items = expressions.map((item) => evaluate(item, environment));
  const whole = items.flatMap((item) => (item === undefined ? [] : [item]));
  return whole.length === items.length ? { kind: "list", items: whole } : undefined;
}

function memberOf(expression: FlowMember, environment: Environment): Literal | undefined {
  const value = expression.base === "in" ? environment.in : environment.it;
  if (value === undefined) {
    return environment.report(badExpression, [`\`${expression.base}\` has no value here`], expression.span);
  }
  if (expression.member === undefined) {
    return environment.report(
      badExpression,
      [`\`${expression.base}\` is a tensor, not a number`],
      expression.span,
      `write \`${expression.base}.c\` for its channels`,
    );
  }
  return sizeOf(value, expression.member.text, expression.span, environment);
}

/** The size that `.c`, `.h` and so on names. A doubtful one has no value, so that nothing follows from it. */
function sizeOf(value: Value, member: string, span: Span, environment: Environment): Literal | undefined {
  const rank = rankOf(value.shape);
  const axis = axisByName(rank, member);
  if (axis === undefined) {
    if (value.doubt.has("rank")) return undefined;
    const names = Array.from(
      { length: rank + 1 },
      (_, index) => `.${axisName(rank, index).toLowerCase()}`,
    ).join(" ");
    return environment.report(
      wrongRank,
      [`\`.${member}\``, 1, rank],
      span,
      `${printShape(value.shape)} has ${names}`,
    );
  }
  if (value.doubt.has(axis)) return undefined;
  return numberLiteral(sizeAt(value.shape, axis) ?? 0);
}

function nameOrCall(expression: NameExpression, environment: Environment): Literal | undefined {
  const [head, member] = expression.name.parts;
  if (expression.arguments !== undefined) return callOf(expression, environment);
  if (member !== undefined) {
    const entry = lookUp(environment.scope, head.text);
    if (entry?.kind === "tensor") return sizeOf(entry.value, member.text, expression.span, environment);
    if (entry?.kind === "failed") return undefined;
    return environment.report(badExpression, [`${quoted(head.text)} has no sizes`], expression.span);
  }
  const metric = environment.metrics?.get(head.text);
  if (metric !== undefined) return metric;
  const entry = lookUp(environment.scope, head.text);
  switch (entry?.kind) {
    case undefined:
      return { kind: "word", value: head.text };
    case "literal":
      return entry.value;
    case "failed":
      return undefined;
    case "tensor":
      return environment.report(
        badExpression,
        [`${quoted(head.text)} is a tensor, not a number`],
        expression.span,
        `write \`${head.text}.c\` for its channels`,
      );
    default:
      return unreachable(entry);
  }
}

function callOf(expression: NameExpression, environment: Environment): Literal | undefined {
  const name = expression.name.parts.map((part) => part.text).join(".");
  const builtIn = FUNCTIONS.get(name);
  if (builtIn === undefined)
    return environment.report(badExpression, [`${quoted(name)} is not a function`], expression.span);
  const values = listOf(expression.arguments?.items.map((item) => item.value) ?? [], environment);
  if (values?.kind !== "list") return undefined;
  const result = builtIn.apply(values.items);
  if (result.kind !== "problem") return result;
  return environment.report(
    badExpression,
    [`${quoted(`${name}(${values.items.map(printLiteral).join(", ")})`)} has no value: ${result.why}`],
    expression.span,
  );
}

function indexed(
  base: Expression,
  index: Expression,
  span: Span,
  environment: Environment,
): Literal | undefined {
  const list = evaluate(base, environment);
  if (list === undefined) return undefined;
  if (list.kind !== "list")
    return environment.report(
      badExpression,
      [`only a list has elements, not ${describeKind(list)}`],
      base.span,
    );
  const position = countOf("the index", index, 0, environment);
  if (position === undefined) return undefined;
  const item = list.items[position];
  if (item !== undefined) return item;
  return environment.report(
    outOfRange,
    ["the index", `below ${list.items.length}, the length of the list`, `${position}`],
    span,
  );
}

function binary(expression: BinaryExpression, environment: Environment): Literal | undefined {
  const { operator, left, right, span } = expression;
  if (operator === "&&" || operator === "||") {
    const first = truthOf(left, environment);
    // As everywhere, the second operand is not asked where the first one decides.
    if (first === undefined || first === (operator === "||"))
      return first === undefined ? undefined : { kind: "boolean", value: first };
    const second = truthOf(right, environment);
    return second === undefined ? undefined : { kind: "boolean", value: second };
  }
  const [a, b] = [numberOf(left, environment), numberOf(right, environment)];
  if (a === undefined || b === undefined) return undefined;
  const value = arithmetic(operator, a, b);
  if (value !== undefined) return { kind: "number", value };
  return environment.report(badExpression, ["division by zero"], span);
}

function arithmetic(operator: "+" | "-" | "*" | "/" | "%", a: Rational, b: Rational): Rational | undefined {
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

function comparison(expression: ComparisonExpression, environment: Environment): Literal | undefined {
  const values = expression.operands.map((operand) => evaluate(operand, environment));
  for (const [position, operator] of expression.operators.entries()) {
    const [left, right] = [values[position], values[position + 1]];
    if (left === undefined || right === undefined) return undefined;
    const holds = holdsBetween(operator, left, right);
    if (holds === undefined) {
      return environment.report(
        badExpression,
        [`cannot compare ${describeKind(left)} with ${describeKind(right)}`],
        expression.span,
      );
    }
    if (!holds) return { kind: "boolean", value: false };
  }
  return { kind: "boolean", value: true };
}

function holdsBetween(
  operator: ComparisonExpression["operators"][number],
  left: Literal,
  right: Literal,
): boolean | undefined {
  if (operator === "==" || operator === "!=") {
    if (left.kind !== right.kind) return undefined;
    return sameLiteral(left, right) === (operator === "==");
  }
  if (left.kind !== "number" || right.kind !== "number") return undefined;
  const order = compare(left.value, right.value);
  switch (operator) {
    case "<":
      return order < 0;
    case ">":
      return order > 0;
    case "<=":
      return order <= 0;
    case ">=":
      return order >= 0;
    default:
      return unreachable(operator);
  }
}
