/** Resolves the names of expressions: unknown ones are reported once, where they stand. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import { replaceFix } from "../base/replace-fix.ts";
import type { Span } from "../base/source.ts";
import { listOf, nearest, quoted } from "../base/text.ts";
import { definitionOf } from "./callee.ts";
import { FUNCTIONS } from "./functions.ts";
import type { BlockDefinition, Module } from "./module.ts";
import {
  declare,
  isTensor,
  namesInScope,
  read,
  type StaticEntry,
  type StaticKind,
  type StaticScope,
} from "./static-scope.ts";

export const unknownName: DiagnosticKind<[name: string]> = defineDiagnostic({
  code: "DN0203",
  message: (name: string) => `${quoted(name)} is not a parameter, variable or symbol here`,
  explain: {
    title: "unknown-name",
    text: "An expression may use the parameters of the block or model that it is written in, loop variables, `let`s, and labels (`skip.c`). Blocks never see the names of their caller: pass them on.",
    wrong: "dn 1;\nblock b(k=8) < conv 3 (order=bare) -> growth >\n",
    right: "dn 1;\nblock b(k=8) < conv 3 (order=bare) -> k >\n",
  },
});

export const unusedSymbol: DiagnosticKind<[name: string]> = defineDiagnostic({
  code: "DN0507",
  severity: "warning",
  message: (name: string) => `no input has the size ${quoted(name)}, so this says nothing`,
  explain: {
    title: "unused-symbol",
    text: "A `where` of a model constrains its parameters and the free sizes of its inputs. What it says of a symbol that is a size of no input holds for nothing.",
    wrong:
      "dn 1;\nmodel m where (H % 2 == 0, D % 2 == 0) { input x: f32[3 @ H, W]; output y = x < maxpool 2 : [3 @ H/2, floor(W/2)] >; }\n",
    right:
      "dn 1;\nmodel m where (H % 2 == 0) { input x: f32[3 @ H, W]; output y = x < maxpool 2 : [3 @ H/2, floor(W/2)] >; }\n",
  },
});

/** What a bare unknown name may be where it stands. */
export type WordRule =
  /** Nothing: it is an error. */
  | "none"
  /** A word: `act=relu`, `order == pre`. */
  | "any"
  /** A block: `unit(p=basic)`; or a word, where it is not known what is wanted. */
  | "block";

export interface NameContext {
  readonly module: Module;
  readonly reporter: Reporter;
  /** Remembers what was reported, so that evaluation passes over it. */
  readonly bad: Set<object>;
  /** Names that stand for blocks as values. */
  readonly blocks: Map<ast.NameExpression, BlockDefinition>;
  /** Whether `in` has a meaning: not in blocks of several inputs, nor in sources of a model. */
  readonly hasIn: boolean;
  /** Whether `it` has: in bodies, and behind the first stage of a block of several inputs. */
  readonly hasIt: boolean;
  /** The relation of a model's `where` that is being read: its names may be meant as symbols. */
  readonly relation?: ast.Expression;
  /** Names that win over all others: the metrics of `expect`. */
  readonly metrics?: ReadonlySet<string>;
  /** What the definition declares; where nothing reads it at the end, a warning says so. */
  readonly declared: StaticEntry[];
  /** The imported blocks, models and namespaces that something calls. */
  readonly called: Set<string>;
  /** Labels and variables of bodies that have ended, which people look for behind them. */
  readonly ended: Map<string, Span>;
}

/** Declares a name that something should read. */
export function declareForUse(
  scope: StaticScope,
  kind: StaticKind,
  name: ast.Name,
  context: NameContext,
): StaticEntry {
  const entry = declare(scope, kind, name);
  context.declared.push(entry);
  return entry;
}

export function resolveExpression(
  expression: ast.Expression,
  scope: StaticScope,
  context: NameContext,
  words: WordRule = "none",
): void {
  const visit = (inner: ast.Expression, rule: WordRule = "none"): void =>
    resolveExpression(inner, scope, context, rule);
  switch (expression.kind) {
    case "list":
      for (const item of expression.items) visit(item, words);
      return;
    case "index":
      visit(expression.base);
      visit(expression.index);
      return;
    case "unary":
      visit(expression.operand);
      return;
    case "binary":
      visit(expression.left);
      visit(expression.right);
      return;
    case "comparison": {
      const equality = expression.operators.every((operator) => operator === "==" || operator === "!=");
      for (const operand of expression.operands)
        visit(operand, equality && comparesWords(expression, scope) ? "any" : "none");
      return;
    }
    case "name":
      resolveName(expression, scope, context, words);
      return;
    case "flow-member":
      if (expression.base === "in" && !context.hasIn) reportNoFlow(expression, "in", context);
      return;
    default:
  }
}

export function reportNoFlow(
  where: ast.FlowMember | ast.Source,
  word: "in" | "it",
  { reporter, bad }: NameContext,
): void {
  bad.add(where);
  const help = ["name one of the inputs instead"];
  reporter.report(unknownName.at({ span: where.span, help }, word));
}

