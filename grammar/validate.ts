/** The strict half of the grammar: what the parser accepts so as to lose nothing, and the language does not. */
import type { CstElement, CstNode } from "chevrotain";
import type { Fix } from "../src/base/diagnostic.ts";
import { equals, ONE } from "../src/base/rational.ts";
import type { Span } from "../src/base/source.ts";
import { quoted } from "../src/base/text.ts";
import type { Expression, File, Model, NumberLiteral, Operation } from "./ast.ts";
import { type BuildContext, nodeSpan, tokenSpan } from "./cst.ts";
import { moveArguments } from "./parser-errors.ts";
import { indexAt } from "./segments.ts";
import {
  batchSymbol,
  malformedKernel,
  missingSeparator,
  unexpectedToken,
  unknownEdition,
} from "./syntax-errors.ts";

/** A child in its place: a part of the list, or a separator. */
interface Entry {
  readonly name: string;
  readonly span: Span;
  /** The parser skipped something in it, so nothing follows from how it ends. */
  readonly isRecovered: boolean;
}

const BRACKETS = new Set(["Less", "Greater", "OpenBrace", "CloseBrace"]);

function entriesOf(ctx: BuildContext, node: CstNode): readonly Entry[] {
  const entries = Object.entries(node.children).flatMap(([name, children]) =>
    BRACKETS.has(name) ? [] : children.map((child) => entryOf(ctx, name, child)),
  );
  return entries.filter((entry) => entry !== undefined).sort((a, b) => a.span.start - b.span.start);
}

function entryOf(ctx: BuildContext, name: string, child: CstElement): Entry | undefined {
  if ("image" in child) return { name, span: tokenSpan(ctx, child), isRecovered: false };
  const span = nodeSpan(ctx, child);
  const isAlias = name === "model" && child.children["modelAlias"] !== undefined;
  return span && { name: isAlias ? "modelAlias" : name, span, isRecovered: child.recoveredNode === true };
}

function firstWord({ span }: Entry): string {
  return (
    /^(?:\w+|.?)/s.exec(span.file.text.slice(span.start, Math.min(span.end, span.start + 40)))?.[0] ?? ""
  );
}

/** `< stage; stage >` and `< a | b >`. */
export function checkBody(ctx: BuildContext, node: CstNode, span: Span): void {
  const entries = entriesOf(ctx, node);
  let previous: Entry | undefined;
  for (const entry of entries) {
    const startsBranch = previous === undefined || previous.name === "Bar";
    if (entry.name === "stage") {
      if (previous?.name === "stage") reportMissing(ctx, previous, entry);
    } else if (startsBranch && entry.name === "Semi") reportStray(ctx, entry, "an operation");
    else if (startsBranch) reportEmpty(ctx, entry.span, "|");
    if (!(startsBranch && entry.name === "Semi")) previous = entry;
  }
  if (previous === undefined || previous.name === "Bar") {
    reportEmpty(ctx, { ...span, start: Math.max(span.end - 1, span.start), end: span.end }, ">");
  }
}

function reportEmpty(ctx: BuildContext, span: Span, found: string): void {
  if (ctx.isSpoiled(span.start) || ctx.isSpoiled(span.end)) return;
  const fix: Fix = {
    title: "write `id` to pass the value on",
    applicability: "maybe-incorrect",
    edits: [{ span: { ...span, end: span.start }, text: "id " }],
  };
  ctx.reporter.report(unexpectedToken.at({ span, help: [fix.title], fix }, "an operation", quoted(found)));
}

function reportStray(ctx: BuildContext, { span }: Entry, expected: string): void {
  if (ctx.isSpoiled(span.start)) return;
  const fix: Fix = { title: "remove `;`", applicability: "machine-applicable", edits: [{ span, text: "" }] };
  ctx.reporter.report(unexpectedToken.at({ span, help: [fix.title], fix }, expected, "`;`"));
}

function reportMissing(ctx: BuildContext, before: Entry, after: Entry | undefined): void {
  const { end } = before.span;
  if (before.isRecovered || ctx.isSpoiled(end)) return;
  if (after !== undefined && (ctx.isSpoiled(after.span.start) || ctx.isSpoiled(after.span.end))) return;
  if (after !== undefined && reportSpacedKernel(ctx, before, after)) return;
  const where =
    after === undefined
      ? `after ${quoted(firstWord(before))}`
      : `between ${quoted(firstWord(before))} and ${quoted(firstWord(after))}`;
  const span = { ...before.span, start: end };
  const fix: Fix = { title: "insert `;`", applicability: "machine-applicable", edits: [{ span, text: ";" }] };
  ctx.reporter.report(missingSeparator.at({ span, help: [fix.title], fix }, where));
}

