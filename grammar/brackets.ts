/**
 * Before parsing: every bracket gets its partner. What is unclosed is closed where the next definition begins, what
 * closes nothing is left out, and a comparison outside parentheses gets them; so the parser sees balanced tokens and
 * one mistake stays one message. Nesting that no stack could hold is refused here, by counting.
 */
import type { IToken, TokenType } from "chevrotain";
import type { Fix, Reporter } from "../src/base/diagnostic.ts";
import type { SourceFile } from "../src/base/source.ts";
import { quoted } from "../src/base/text.ts";
import { innermost, isInParentheses, type State, spanOf, tell } from "./bracket-state.ts";
import { beginRegion, endRegion, endsRegion, isRelation, noteRelation, withInsertions } from "./relations.ts";
import type { Extent } from "./segments.ts";
import { nestedTooDeeply, unclosedBody, unexpectedToken } from "./syntax-errors.ts";
import * as t from "./tokens.ts";

export interface Balanced {
  readonly tokens: readonly IToken[];
  /** How many brackets each token stands in; an opening one stands outside its own, a closing one inside. */
  readonly depths: readonly number[];
  /** Where something was put right by a guess: what follows may not fit. */
  readonly unclear: readonly Extent[];
}

/** A bracket weighs 8, an `else` 4, an operator 1: the depth of the tree and of every walk over it stays bounded. */
const MAX_WEIGHT = 1024;
const BRACKET_WEIGHT = 8;
const ELSE_WEIGHT = 4;

const SIGNS: ReadonlyMap<TokenType, string> = new Map([...t.signTypes].map(([text, type]) => [type, text]));
const SEPARATORS = new Set([t.Semi, t.Comma, t.Bar]);
const OPERATORS = new Set([...t.relations, t.Plus, t.Minus, t.Star, t.Slash, t.Percent, t.Not]);
const STAGE_ENDS = new Set([t.Semi, t.Bar, t.Less, t.Greater, t.OpenBrace, t.CloseBrace]);
const ITEM_WORDS = new Set([t.Input, t.Output, t.Shared, t.SetWord]);
const NAMING_WORDS = new Set([t.Let, ...ITEM_WORDS]);

/** `undefined` when it is nested too deeply to be parsed. */
export function balance(
  file: SourceFile,
  tokens: readonly IToken[],
  reporter: Reporter,
): Balanced | undefined {
  const state: State = {
    file,
    input: tokens,
    index: 0,
    output: [],
    reporter,
    unclear: [],
    relations: new Set(),
    levels: [{ token: undefined, closer: undefined, weight: 0 }],
    insertions: [],
    region: undefined,
    isExpecting: false,
    weight: 0,
  };
  for (const [index, token] of tokens.entries()) {
    state.index = index;
    read(state, token, tokens[index + 1]?.tokenType);
    if (state.weight <= MAX_WEIGHT) continue;
    const help = ["split it into blocks or `let`s"];
    reporter.report(nestedTooDeeply.at({ span: spanOf(state, token), help }));
    return undefined;
  }
  endRegion(state);
  closeDownTo(state, 0, "at the end of the file");
  const balanced = withInsertions(state);
  return { tokens: balanced, depths: depthsOf(balanced, state.relations), unclear: state.unclear };
}

function read(state: State, token: IToken, next: TokenType | undefined): void {
  const type = token.tokenType;
  beginDefinition(state, token, next);
  if (type === t.Semi) endStatement(state);
  if (endsRegion(state, token, next)) endRegion(state);
  const relates = isRelation(state, token, next);
  if (relates) noteRelation(state, token);
  if (!relates && t.closing.has(type)) {
    close(state, token);
    return;
  }
  if (!relates && t.closers.has(type)) open(state, token);
  else weigh(state, type);
  state.output.push(token);
  beginRegion(state, token);
}

function weigh(state: State, type: TokenType): void {
  const level = innermost(state);
  if (SEPARATORS.has(type)) {
    state.weight -= level.weight;
    level.weight = 0;
  }
  const weight = type === t.Else ? ELSE_WEIGHT : OPERATORS.has(type) ? 1 : 0;
  level.weight += weight;
  state.weight += weight;
}

function open(state: State, token: IToken): void {
  const isBody = token.tokenType === t.Less || token.tokenType === t.OpenBrace;
  if (isBody && isInParentheses(state)) closeParentheses(state, `before ${quoted(token.image)}`);
  state.levels.push({ token, closer: t.closers.get(token.tokenType), weight: 0 });
  state.weight += BRACKET_WEIGHT;
}

function pop(state: State): void {
  const level = state.levels.pop();
  state.weight -= BRACKET_WEIGHT + (level?.weight ?? 0);
  // An index after an index nests the tree although the brackets do not.
  if (level?.closer === t.CloseBracket) weigh(state, t.Plus);
}

/** A closing bracket: of the innermost bracket, of an outer one (then the inner ones are unclosed), or of none. */
function close(state: State, token: IToken): void {
  const partner = state.levels.findLastIndex((level) => level.closer === token.tokenType);
  if (partner <= 0) {
    tellStray(state, token);
    return;
  }
  closeDownTo(state, partner, `before ${quoted(token.image)}`);
  pop(state);
  state.output.push(token);
}