/** Whether the name is a block's; it then stands for the block. */
function resolveBlockName(expression: ast.NameExpression, { module, blocks }: NameContext): boolean {
  const definition = definitionOf(expression.name, module);
  if (definition?.kind !== "block") return false;
  blocks.set(expression, definition);
  return true;
}

/** A word may be compared with a name that could hold one, not with a number. */
function comparesWords({ operands }: ast.ComparisonExpression, scope: StaticScope): boolean {
  return operands.some(
    (operand) =>
      operand.kind === "name" &&
      operand.arguments === undefined &&
      read(scope, operand.name.parts[0].text) !== undefined,
  );
}

function resolveName(
  expression: ast.NameExpression,
  scope: StaticScope,
  context: NameContext,
  words: WordRule,
): void {
  const [head, member] = expression.name.parts;
  if (expression.arguments !== undefined) {
    resolveFunction(expression, scope, context);
    return;
  }
  if (context.metrics?.has(head.text) === true) return;
  const entry = read(scope, head.text);
  if (entry === undefined) {
    context.called.add(head.text);
    if (words === "block" && resolveBlockName(expression, context)) return;
    if (context.relation !== undefined && SYMBOL.test(head.text)) {
      reportUnusedSymbol(head, context.relation, scope, context);
      return;
    }
    if (words !== "none" && member === undefined) return;
    reportUnknown(head, scope, context);
    context.bad.add(expression);
  } else if (entry.kind === "failed") {
    context.bad.add(expression);
  } else if (member !== undefined && !isTensor(entry)) {
    context.reporter.report(
      unknownName.at(
        {
          span: expression.span,
          help: [`${quoted(head.text)} is a number; only tensors have sizes such as \`.c\``],
        },
        `${head.text}.${member.text}`,
      ),
    );
    context.bad.add(expression);
  }
}

/** How people write symbols. */
const SYMBOL = /^[A-Z]$/;

function reportUnusedSymbol(
  name: ast.Name,
  relation: ast.Expression,
  scope: StaticScope,
  { bad, reporter }: NameContext,
): void {
  const symbols = namesInScope(scope).filter((known) => SYMBOL.test(known));
  const help =
    symbols.length === 0
      ? "remove it: no size of the inputs is free"
      : `remove it, or name a size that is free: ${listOf(symbols.map(quoted))}`;
  reporter.report(unusedSymbol.at({ span: name.span, help: [help] }, name.text));
  bad.add(relation);
}

function resolveFunction(expression: ast.NameExpression, scope: StaticScope, context: NameContext): void {
  const name = expression.name.parts.map((part) => part.text).join(".");
  const isMetric = context.metrics?.has(name) === true;
  for (const item of expression.arguments?.items ?? [])
    resolveExpression(item.value, scope, context, isMetric ? "any" : "none");
  if (FUNCTIONS.has(name) || isMetric) return;
  if (isMisread(expression.span, context)) {
    context.bad.add(expression);
    return;
  }
  const near = nearest(name, [...FUNCTIONS.keys(), ...(context.metrics ?? [])]);
  context.reporter.report(
    unknownName.at(
      {
        span: expression.name.span,
        help: [
          near === undefined
            ? `the functions are ${[...FUNCTIONS.keys()].map(quoted).join(", ")}`
            : `did you mean ${quoted(near)}?`,
        ],
        ...(near === undefined ? {} : replaceFix(expression.name.span, near)),
      },
      `${name}(…)`,
    ),
  );
  context.bad.add(expression);
}

/** Whether the text breaks the grammar in it or right behind it: it may not be what it was read as. */
export function isMisread({ start, end }: Span, { module }: NameContext): boolean {
  return module.syntaxErrors.some((error) => start <= error.start && error.start <= end);
}

/** The names of a body that has ended mean nothing behind it. */
export function endBody({ entries }: StaticScope, { ended }: NameContext): void {
  for (const { kind, name, span } of entries.values())
    if (kind === "label" || kind === "variable") ended.set(name, span);
}

export function reportUnknown(name: ast.Name, scope: StaticScope, context: NameContext): void {
  const { reporter, module, ended, metrics = [] } = context;
  if (module.missing.has(name.text)) return;
  const names = [...metrics, ...namesInScope(scope)];
  const end = ended.get(name.text);
  const near = end === undefined ? nearest(name.text, names) : undefined;
  const isCallable = module.names.has(name.text);
  const known =
    names.length === 0
      ? `no names are known here: make ${quoted(name.text)} a parameter, and pass it`
      : `the names here are ${names.slice(0, 12).map(quoted).join(", ")}`;
  reporter.report(
    unknownName.at(
      {
        span: name.span,
        ...(end && { labels: [{ span: end, text: "known in its own body only" }] }),
        ...(isCallable ? { notes: [`${quoted(name.text)} is a block or model, not a value`] } : {}),
        help: [near === undefined ? known : `did you mean ${quoted(near)}?`],
        ...(near === undefined ? {} : replaceFix(name.span, near)),
      },
      name.text,
    ),
  );
}
