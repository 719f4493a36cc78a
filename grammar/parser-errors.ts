/** From the errors of the parser to diagnostics: what was expected, what was found, and how a person gets it right. */
import type { IRecognitionException, IToken, TokenType } from "chevrotain";
import type { Diagnostic, Fix } from "../src/base/diagnostic.ts";
import type { SourceFile, Span } from "../src/base/source.ts";
import { quoted } from "../src/base/text.ts";
import {
  misplacedArguments,
  relationOutsideBrackets,
  reservedWord,
  unexpectedToken,
} from "./syntax-errors.ts";
import * as t from "./tokens.ts";

export interface ErrorContext {
  readonly file: SourceFile;
  readonly tokens: readonly IToken[];
}

interface Site extends ErrorContext {
  /** Index of the offending token; the number of tokens at the end of the file. */
  readonly index: number;
  readonly token: IToken | undefined;
  readonly span: Span;
  /** What might have stood here, for people. */
  readonly expected: string;
  readonly rule: string;
}

type Explain = (site: Site) => Diagnostic | undefined;

/** The most telling reading of the error; the last one always applies. */
const READINGS: readonly Explain[] = [lateArguments, reservedName, bareRelation, wrongSign];

export function parserDiagnostic(ctx: ErrorContext, error: IRecognitionException, index: number): Diagnostic {
  const token = ctx.tokens[index];
  const site: Site = {
    ...ctx,
    index,
    token,
    span: token === undefined ? endOfTokens(ctx) : spanOf(ctx, token),
    expected: error.message,
    rule: error.context.ruleStack.at(-1) ?? "file",
  };
  for (const read of READINGS) {
    const diagnostic = read(site);
    if (diagnostic !== undefined) return diagnostic;
  }
  return unexpected(site, {});
}

/** The end of the last token: the end of the file itself may be lines of comments away. */
function endOfTokens(ctx: ErrorContext): Span {
  const last = ctx.tokens.at(-1);
  const end = last === undefined ? 0 : (last.endOffset ?? last.startOffset) + 1;
  return { file: ctx.file, start: end, end };
}

