/** From the concrete tree of an expression to its syntax tree. */
import type { CstNode, IToken } from "chevrotain";
import { ONE } from "../src/base/rational.ts";
import { joinSpans, type Span } from "../src/base/source.ts";
import type {
  Argument,
  Arguments,
  BinaryExpression,
  ComparisonOperator,
  Expression,
  KernelLiteral,
  NumberLiteral,
  StringLiteral,
} from "./ast.ts";
import {
  type BuildContext,
  buildAll,
  buildName,
  buildQualifiedName,
  childOf,
  childrenOf,
  nodeSpan,
  tokenOf,
  tokenSpan,
  tokensOf,
} from "./cst.ts";
import { parseKernel, parseNumber } from "./numbers.ts";
import { indexAt } from "./segments.ts";
import { numberOutOfRange } from "./syntax-errors.ts";
import * as t from "./tokens.ts";

function reportOutOfRange(ctx: BuildContext, span: Span, text: string): void {
  const help = ["exponents lie between -400 and 400, and a number has at most 10,000 digits"];
  ctx.reporter.report(numberOutOfRange.at({ span, help }, text));
}

export function buildNumber(ctx: BuildContext, token: IToken): NumberLiteral {
  const span = tokenSpan(ctx, token);
  const value = parseNumber(token.image);
  if (value === undefined) reportOutOfRange(ctx, span, token.image);
  return { kind: "number", value: value ?? ONE, text: token.image, span };
}

export function buildKernel(ctx: BuildContext, token: IToken): KernelLiteral {
  const span = tokenSpan(ctx, token);
  const sizes = parseKernel(token.image);
  if (sizes === undefined) reportOutOfRange(ctx, span, token.image);
  return { kind: "kernel", sizes: sizes ?? [1, 1], span };
}

export function buildString(ctx: BuildContext, token: IToken): StringLiteral {
  return { kind: "string", value: token.image.slice(1, -1), span: tokenSpan(ctx, token) };
}

export function buildArguments(ctx: BuildContext, node: CstNode | undefined): Arguments | undefined {
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || span === undefined) return undefined;
  return { items: buildAll(ctx, childrenOf(node, "arg"), buildArgument), span };
}

function buildArgument(ctx: BuildContext, node: CstNode): Argument | undefined {
  const span = nodeSpan(ctx, node);
  const after = span && ctx.tokens[indexAt(ctx.tokens, span.end)];
  // A word of the grammar was meant as a name, and that was told.
  if (after?.tokenType === t.Equal) return undefined;
  const value = buildRelation(ctx, childOf(node, "rel"));
  const name = buildName(ctx, tokenOf(node, "Ident"));
  return span && value && { ...(name && { name }), value, span };
}

export function buildRelation(ctx: BuildContext, node: CstNode | undefined): Expression | undefined {
  return buildChain(ctx, node, buildConjunction);
}

function buildConjunction(ctx: BuildContext, node: CstNode): Expression | undefined {
  return buildChain(ctx, node, buildComparison);
}

function buildComparison(ctx: BuildContext, node: CstNode): Expression | undefined {
  const [first, second, ...rest] = buildAll(ctx, childrenOf(node, "operand"), buildExpression);
  if (first === undefined || second === undefined) return first;
  const operators = tokensOf(node, "operator").map((token) => token.image as ComparisonOperator);
  const span = joinSpans(first.span, (rest.at(-1) ?? second).span);
  return { kind: "comparison", operands: [first, second, ...rest], operators, span };
}

export function buildExpression(ctx: BuildContext, node: CstNode | undefined): Expression | undefined {
  return buildChain(ctx, node, buildProduct);
}

function buildProduct(ctx: BuildContext, node: CstNode): Expression | undefined {
  return buildChain(ctx, node, buildUnary);
}

/** `a - b - c` is `(a - b) - c`. */
function buildChain(
  ctx: BuildContext,
  node: CstNode | undefined,
  buildOperand: (ctx: BuildContext, node: CstNode) => Expression | undefined,
): Expression | undefined {
  if (node === undefined) return undefined;
  const [first, ...rest] = buildAll(ctx, childrenOf(node, "operand"), buildOperand);
  if (first === undefined) return undefined;
  const operators = tokensOf(node, "operator").map((token) => token.image as BinaryExpression["operator"]);
  return rest.reduce<Expression>((left, right, index) => {
    const operator = operators[index];
    if (operator === undefined) return left;
    return { kind: "binary", operator, left, right, span: joinSpans(left.span, right.span) };
  }, first);
}

function buildUnary(ctx: BuildContext, node: CstNode): Expression | undefined {
  const span = nodeSpan(ctx, node);
  const operand = buildPrimary(ctx, childOf(node, "prim"));
  const operator = tokenOf(node, "operator");
  if (span === undefined || operand === undefined || operator === undefined) return operand;
  return { kind: "unary", operator: operator.image as "-" | "!", operand, span };
}

function buildPrimary(ctx: BuildContext, node: CstNode | undefined): Expression | undefined {
  if (node === undefined) return undefined;
  return childrenOf(node, "index").reduce<Expression | undefined>(
    (base, indexNode) => {
      const index = buildExpression(ctx, childOf(indexNode, "expr"));
      const span = nodeSpan(ctx, indexNode);
      if (base === undefined || index === undefined || span === undefined) return base;
      return { kind: "index", base, index, span: joinSpans(base.span, span) };
    },
    buildAtom(ctx, node),
  );
}

/** Of the children one is the atom, the first; the others index it. */
function buildAtom(ctx: BuildContext, node: CstNode): Expression | undefined {
  for (const [name, [child]] of Object.entries(node.children)) {
    if (child === undefined) continue;
    if ("image" in child) return LITERALS.get(name)?.(ctx, child);
    const span = nodeSpan(ctx, child);
    const build = COMPOUNDS.get(name);
    if (span !== undefined && build !== undefined) return build(ctx, child, span);
  }
  return undefined;
}

function buildBoolean(ctx: BuildContext, token: IToken): Expression {
  return { kind: "boolean", value: token.image === "true", span: tokenSpan(ctx, token) };
}

const LITERALS: ReadonlyMap<string, (ctx: BuildContext, token: IToken) => Expression> = new Map([
  ["Num", buildNumber],
  ["Kernel", buildKernel],
  ["Str", buildString],
  ["True", buildBoolean],
  ["False", buildBoolean],
] as const);

type BuildCompound = (ctx: BuildContext, node: CstNode, span: Span) => Expression | undefined;

const COMPOUNDS: ReadonlyMap<string, BuildCompound> = new Map<string, BuildCompound>([
  [
    "list",
    (ctx, node, span) => ({
      kind: "list",
      items: buildAll(ctx, childrenOf(node, "expr"), buildExpression),
      span,
    }),
  ],
  [
    "flowMember",
    (ctx, node, span) => {
      const base = tokenOf(node, "base");
      const member = buildName(ctx, tokenOf(node, "Ident"));
      return (
        base && { kind: "flow-member", base: base.image as "in" | "it", ...(member && { member }), span }
      );
    },
  ],
  [
    "call",
    (ctx, node, span) => {
      const name = buildQualifiedName(ctx, childOf(node, "qid"));
      const given = buildArguments(ctx, childOf(node, "args"));
      return name && { kind: "name", name, ...(given && { arguments: given }), span };
    },
  ],
  [
    "group",
    // The parentheses belong to the span, so that a larger expression starts where its text does.
    (ctx, node, span) => {
      const inner = buildRelation(ctx, childOf(node, "rel"));
      return inner && { ...inner, span };
    },
  ],
]);
