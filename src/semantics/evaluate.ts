/** Expressions to literals, exactly. Names were resolved before; what is wrong with values is reported here. */
import type {
  BinaryExpression,
  ComparisonExpression,
  Expression,
  FlowMember,
  Name,
  NameExpression,
  UnaryExpression,
} from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { unreachable } from "../base/invariant.ts";
import { isHuge, rational } from "../base/rational.ts";
import { replaceFix } from "../base/replace-fix.ts";
import type { Span } from "../base/source.ts";

import { listOf, quoted } from "../base/text.ts";
import { type FractionOrNumber, fractionOf, isFraction } from "../ir/fraction.ts";

import {
  describeKind,
  integerOf,
  type Literal,
  type NumericLiteral,
  numberLiteral,
  printLiteral,
  valueLiteral,
} from "../ir/literal.ts";

import { axesOf, axisByName, axisName, printShape, rankOf, sizeAt } from "../ir/shape.ts";
import { type Condition, combined, negated } from "../ir/size.ts";

import { outOfRange, wrongType } from "../ops/call-problems.ts";
import type { Value } from "../ops/op.ts";
import { wrongRank } from "../ops/window.ts";
import type { Environment } from "./environment.ts";
import { FUNCTIONS } from "./functions.ts";
import { lookUp } from "./scope.ts";
import { applySymbolic, arithmetic, type Failure, holdsBetween, inconclusive } from "./symbolic.ts";
import { noteComparison, termLiteral } from "./trace.ts";
import { traced, tracedElement } from "./traced-arithmetic.ts";

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

/** Lists are as long as networks are deep; only longer ones are counted. */
const FREE_ELEMENTS = 16;

export function spanOf(at: Span | Expression): Span {
  return "kind" in at ? at.span : at;
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
      return evaluateList(expression.items, expression.span, environment);
    case "flow-member":
      return memberOf(expression, environment);
    case "name":
      return nameOrCall(expression, environment);
    case "index":
      return indexed(expression.base, expression.index, expression.span, environment);
    case "unary":
      return expression.operator === "!"
        ? booleanOf(expression, environment)
        : negative(expression, environment);
    case "binary":
      return binary(expression, environment);
    case "comparison":
      return booleanOf(expression, environment);
    default:
      return unreachable(expression);
  }
}

/** The number, symbolic or not, that an expression must be. */
function numberOf(expression: Expression, environment: Environment): NumericLiteral | undefined {
  const value = evaluate(expression, environment);
  if (value === undefined || value.kind === "number" || value.kind === "symbolic") return value;
  return environment.report(badExpression, [`expected a number, found ${describeKind(value)}`], expression);
}

/** The integer that `what` must be: `minimum` or more. Nothing is rounded. */
export function asCount(
  what: string,
  value: Literal | undefined,
  at: Span | Expression,
  minimum: number,
  environment: Environment,
): number | undefined {
  if (value === undefined) return undefined;
  if (value.kind === "symbolic")
    return environment.report(inconclusive, [`${what} ${quoted(printLiteral(value))}`], at);
  const expects = `an integer of at least ${minimum}`;
  const integer = integerOf(value);
  if (integer === undefined) return environment.report(wrongType, [what, expects, printLiteral(value)], at);
  if (integer < minimum) return environment.report(outOfRange, [what, expects, printLiteral(value)], at);
  return integer;
}

/** Whether a condition holds; where that depends on a symbol, `environment` decides. */
export function truthOf(expression: Expression, environment: Environment): boolean | undefined {
  const condition = conditionOf(expression, environment);
  return typeof condition === "object" ? environment.decide(condition, expression.span) : condition;
}