function spanOf({ file }: ErrorContext, token: IToken): Span {
  return { file, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}

function unexpected(site: Site, hint: { readonly help?: readonly string[]; readonly fix?: Fix }): Diagnostic {
  const found = site.token === undefined ? "the end of the file" : quoted(site.token.image);
  return unexpectedToken.at({ span: site.span, ...hint }, site.expected, found);
}

function typeAt(site: Site, index: number): TokenType | undefined {
  return site.tokens[index]?.tokenType;
}

function isWord(token: IToken | undefined): token is IToken {
  return token !== undefined && t.reservedWords.has(token.image);
}

// ── Arguments after `->` or `/` ──

function lateArguments(site: Site): Diagnostic | undefined {
  if (site.token?.tokenType !== t.OpenParen || (site.rule !== "body" && site.rule !== "branches"))
    return undefined;
  const close = closingIndex(site.tokens, site.index);
  const first = stageStart(site.tokens, site.index);
  const after = site.tokens
    .slice(first, site.index)
    .find(({ tokenType }) => tokenType === t.Arrow || tokenType === t.Slash);
  const end = site.tokens[close];
  if (after === undefined || end === undefined) return undefined;
  const span = { ...site.span, end: end.startOffset + 1 };
  return moveArguments(site, first, span, after.image);
}

/** Arguments in `span`, moved to the head of the stage that starts at token `first`. */
export function moveArguments(ctx: ErrorContext, first: number, span: Span, after: string): Diagnostic {
  const text = ctx.file.text.slice(span.start, span.end);
  let head = first;
  while (ctx.tokens[head + 1]?.tokenType === t.Dot) head += 2;
  const window = ctx.tokens[head + 1];
  if (window?.tokenType === t.Num || window?.tokenType === t.Kernel) head += 1;
  const open = ctx.tokens[head + 1];
  const given = open?.tokenType === t.OpenParen ? ctx.tokens[closingIndex(ctx.tokens, head + 1)] : undefined;
  const last = ctx.tokens[head];
  const at = given?.startOffset ?? (last?.endOffset ?? last?.startOffset ?? 0) + 1;
  const isEmpty = given !== undefined && open !== undefined && given.startOffset === open.startOffset + 1;
  const moved = given === undefined ? ` ${text}` : `${isEmpty ? "" : ", "}${text.slice(1, -1)}`;
  const before = /\s*$/.exec(ctx.file.text.slice(0, span.start))?.[0] ?? "";
  const fix: Fix = {
    title: `move ${quoted(text)} before ${quoted(after)}`,
    applicability: "machine-applicable",
    edits: [
      { span: { ...span, start: at, end: at }, text: moved },
      { span: { ...span, start: span.start - before.length }, text: "" },
    ],
  };
  return misplacedArguments.at({ span, help: [fix.title], fix }, after);
}

/** Index of the token that closes the bracket at `open`; the tokens are balanced. */
function closingIndex(tokens: readonly IToken[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const type = tokens[index]?.tokenType;
    if (type === t.OpenParen) depth += 1;
    else if (type === t.CloseParen) depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length - 1;
}

/** Index of the first token of the stage that goes on at `index`. */
export function stageStart(tokens: readonly IToken[], index: number): number {
  let depth = 0;
  for (let at = index - 1; at >= 0; at -= 1) {
    const type = tokens[at]?.tokenType;
    if (type === t.CloseParen || type === t.CloseBracket || (type === t.Greater && depth === 0)) depth += 1;
    else if (depth === 0 && (type === t.Semi || type === t.Bar || type === t.Less)) return at + 1;
    else if (type === t.OpenParen || type === t.OpenBracket || (type === t.Less && depth === 1)) depth -= 1;
  }
  return 0;
}

// ── Words of the grammar where a name stands ──

/** Before these a word can only be meant as a name. */
const AFTER_A_NAME = new Set([
  ...[
    t.Equal,
    t.CloseParen,
    t.CloseBracket,
    t.Comma,
    t.Semi,
    t.Dot,
    t.Plus,
    t.Minus,
    t.Star,
    t.Slash,
    t.Percent,
  ],
]);

function reservedName(site: Site): Diagnostic | undefined {
  const previous = site.tokens[site.index - 1];
  const isNaming = site.token?.tokenType === t.Equal && isWord(previous);
  const word = isNaming ? previous : site.token;
  if (!isWord(word)) return undefined;
  const next = isNaming ? t.Equal : typeAt(site, site.index + 1);
  const wantsName = site.expected === "a name" || site.rule === "params" || site.rule === "inputs";
  const startsAnew = (word.tokenType === t.Block || word.tokenType === t.Model) && next === t.Ident;
  if (!(wantsName && !startsAnew) && (next === undefined || !AFTER_A_NAME.has(next))) return undefined;
  const span = spanOf(site, word);
  if (isNaming && word.tokenType === t.In && site.rule === "args") {
    const fix = withoutArgument(site, site.index - 1);
    const help = ["the channels that a stage receives are never written", fix.title];
    return reservedWord.at({ span, help, fix }, word.image);
  }
  const help = [`choose another name, such as ${quoted(`${word.image}_`)}`];
  return reservedWord.at({ span, help }, word.image);
}

/** Removes the argument that begins at token `first`, with the comma or the parentheses that only it needs. */
function withoutArgument(site: Site, first: number): Fix {
  const { file, tokens } = site;
  let end = first;
  for (let depth = 0; end < tokens.length; end += 1) {
    const type = typeAt(site, end);
    if (depth === 0 && (type === t.Comma || type === t.CloseParen)) break;
    if (type === t.OpenParen || type === t.OpenBracket) depth += 1;
    else if (type === t.CloseParen || type === t.CloseBracket) depth -= 1;
  }
  const startOf = (index: number): number => tokens[index]?.startOffset ?? file.text.length;
  const endOf = (index: number): number => (tokens[index]?.endOffset ?? file.text.length - 1) + 1;
  const removed =
    typeAt(site, end) === t.Comma
      ? { start: startOf(first), end: startOf(end + 1) }
      : typeAt(site, first - 1) === t.Comma
        ? { start: startOf(first - 1), end: startOf(end) }
        : { start: endOf(first - 2), end: endOf(end) };
  const written = file.text.slice(startOf(first), endOf(end - 1));
  return {
    title: `leave out ${quoted(written)}`,
    applicability: "machine-applicable",
    edits: [{ span: { file, ...removed }, text: "" }],
  };
}

// ── Signs that belong elsewhere ──

function bareRelation(site: Site): Diagnostic | undefined {
  const { token, span } = site;
  if (token === undefined || !t.relations.has(token.tokenType)) return undefined;
  const follows = typeAt(site, site.index - 1);
  const isOperand = follows !== t.Less && follows !== t.Bar && follows !== t.Semi && site.rule !== "body";
  if (token.tokenType === t.OrOr && site.rule === "branches") return emptyBranch(site);
  const isBody = token.tokenType === t.Less || token.tokenType === t.Greater;
  if (!isOperand || (isBody && site.rule !== "params" && site.rule !== "list")) return undefined;
  return relationOutsideBrackets.at({ span, help: ["put the comparison in parentheses"] }, token.image);
}

function emptyBranch(site: Site): Diagnostic {
  const fix = replaceBy(site, "| id |", "maybe-incorrect");
  return unexpected(site, { help: ["a branch that passes its value on is written `id`"], fix });
}

function replaceBy({ span }: Site, text: string, applicability: Fix["applicability"]): Fix {
  return { title: `write ${quoted(text)}`, applicability, edits: [{ span, text }] };
}

function insertBefore({ span }: Site, text: string): Fix {
  const at = { ...span, end: span.start };
  return {
    title: `insert ${quoted(text.trim())}`,
    applicability: "maybe-incorrect",
    edits: [{ span: at, text }],
  };
}

const WORD_OPERATORS: Readonly<Record<string, string>> = { and: "&&", or: "||" };
const MODEL_WORDS = new Set([t.Input, t.Output, t.Shared, t.SetWord, t.Expect]);
const SUFFIXES = new Set([t.Colon, t.Arrow, t.Slash, t.OpenParen, t.OpenBracket, t.Less, t.As]);
const LISTS = new Set(["args", "params", "list", "where", "inputs", "import"]);
const CONDITIONS = new Set(["when", "group", "where", "args"]);

const STAGE_PARTS: ReadonlySet<TokenType> = new Set([t.Num, t.Kernel, t.Arrow, t.Slash]);

/** `y = maxpool 2;` */
function isStageAsValue({ token, tokens, index, rule }: Site): boolean {
  if (token === undefined || rule !== "modelBody" || !STAGE_PARTS.has(token.tokenType)) return false;
  const [before, name] = [tokens[index - 2], tokens[index - 1]];
  return before?.tokenType === t.Equal && name?.tokenType === t.Ident;
}

/** What is often written in place of something else. */
function wrongSign(site: Site): Diagnostic | undefined {
  const { token, rule } = site;
  if (token === undefined) return undefined;
  const type = token.tokenType;
  const isBody = rule === "body" || rule === "branches";
  if (isStageAsValue(site))
    return unexpected(site, { help: ["a stage is applied to a value, in a body: `y = x < maxpool 2 >`"] });
  const operator = type === t.Ident ? WORD_OPERATORS[token.image] : undefined;
  if (operator !== undefined) return suggest(site, replaceBy(site, operator, "machine-applicable"));
  if (type === t.Equal && CONDITIONS.has(rule))
    return suggest(site, replaceBy(site, "==", "maybe-incorrect"));
  if (type === t.Bar && CONDITIONS.has(rule)) return suggest(site, replaceBy(site, "||", "maybe-incorrect"));
  if ((type === t.Bar || type === t.OrOr) && isBody)
    return unexpected(site, { help: ["branches belong to a join: `add < a | b >`"] });
  if (type === t.Comma && isBody) return suggest(site, replaceBy(site, ";", "machine-applicable"));
  if (isBody && type === t.Num && isWidthMissingItsArrow(site)) return suggest(site, arrowFix(site));
  if (isBody && SUFFIXES.has(type)) {
    const order = "kernel, `(arguments)`, `< branches >`, `/stride`, `-> channels`, `: [type]`, `as label`";
    return unexpected(site, { help: [`a stage is written in this order: ${order}`] });
  }
  if (type === t.Comma && rule === "type") {
    return unexpected(
      { ...site, expected: "`@` or `]`" },
      { help: ["a type is written `[channels @ height, width]`, without the batch"] },
    );
  }
  if (MODEL_WORDS.has(type))
    return unexpected(site, { help: [`${quoted(token.image)} stands in a model \`{ … }\``] });
  if (type === t.Else) return unexpected(site, { help: ["`else` follows the body of a `when`"] });
  if (type === t.Dot && typeAt(site, site.index + 1) === t.Num) {
    return unexpected(site, { help: ["a number starts with a digit: `0.5`"] });
  }
  if (LISTS.has(rule) && t.operandStarts.has(type)) return suggest(site, insertBefore(site, ", "));
  return rule !== "body" && /^`[=:<]`$/.test(site.expected) && t.operandStarts.has(type)
    ? suggest(site, insertBefore(site, `${site.expected.slice(1, -1)} `))
    : undefined;
}

/** `conv 3 64`: a number behind the window, arguments or stride of a stage that has no `->` yet. */
function isWidthMissingItsArrow({ tokens, index }: Site): boolean {
  const previous = tokens[index - 1]?.tokenType;
  const stage = tokens.slice(stageStart(tokens, index), index).map(({ tokenType }) => tokenType);
  return (
    (previous === t.Num || previous === t.Kernel || previous === t.CloseParen) &&
    stage[0] === t.Ident &&
    !stage.includes(t.Arrow)
  );
}

/** Behind `->` a slash would divide, so a stride moves before it. */
function arrowFix(site: Site): Fix {
  const { file, tokens, index, span } = site;
  const [slash, stride] = [tokens[index + 1], tokens[index + 2]];
  if (slash?.tokenType !== t.Slash || stride === undefined) return insertBefore(site, "-> ");
  const text = `/${stride.image} -> ${file.text.slice(span.start, span.end)}`;
  const edits = [{ span: { ...span, end: spanOf(site, stride).end }, text }];
  return { title: `write ${quoted(text)}`, applicability: "maybe-incorrect", edits };
}

function suggest(site: Site, fix: Fix): Diagnostic {
  return unexpected(site, { help: [fix.title], fix });
}
