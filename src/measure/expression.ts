/** The arithmetic of conventions: `2*W*S + b*Y` over named integers, exact. It has + - * / floor and brackets. */
import { add, divide, floor, multiply, negate, type Rational, rational, subtract } from "../base/rational.ts";

/** Names and their values; a name that is missing is a mistake of the convention. */
export type Symbols = Readonly<Record<string, bigint>>;

export interface Expression {
  /** As it was written. */
  readonly text: string;
  /** The names that it reads. */
  readonly names: ReadonlySet<string>;
  evaluate(symbols: Symbols): Rational;
}

/** What is wrong with an expression of a convention; its message names the expression. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

type Evaluate = (symbols: Symbols) => Rational;

export function parseExpression(text: string): Expression {
  const tokens = text.match(/\d+|[A-Za-z]+|\S/g) ?? [];
  const names = new Set<string>();
  let position = 0;
  const fail = (found = tokens[position]): never => {
    throw new ExpressionError(
      `${found === undefined ? "the end" : `\`${found}\``} is unexpected in \`${text}\``,
    );
  };
  const takes = (...wanted: readonly string[]): string | undefined => {
    const token = tokens[position];
    if (token === undefined || !wanted.includes(token)) return undefined;
    position += 1;
    return token;
  };

  const chain = (operand: () => Evaluate, operators: Readonly<Record<string, Operator>>): Evaluate => {
    let left = operand();
    for (;;) {
      const operator = operators[takes(...Object.keys(operators)) ?? ""];
      if (operator === undefined) return left;
      const [first, second] = [left, operand()];
      left = (symbols) => operator(first(symbols), second(symbols), text);
    }
  };
  const sum = (): Evaluate => chain(product, { "+": add, "-": subtract });
  const product = (): Evaluate => chain(factor, { "*": multiply, "/": quotient });
  const factor = (): Evaluate => {
    if (takes("-") !== undefined) {
      const operand = factor();
      return (symbols) => negate(operand(symbols));
    }
    if (takes("floor") !== undefined) {
      const operand = tokens[position] === "(" ? factor() : fail();
      return (symbols) => rational(floor(operand(symbols)));
    }
    if (takes("(") !== undefined) {
      const inner = sum();
      return takes(")") === undefined ? fail() : inner;
    }
    return atom();
  };
  const atom = (): Evaluate => {
    const token = tokens[position] ?? fail();
    if (!/^[A-Za-z0-9]/.test(token)) return fail();
    position += 1;
    if (/^\d/.test(token)) {
      const value = rational(BigInt(token));
      return () => value;
    }
    names.add(token);
    return (symbols) => {
      const value = symbols[token];
      if (value === undefined) throw new ExpressionError(`\`${token}\` has no value in \`${text}\``);
      return rational(value);
    };
  };

  const evaluate = sum();
  if (position < tokens.length) fail();
  return { text, names, evaluate };
}

type Operator = (left: Rational, right: Rational, text: string) => Rational;

function quotient(left: Rational, right: Rational, text: string): Rational {
  const result = divide(left, right);
  if (result === undefined) throw new ExpressionError(`\`${text}\` divides by zero`);
  return result;
}
