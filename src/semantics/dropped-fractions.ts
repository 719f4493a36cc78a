/** Shares of channels that come out as a fraction, of which `floor` drops what is behind the point. */
import type * as ast from "../../grammar/ast.ts";
import type { Frame } from "../base/diagnostic.ts";
import { divide, isInteger, type Rational } from "../base/rational.ts";
import type { Span } from "../base/source.ts";
import type { Literal } from "../ir/literal.ts";

export interface DroppedFraction {
  /** The call of `floor`, and where in the expansion it stands. */
  readonly span: Span;
  readonly frame: Frame;
  /** The product that is floored. */
  readonly amount: Rational;
  /** The factor that is a number of channels, and what the others come to. */
  readonly channels: Rational;
  readonly share: Rational;
}

/** Of `floor(product)` with one factor that is the channels of a value; `undefined` where nothing is dropped. */
export function droppedFraction(
  call: ast.NameExpression,
  amount: Literal | undefined,
  frame: Frame,
  read: (factor: ast.Expression) => Literal | undefined,
): DroppedFraction | undefined {
  const [product] = call.arguments?.items ?? [];
  if (amount?.kind !== "number" || isInteger(amount.value) || product === undefined) return undefined;
  const factors = factorsOf(product.value);
  const [factor, ...others] = factors.filter(isChannels);
  const channels = factor && others.length === 0 && factors.length > 1 ? read(factor) : undefined;
  if (channels?.kind !== "number") return undefined;
  const share = divide(amount.value, channels.value);
  return share && { span: call.span, frame, amount: amount.value, channels: channels.value, share };
}

/** Of `in.c*1/2`, which divides a product, too. */
function factorsOf(expression: ast.Expression): readonly ast.Expression[] {
  if (expression.kind !== "binary") return [expression];
  const { operator, left, right } = expression;
  if (operator === "/") return factorsOf(left);
  return operator === "*" ? [...factorsOf(left), ...factorsOf(right)] : [expression];
}

/** `in.c`, `skip.c`. */
function isChannels(expression: ast.Expression): boolean {
  if (expression.kind === "flow-member") return expression.member?.text === "c";
  return (
    expression.kind === "name" && expression.arguments === undefined && expression.name.parts[1]?.text === "c"
  );
}
