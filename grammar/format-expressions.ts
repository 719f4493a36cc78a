/** Expressions in canonical form: spaces show how tightly operators bind, and parentheses stand where they are needed. */
import type { Argument, Arguments, BinaryExpression, Expression, QualifiedName } from "./ast.ts";
import {
  align,
  concat,
  fill,
  group,
  type Layout,
  line,
  nest,
  nothing,
  softLine,
  solid,
} from "./format-layout.ts";
import { lastRemarks, type Tokens } from "./format-tokens.ts";

/** How tightly an expression binds, from loose to tight. */
const RELATION = 1;
const CONJUNCTION = 2;
const COMPARISON = 3;
const SUM = 4;
const PRODUCT = 5;
const UNARY = 6;
const PRIMARY = 7;

const OPERATORS: Readonly<Record<BinaryExpression["operator"], number>> = {
  "||": RELATION,
  "&&": CONJUNCTION,
  "+": SUM,
  "-": SUM,
  "*": PRODUCT,
  "/": PRODUCT,
  "%": PRODUCT,
};

/** Longer sums are easier to read with spaces. */
const LONGEST_TIGHT_SUM = 32;

interface Printed {
  readonly layout: Layout;
  /** Stands in a sum without spaces: `a` and `(a-b)`, not `2*a`. */
  readonly isPlain: boolean;
  /** There are spaces around its operators. */
  readonly isSpaced: boolean;
}

function strengthOf(node: Expression): number {
  if (node.kind === "binary") return OPERATORS[node.operator];
  return node.kind === "comparison" ? COMPARISON : node.kind === "unary" ? UNARY : PRIMARY;
}

/** What may stand without parentheses, as after `->`. */
export function printExpression(tokens: Tokens, node: Expression): Layout {
  return print(tokens, node, SUM).layout;
}

/** What stands in parentheses or after `expect`. */
export function printRelation(tokens: Tokens, node: Expression): Layout {
  return print(tokens, node, RELATION).layout;
}

/** As a single word, or in parentheses: after `/`. */
export function printStride(tokens: Tokens, node: Expression): Layout {
  const isName = node.kind === "name" && node.arguments === undefined && node.name.parts.length === 1;
  const isWord = isName || node.kind === "number" || node.kind === "kernel";
  if (isWord) return printExpression(tokens, node);
  const open = tokens.take("(");
  return concat(open, align(printExpression(tokens, node)), tokens.take(")"));
}

function print(tokens: Tokens, node: Expression, least: number): Printed {
  const start = innerStart(node);
  const needsParentheses = strengthOf(node) < least;
  const open = needsParentheses ? tokens.take("(") : nothing;
  const nSkipped = skipAll(tokens, "(", start);
  const inner = printBare(tokens, node);
  for (let count = 0; count < nSkipped; count += 1) tokens.skip(")");
  if (!needsParentheses) return inner;
  const layout = concat(open, align(inner.layout), tokens.take(")"));
  return { layout, isPlain: !inner.isSpaced, isSpaced: false };
}

function skipAll(tokens: Tokens, image: string, end: number): number {
  let nSkipped = 0;
  while (tokens.skip(image, end)) nSkipped += 1;
  return nSkipped;
}

/** Parentheses before it enclose the whole node; those after it belong to a part. */
function innerStart(node: Expression): number {
  if (node.kind === "binary") return node.left.span.start;
  if (node.kind === "comparison") return node.operands[0].span.start;
  return node.kind === "index" ? node.base.span.start : Infinity;
}

function printBare(tokens: Tokens, node: Expression): Printed {
  switch (node.kind) {
    case "binary":
      return printChain(tokens, node);
    case "comparison": {
      const [first, ...rest] = node.operands;
      const items = [print(tokens, first, SUM).layout];
      for (const [index, operand] of rest.entries()) {
        items.push(concat(tokens.take(node.operators[index]), " ", print(tokens, operand, SUM).layout));
      }
      return { layout: solid(fill(items, { hangs: true })), isPlain: false, isSpaced: true };
    }
    case "unary": {
      const operator = tokens.take(node.operator);
      const { layout, isPlain } = print(tokens, node.operand, PRIMARY);
      return { layout: concat(operator, layout), isPlain, isSpaced: false };
    }
    default:
      return { layout: printPrimary(tokens, node), isPlain: true, isSpaced: false };
  }
}