/** Whether a condition holds, or where it does. */
export function conditionOf(
  expression: Expression,
  environment: Environment,
): boolean | Condition | undefined {
  if (environment.isBad(expression)) return undefined;
  if (expression.kind === "comparison") return comparison(expression, environment);
  if (expression.kind === "unary" && expression.operator === "!") {
    const condition = conditionOf(expression.operand, environment);
    return typeof condition === "object"
      ? negated(condition)
      : condition === undefined
        ? undefined
        : !condition;
  }
  if (expression.kind === "binary" && (expression.operator === "&&" || expression.operator === "||")) {
    return bothOrEither(expression, expression.operator === "&&" ? "and" : "or", environment);
  }
  const value = evaluate(expression, environment);
  if (value === undefined || value.kind === "boolean") return value?.value;
  return environment.report(
    badExpression,
    [`expected a condition, found ${describeKind(value)}`],
    expression,
  );
}

function bothOrEither(
  { left, right, span }: BinaryExpression,
  how: "and" | "or",
  environment: Environment,
): boolean | Condition | undefined {
  const first = conditionOf(left, environment);
  // As everywhere, the second operand is not asked where the first one decides.
  if (first === undefined || first === (how === "or")) return first;
  const second = conditionOf(right, environment);
  if (typeof first !== "object" || second === undefined) return second;
  if (typeof second !== "object") return second === (how === "or") ? second : first;
  if (first.symbol === second.symbol) return combined(first, second, how);
  return environment.report(inconclusive, ["a condition on two symbols"], span);
}

function booleanOf(expression: Expression, environment: Environment): Literal | undefined {
  const value = truthOf(expression, environment);
  return value === undefined ? undefined : { kind: "boolean", value };
}

function negative({ operand, span }: UnaryExpression, environment: Environment): Literal | undefined {
  const value = numberOf(operand, environment);
  if (value === undefined) return undefined;
  const result = computed(arithmetic("-", rational(0), value.value), span, environment);
  return traced(environment.trace, result, "-", [value]);
}

/** The value of arithmetic, or a report of why there is none. */
function computed(
  result: FractionOrNumber | Failure,
  span: Span,
  environment: Environment,
): Literal | undefined {
  if (result === "symbolic") return environment.report(inconclusive, ["an expression of this form"], span);
  if (typeof result === "string") return environment.report(badExpression, [result], span);
  if (!isFraction(result) && isHuge(result))
    return environment.report(badExpression, ["the number has too many digits"], span);
  return valueLiteral(result);
}

function evaluateList(
  expressions: readonly Expression[],
  span: Span,
  environment: Environment,
): Literal | undefined {
  if (expressions.length > FREE_ELEMENTS && !environment.spend(expressions.length, span)) return undefined;
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
      { help: [`write \`${expression.base}.c\` for its channels`] },
    );
  }
  return sizeOf(value, expression.member, environment);
}

/** The size that `.c`, `.h` and so on names. A doubtful one has no value, so that nothing follows from it. */
function sizeOf(value: Value, { text, span }: Name, environment: Environment): Literal | undefined {
  const rank = rankOf(value.shape);
  const axis = axisByName(rank, text);
  if (axis === undefined) {
    if (value.doubt.has("rank")) return undefined;
    const names = axesOf(rank).map((each) => axisName(rank, each).toLowerCase());
    // `.channels`, `.H`.
    const near = names.find((name) => text.toLowerCase().startsWith(name));
    const has = `it has ${listOf(names.map((name) => quoted(`.${name}`)))}`;
    return environment.report(wrongRank, [`${printShape(value.shape)} has no \`.${text}\``], span, {
      help: [near === undefined ? has : `${has}; did you mean \`.${near}\`?`],
      ...(near !== undefined && replaceFix(span, near)),
    });
  }
  if (value.doubt.has(axis)) return undefined;
  return axis === 0
    ? termLiteral(value.shape.channels, value.shape.formula)
    : valueLiteral(fractionOf(sizeAt(value.shape, axis) ?? 0));
}