/** A `)` may be one too many, or its partner missing: then all of the stage is in doubt. */
function tellStray(state: State, token: IToken): void {
  const help = `remove ${quoted(token.image)}`;
  const span = spanOf(state, token);
  const start = state.output.findLastIndex(({ tokenType }) => STAGE_ENDS.has(tokenType));
  const isList = state.output
    .slice(start + 1)
    .some(({ tokenType }) => tokenType === t.Equal || tokenType === t.Comma);
  const applicability = isList ? "maybe-incorrect" : "machine-applicable";
  const fix: Fix = { title: help, applicability, edits: [{ span, text: "" }] };
  const diagnostic = unexpectedToken.at(
    { span, help: [help], fix },
    expectedHere(state),
    quoted(token.image),
  );
  tell(state, diagnostic, { start: state.output[start + 1]?.startOffset ?? span.start, end: span.start });
}

function expectedHere(state: State): string {
  const { token, closer } = innermost(state);
  if (closer === t.Greater) return "an operation, `;` or `>`";
  if (closer === t.CloseBrace) return "an item of the model or `}`";
  return token === undefined ? "a block or a model" : `\`,\` or ${quoted(closerText(closer))}`;
}

function closerText(closer: TokenType | undefined): string {
  return (closer && SIGNS.get(closer)) ?? "";
}

/** Closes every bracket inside level `target`, each with its message. */
function closeDownTo(state: State, target: number, where: string): void {
  while (state.levels.length - 1 > target) {
    const { token, closer } = innermost(state);
    if (token === undefined || closer === undefined) return;
    // In a model the statement goes on after the body: close it before its `;`.
    const isFlow = closer === t.Greater && state.levels.some((level) => level.closer === t.CloseBrace);
    const semi = isFlow && state.output.at(-1)?.tokenType === t.Semi ? state.output.pop() : undefined;
    const offset = (state.output.at(-1)?.endOffset ?? -1) + 1;
    const text = closerText(closer);
    const fix: Fix = {
      title: `insert ${quoted(text)} ${semi === undefined ? where : "before `;`"}`,
      applicability:
        closer === t.Greater || closer === t.CloseBrace ? "machine-applicable" : "maybe-incorrect",
      edits: [{ span: { file: state.file, start: offset, end: offset }, text: spaced(closer, text) }],
    };
    tell(
      state,
      unclosedBody.at(
        { span: spanOf(state, token), label: "opened here", help: [fix.title], fix },
        token.image,
      ),
      // What stands in unclosed parentheses is in doubt; a body stands for itself.
      { start: closer === t.Greater || closer === t.CloseBrace ? offset : token.startOffset, end: offset },
    );
    state.output.push(t.madeUp(closer, text, offset), ...(semi === undefined ? [] : [semi]));
    pop(state);
  }
}

function spaced(closer: TokenType, text: string): string {
  return closer === t.Greater ? ` ${text}` : closer === t.CloseBrace ? `\n${text}` : text;
}

/** A word that begins a definition or an item closes whatever is still open inside. */
function beginDefinition(state: State, token: IToken, next: TokenType | undefined): void {
  const type = token.tokenType;
  const isDefinition =
    ((type === t.Block || type === t.Model) &&
      next === t.Ident &&
      state.output.at(-1)?.tokenType !== t.Colon) ||
    (type === t.Import && (next === t.OpenBrace || next === t.Star));
  if (!isDefinition && !beginsItem(state, token, next)) return;
  const brace = state.levels.findLastIndex((level) => level.closer === t.CloseBrace);
  if (!isDefinition && brace < 0) return;
  endStatement(state);
  closeDownTo(state, isDefinition ? 0 : brace, `before ${quoted(token.image)}`);
  const level = innermost(state);
  state.weight -= level.weight;
  level.weight = 0;
}

function beginsItem(state: State, { tokenType: type }: IToken, next: TokenType | undefined): boolean {
  if (ITEM_WORDS.has(type)) return next === t.Ident;
  if (type === t.Expect) return next !== undefined && t.operandStarts.has(next);
  if (type !== t.Ident || next !== t.Equal || innermost(state).closer !== t.Greater) return false;
  const previous = state.output.at(-1);
  if (previous === undefined || NAMING_WORDS.has(previous.tokenType)) return false;
  const isFirst = /\n/.test(
    state.file.text.slice(previous.startOffset, state.input[state.index]?.startOffset),
  );
  return (isFirst || previous.tokenType === t.Semi) && !isArgument(state);
}

/** Whether a `)` that nothing opened comes before the end of the stage: then a `(` is missing, not a `>`. */
function isArgument(state: State): boolean {
  let depth = 0;
  for (const { tokenType: type } of state.input.slice(state.index, state.index + 40)) {
    if (type === t.OpenParen) depth += 1;
    else if (type === t.CloseParen) depth -= 1;
    if (depth < 0) return true;
    if (type === t.Semi || type === t.Less) return false;
  }
  return false;
}

/** Closes the parentheses and brackets that are open inside the innermost body, model or file. */
function closeParentheses(state: State, where: string): void {
  const target = state.levels.findLastIndex(
    ({ closer }) => closer !== t.CloseParen && closer !== t.CloseBracket,
  );
  closeDownTo(state, target, where);
}

/** No parenthesis reaches over a `;`. */
function endStatement(state: State): void {
  closeParentheses(state, "before `;`");
  endRegion(state);
  state.isExpecting = false;
}

function depthsOf(tokens: readonly IToken[], relations: ReadonlySet<IToken>): readonly number[] {
  let depth = 0;
  return tokens.map((token) => {
    const here = depth;
    if (!relations.has(token))
      depth += t.closers.has(token.tokenType) ? 1 : t.closing.has(token.tokenType) ? -1 : 0;
    return here;
  });
}