/** `a - b + c` as one list, however deep its tree is. */
function printChain(tokens: Tokens, top: BinaryExpression): Printed {
  const strength = OPERATORS[top.operator];
  const links = [{ node: top, nParentheses: 0 }];
  let left = top.left;
  while (left.kind === "binary" && OPERATORS[left.operator] === strength) {
    links.push({ node: left, nParentheses: skipAll(tokens, "(", innerStart(left)) });
    left = left.left;
  }
  const first = print(tokens, left, strength);
  const rest = links.toReversed().map(({ node, nParentheses }) => {
    const operator = tokens.take(node.operator);
    const operand = print(tokens, node.right, strength + 1);
    for (let count = 0; count < nParentheses; count += 1) tokens.skip(")");
    return { operator, operand };
  });
  const isSpaced = !isTight(strength, links, [first, ...rest.map(({ operand }) => operand)]);
  const items = rest.map(({ operator, operand }) => concat(operator, isSpaced ? " " : "", operand.layout));
  const layout = solid(fill([first.layout, ...items], { text: isSpaced ? " " : "", hangs: true }));
  return { layout, isPlain: false, isSpaced };
}

/** Without spaces stand `a*b/c` and `a+b`; but `2*a + b`, where they show what binds first, and `a % b`. */
function isTight(
  strength: number,
  links: readonly { readonly node: BinaryExpression }[],
  operands: readonly Printed[],
): boolean {
  if (strength === PRODUCT) return links.every(({ node }) => node.operator !== "%");
  const width = operands.reduce((sum, { layout }) => sum + layout.flat + 1, 0);
  return strength === SUM && operands.every(({ isPlain }) => isPlain) && width <= LONGEST_TIGHT_SUM;
}

type Primary = Exclude<Expression, { readonly kind: "binary" | "comparison" | "unary" }>;

function printPrimary(tokens: Tokens, node: Primary): Layout {
  switch (node.kind) {
    case "list": {
      const items = node.items.map((item) => () => printExpression(tokens, item));
      return printEnclosed(tokens, "[", items, "]");
    }
    case "index": {
      const base = print(tokens, node.base, PRIMARY).layout;
      return concat(base, tokens.take("["), printExpression(tokens, node.index), tokens.take("]"));
    }
    case "flow-member": {
      const base = tokens.take(node.base);
      return node.member === undefined ? base : concat(base, tokens.take("."), tokens.take(node.member.text));
    }
    case "name":
      return concat(printQualifiedName(tokens, node.name), printArguments(tokens, node.arguments));
    default:
      // Literals stay as they are written.
      return tokens.take();
  }
}

export function printQualifiedName(tokens: Tokens, { parts: [first, ...rest] }: QualifiedName): Layout {
  return concat(
    tokens.take(first.text),
    ...rest.flatMap(({ text }) => [tokens.take("."), tokens.take(text)]),
  );
}

export function printArguments(tokens: Tokens, given: Arguments | undefined): Layout {
  if (given === undefined) return nothing;
  const items = given.items.map((argument) => () => printArgument(tokens, argument));
  return printEnclosed(tokens, "(", items, ")");
}

function printArgument(tokens: Tokens, { name, value }: Argument): Layout {
  if (name === undefined) return printRelation(tokens, value);
  return concat(tokens.take(name.text), printAssigned(tokens, value, RELATION));
}

/** `=3`, and ` = 2*k + 1` with spaces where the value has spaces. */
export function printAssigned(tokens: Tokens, value: Expression, least: number = SUM): Layout {
  const equal = tokens.take("=");
  const { layout, isSpaced } = print(tokens, value, least);
  return isSpaced ? concat(" ", equal, " ", layout) : concat(equal, layout);
}

export interface EnclosedOptions {
  /** A space inside the brackets. */
  readonly isPadded?: boolean;
}

/** A list in brackets, as many items a line as fit; one a line where there are comments. */
export function printEnclosed(
  tokens: Tokens,
  open: string,
  items: readonly (() => Layout)[],
  close: string,
  { isPadded = false }: EnclosedOptions = {},
): Layout {
  const opening = tokens.take(open);
  const printed = items.map((print, index) =>
    index === items.length - 1 ? print() : concat(print(), tokens.attach(",")),
  );
  const padding = isPadded ? " " : "";
  const hasRemarks = tokens.gap().hasRemarks || printed.some(({ flat }) => flat === Infinity);
  if (!hasRemarks) {
    return solid(concat(opening, padding, align(fill(printed)), padding, tokens.take(close)));
  }
  const rows = printed.flatMap((item, index) => [index === 0 ? softLine : line(), item]);
  return group(concat(opening, nest(concat(rows, lastRemarks(tokens))), softLine, tokens.take(close)));
}