function nameOrCall(expression: NameExpression, environment: Environment): Literal | undefined {
  const measured = environment.measured?.get(expression);
  if (measured !== undefined) return measured;
  const block = environment.blockOf(expression);
  if (block !== undefined) return { kind: "block", value: block.ast.name.text, definition: block };
  const [head, member] = expression.name.parts;
  if (expression.arguments !== undefined) return callOf(expression, environment);
  if (member !== undefined) {
    const entry = lookUp(environment.scope, head.text);
    if (entry?.kind === "tensor") return sizeOf(entry.value, member, environment);
    if (entry?.kind === "failed") return undefined;
    return environment.report(badExpression, [`${quoted(head.text)} has no sizes`], expression.span);
  }
  const entry = lookUp(environment.scope, head.text);
  switch (entry?.kind) {
    case undefined:
      return { kind: "word", value: head.text };
    case "literal":
      return entry.value;
    case "failed":
      return undefined;
    case "shared":
    case "tensor":
      return environment.report(
        badExpression,
        [`${quoted(head.text)} is a ${entry.kind === "shared" ? "shared instance" : "tensor"}, not a number`],
        expression.span,
        { help: [`write \`${head.text}.c\` for its channels`] },
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
  const values = evaluateList(
    expression.arguments?.items.map((item) => item.value) ?? [],
    expression.span,
    environment,
  );
  if (values?.kind !== "list") return undefined;
  const length = values.items.reduce((sum, item) => sum + (item.kind === "list" ? item.items.length : 0), 0);
  if (length > FREE_ELEMENTS && !environment.spend(length, expression.span)) return undefined;
  if (values.items.some((item) => item.kind === "symbolic")) {
    const result = applySymbolic(name, values.items);
    return (
      result ?? environment.report(inconclusive, [`${quoted(name)} of a symbolic size`], expression.span)
    );
  }
  if (name === "floor") environment.floored(expression, values.items[0]);
  const result = builtIn.apply(values.items);
  if (result.kind === "list" && !environment.spend(result.items.length, expression.span)) return undefined;
  if (result.kind !== "problem") {
    const value = result.kind === "number" ? computed(result.value, expression.span, environment) : result;
    return traced(environment.trace, value, name, values.items);
  }
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
  const at = evaluate(index, environment);
  const position = asCount("the index", at, index, 0, environment);
  if (at === undefined || position === undefined) return undefined;
  const item = list.items[position];
  if (item !== undefined) return tracedElement(environment.trace, item, at);
  return environment.report(
    outOfRange,
    ["the index", `below ${list.items.length}, the length of the list`, `${position}`],
    span,
  );
}

function binary(expression: BinaryExpression, environment: Environment): Literal | undefined {
  const { operator, left, right, span } = expression;
  if (operator === "&&" || operator === "||") return booleanOf(expression, environment);
  const [a, b] = [numberOf(left, environment), numberOf(right, environment)];
  if (a === undefined || b === undefined) return undefined;
  const result = computed(arithmetic(operator, a.value, b.value), span, environment);
  return traced(environment.trace, result, operator, [a, b]);
}

function comparison(
  expression: ComparisonExpression,
  environment: Environment,
): boolean | Condition | undefined {
  const values = expression.operands.map((operand) => evaluate(operand, environment));
  let result: boolean | Condition = true;
  for (const [position, operator] of expression.operators.entries()) {
    const [left, right] = [values[position], values[position + 1]];
    if (left === undefined || right === undefined) return undefined;
    const holds = holdsBetween(operator, left, right);
    if (holds === "incomparable") {
      return environment.report(
        badExpression,
        [`cannot compare ${describeKind(left)} with ${describeKind(right)}`],
        expression.span,
      );
    }
    if (holds === "two symbols") {
      const sizes = `${quoted(printLiteral(left))} against ${quoted(printLiteral(right))}`;
      return environment.report(inconclusive, [sizes], expression.span);
    }
    if (environment.trace !== undefined && typeof holds === "boolean")
      noteComparison(environment.trace, expression.span, operator, [left, right], holds);
    if (holds === false) return false;
    if (typeof holds !== "object") continue;
    if (typeof result === "object" && result.symbol !== holds.symbol) {
      return environment.report(inconclusive, ["a condition on two symbols"], expression.span);
    }
    result = typeof result === "object" ? combined(result, holds, "and") : holds;
  }
  return result;
}