/** `conv 3 x 3`, which would else be two stages, the second named `x`. */
function reportSpacedKernel(ctx: BuildContext, before: Entry, after: Entry): boolean {
  const { text } = ctx.file;
  const first = /\d+$/.exec(text.slice(Math.max(before.span.start, before.span.end - 20), before.span.end));
  const rest = /^x\s*\d+(?:\s*x\s*\d+)*/.exec(text.slice(after.span.start, after.span.end));
  if (first === null || rest === null) return false;
  const span = {
    ...before.span,
    start: before.span.end - first[0].length,
    end: after.span.start + rest[0].length,
  };
  const kernel = text.slice(span.start, span.end).replace(/\s+/g, "");
  const fix: Fix = {
    title: `write ${quoted(kernel)}`,
    applicability: "machine-applicable",
    edits: [{ span, text: kernel }],
  };
  ctx.reporter.report(
    malformedKernel.at({ span, help: [fix.title], fix }, `kernel ${quoted(kernel)} has spaces in it`),
  );
  return true;
}

/** `{ item; item; }`: each item ends in its own `;`. */
export function checkModelBody(ctx: BuildContext, node: CstNode): void {
  checkTerminated(ctx, entriesOf(ctx, node), new Set(["item"]), "an item of the model or `}`");
}

const TERMINATED = new Set(["edition", "import", "let", "modelAlias"]);

export function checkFile(ctx: BuildContext, node: CstNode): void {
  const entries = entriesOf(ctx, node);
  checkTerminated(ctx, entries, TERMINATED, undefined);
  let isPastImports = false;
  for (const [index, { name, span }] of entries.entries()) {
    const expected = isPastImports ? "a block, a model or `let`" : "an import, a block, a model or `let`";
    const help =
      name === "edition" && index > 0
        ? "the edition stands first, once"
        : name === "import" && isPastImports
          ? "imports stand before blocks, models and `let`s"
          : undefined;
    const word = { ...span, end: Math.min(span.end, span.start + name.length) };
    if (help !== undefined) {
      const found = quoted(name === "edition" ? "dn" : name);
      const at = name === "edition" ? { ...span, end: span.start + 2 } : word;
      ctx.reporter.report(unexpectedToken.at({ span: at, help: [help] }, expected, found));
    }
    isPastImports ||= name === "block" || name === "model" || name === "modelAlias" || name === "let";
  }
}

function checkTerminated(
  ctx: BuildContext,
  entries: readonly Entry[],
  terminated: ReadonlySet<string>,
  /** What is said to a `;` that ends nothing; absent where it is allowed. */
  strayExpected: string | undefined,
): void {
  for (const [index, entry] of entries.entries()) {
    const next = entries[index + 1];
    if (terminated.has(entry.name) && next?.name !== "Semi") reportMissing(ctx, entry, next);
    const follows = entries[index - 1]?.name;
    const isStray = entry.name === "Semi" && (follows === undefined || follows === "Semi");
    if (isStray && strayExpected !== undefined) reportStray(ctx, entry, strayExpected);
  }
}

export function checkEdition(ctx: BuildContext, edition: NumberLiteral): void {
  if (equals(edition.value, ONE)) return;
  const fix: Fix = {
    title: "write `dn 1;`",
    applicability: "maybe-incorrect",
    edits: [{ span: edition.span, text: "1" }],
  };
  ctx.reporter.report(unknownEdition.at({ span: edition.span, help: [fix.title], fix }, edition.text));
}

/** `conv 3 -> c (bias=true)` reads as a call of `c`: no function takes all its values by name. */
export function checkChannels(ctx: BuildContext, operation: Operation): void {
  const { channels } = operation;
  if (channels?.kind !== "name" || channels.arguments === undefined) return;
  const { items, span } = channels.arguments;
  if (items.length === 0 || items.some((argument) => argument.name === undefined)) return;
  ctx.reporter.report(moveArguments(ctx, indexAt(ctx.tokens, operation.span.start), span, "->"));
}

/** `N` in the type of an input, unless it is a parameter or a `let`. */
export function checkBatchSymbol(ctx: BuildContext, file: File): void {
  const isLet = file.lets.some(({ name }) => name.text === "N");
  for (const model of isLet ? [] : file.models) checkModelSymbols(ctx, model);
}

function checkModelSymbols(ctx: BuildContext, { parameters, definition }: Model): void {
  if (definition.kind === "alias" || parameters.some(({ name }) => name.text === "N")) return;
  const { items } = definition;
  if (items.some((item) => item.kind === "let" && item.let.name.text === "N")) return;
  for (const item of items) {
    if (item.kind !== "input") continue;
    const found = [item.type.channels, ...item.type.sizes].find(mentionsBatch);
    if (found === undefined || ctx.isSpoiled(found.span.end)) continue;
    const help = ["leave the batch out, or choose another symbol, such as `H`"];
    ctx.reporter.report(batchSymbol.at({ span: found.span, help }));
  }
}

function mentionsBatch(expression: Expression): boolean {
  switch (expression.kind) {
    case "name":
      return (
        (expression.arguments === undefined && expression.name.parts[0].text === "N") ||
        (expression.arguments?.items.some(({ value }) => mentionsBatch(value)) ?? false)
      );
    case "list":
      return expression.items.some(mentionsBatch);
    case "index":
      return mentionsBatch(expression.base) || mentionsBatch(expression.index);
    case "unary":
      return mentionsBatch(expression.operand);
    case "binary":
      return mentionsBatch(expression.left) || mentionsBatch(expression.right);
    case "comparison":
      return expression.operands.some(mentionsBatch);
    default:
      return false;
  }
}
