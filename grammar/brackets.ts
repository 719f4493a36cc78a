/**
 * Before parsing: every bracket gets its partner. What is unclosed is closed where the next definition begins, what
 * closes nothing is left out, and a comparison outside parentheses gets them; so the parser sees balanced tokens and
 * one mistake stays one message. Nesting that no stack could hold is refused here, by counting.
 */
import type { IToken, TokenType } from "chevrotain";
import type { Diagnostic, Fix, Reporter } from "../src/base/diagnostic.ts";
import type { SourceFile, Span } from "../src/base/source.ts";
import { quoted } from "../src/base/text.ts";
import { nestedTooDeeply, relationOutsideBrackets, unclosedBody, unexpectedToken } from "./syntax-errors.ts";
import * as t from "./tokens.ts";

export interface Balanced {
  readonly tokens: readonly IToken[];
  /** How many brackets each token stands in; an opening one stands outside its own, a closing one inside. */
  readonly depths: readonly number[];
  /** Where something was put right by a guess: what follows may not fit. */
  readonly unclear: readonly number[];
}

/** A bracket weighs 8, an `else` 4, an operator 1: the depth of the tree and of every walk over it stays bounded. */
const MAX_WEIGHT = 1024;
const BRACKET_WEIGHT = 8;
const ELSE_WEIGHT = 4;

/** An open bracket; the file itself is the outermost. */
interface Level {
  readonly token: IToken | undefined;
  readonly closer: TokenType | undefined;
  /** What operators weigh since the last separator. */
  weight: number;
}

/** An expression that is not in brackets: after `let x =`, or between `repeat`, `for … in`, `when` and their body. */
interface Region {
  readonly keyword: IToken;
  readonly levels: number;
  /** Index of its first token in the output, once it has begun. */
  start?: number;
  /** The first comparison in it. */
  relation?: IToken;
}

interface State {
  readonly file: SourceFile;
  readonly input: readonly IToken[];
  /** Of the token that is being read. */
  index: number;
  readonly output: IToken[];
  readonly reporter: Reporter;
  readonly unclear: number[];
  /** Each `<` and `>` that compares. */
  readonly relations: Set<IToken>;
  readonly levels: [Level, ...Level[]];
  /** Parentheses to be put in when all is read: index in the output and token. */
  readonly insertions: { readonly index: number; readonly token: IToken }[];
  region: Region | undefined;
  /** Between `expect` and its end comparisons need no brackets. */
  isExpecting: boolean;
  weight: number;
}

const CLOSERS: ReadonlyMap<TokenType, TokenType> = new Map([
  [t.OpenParen, t.CloseParen],
  [t.OpenBracket, t.CloseBracket],
  [t.OpenBrace, t.CloseBrace],
  [t.Less, t.Greater],
]);
const SIGNS: ReadonlyMap<TokenType, string> = new Map([...t.signTypes].map(([text, type]) => [type, text]));
const CLOSING = new Set(CLOSERS.values());
const SEPARATORS = new Set([t.Semi, t.Comma, t.Bar]);
const RELATIONS = new Set([t.LessEqual, t.GreaterEqual, t.EqualEqual, t.NotEqual, t.AndAnd, t.OrOr]);
const OPERATORS = new Set([
  t.Plus,
  t.Minus,
  t.Star,
  t.Slash,
  t.Percent,
  t.Not,
  t.Less,
  t.Greater,
  ...RELATIONS,
]);
const OPERAND_STARTS = new Set([
  ...[
    t.Ident,
    t.Num,
    t.Kernel,
    t.Str,
    t.OpenParen,
    t.OpenBracket,
    t.In,
    t.It,
    t.True,
    t.False,
    t.Minus,
    t.Not,
  ],
]);
const OPERAND_ENDS = new Set([
  ...[t.Ident, t.Num, t.Kernel, t.Str, t.CloseParen, t.CloseBracket, t.In, t.It, t.True, t.False],
]);
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
  if (isRelation(state, token, next)) noteRelation(state, token);
  else if (CLOSING.has(type)) {
    close(state, token);
    return;
  } else if (CLOSERS.has(type)) {
    const isBody = type === t.Less || type === t.OpenBrace;
    if (isBody && isInParentheses(state)) closeParentheses(state, `before ${quoted(token.image)}`);
    open(state, token);
  }
  weigh(state, type);
  state.output.push(token);
  beginRegion(state, token);
}

function innermost(state: State): Level {
  return state.levels.at(-1) ?? state.levels[0];
}

function isInParentheses(state: State): boolean {
  const { closer } = innermost(state);
  return closer === t.CloseParen || closer === t.CloseBracket;
}

function spanOf(state: State, token: IToken): Span {
  return { file: state.file, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
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
  state.levels.push({ token, closer: CLOSERS.get(token.tokenType), weight: 0 });
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
    const help = `remove ${quoted(token.image)}`;
    const span = spanOf(state, token);
    const fix: Fix = { title: help, applicability: "machine-applicable", edits: [{ span, text: "" }] };
    tell(
      state,
      unexpectedToken.at({ span, help: [help], fix }, expectedHere(state), quoted(token.image)),
      span.start,
    );
    return;
  }
  closeDownTo(state, partner, `before ${quoted(token.image)}`);
  pop(state);
  state.output.push(token);
}

function tell(state: State, diagnostic: Diagnostic, offset: number): void {
  state.reporter.report(diagnostic);
  state.unclear.push(offset);
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
      offset,
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
  if (type === t.Expect) return next !== undefined && OPERAND_STARTS.has(next);
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

function beginRegion(state: State, token: IToken): void {
  const type = token.tokenType;
  if (type === t.Expect && innermost(state).closer !== t.Greater) state.isExpecting = true;
  const { region } = state;
  if (type === t.Let || type === t.SetWord || type === t.For) {
    state.region = { keyword: token, levels: state.levels.length };
  } else if (type === t.Repeat || type === t.When) {
    state.region = { keyword: token, levels: state.levels.length, start: state.output.length };
  } else if (region !== undefined && region.start === undefined && region.levels === state.levels.length) {
    const opening = region.keyword.tokenType === t.For ? t.In : t.Equal;
    if (type === opening) region.start = state.output.length;
  }
}

/** The region in whose own expression the next token stands, if any. */
function regionHere(state: State): Region | undefined {
  const { region } = state;
  return region?.start !== undefined && region.levels === state.levels.length ? region : undefined;
}

function isHead({ keyword }: Region): boolean {
  return keyword.tokenType !== t.Let && keyword.tokenType !== t.SetWord;
}

function isRelation(state: State, token: IToken, next: TokenType | undefined): boolean {
  const type = token.tokenType;
  const goesOn = next !== undefined && OPERAND_STARTS.has(next);
  if (type === t.Greater) {
    if (isInParentheses(state))
      return goesOn || next === t.CloseParen || next === t.CloseBracket || next === t.Comma;
    return state.isExpecting || (goesOn && regionHere(state) !== undefined);
  }
  if (type !== t.Less) return RELATIONS.has(type) && regionHere(state) !== undefined;
  if (isInParentheses(state)) return !isUnclosedBefore(state);
  if (state.isExpecting) return true;
  const region = regionHere(state);
  return (
    region !== undefined &&
    (!isHead(region) || (goesOn && next !== t.Ident && next !== t.It && next !== t.In))
  );
}

/** Whether a `<` here begins a body, so that the parentheses around it are unclosed: it compares nothing. */
function isUnclosedBefore(state: State): boolean {
  const previous = state.output.at(-1)?.tokenType;
  if (previous !== undefined && !OPERAND_ENDS.has(previous)) return true;
  const { token } = innermost(state);
  const at = token === undefined ? 0 : state.output.lastIndexOf(token);
  const definition = state.output[at - 2]?.tokenType;
  if (token?.tokenType !== t.OpenParen || (definition !== t.Block && definition !== t.Model)) return false;
  // Parameters: whichever closing bracket comes first tells.
  const ahead = state.input.slice(state.index + 1, state.index + 40);
  return ahead.find(({ tokenType }) => CLOSING.has(tokenType))?.tokenType !== t.CloseParen;
}

function noteRelation(state: State, token: IToken): void {
  state.relations.add(token);
  const region = regionHere(state);
  if (region !== undefined) region.relation ??= token;
}

function endsRegion(state: State, token: IToken, next: TokenType | undefined): boolean {
  const region = regionHere(state);
  if (region === undefined) return false;
  const type = token.tokenType;
  if (type === t.Less || type === t.Greater) return !isRelation(state, token, next);
  return CLOSING.has(type) || type === t.Bar || type === t.As || type === t.Where;
}

/** Puts an expression with a bare comparison, or a bare condition, in parentheses. */
function endRegion(state: State): void {
  const { region } = state;
  state.region = undefined;
  if (region?.start === undefined || region.start >= state.output.length) return;
  const first = state.output[region.start];
  const last = state.output.at(-1);
  const isBare = region.keyword.tokenType === t.When && first?.tokenType !== t.OpenParen;
  if (first === undefined || last === undefined || (region.relation === undefined && !isBare)) return;
  const end = (last.endOffset ?? last.startOffset) + 1;
  const fix: Fix = {
    title: "put it in parentheses",
    applicability: "machine-applicable",
    edits: [
      { span: { file: state.file, start: first.startOffset, end: first.startOffset }, text: "(" },
      { span: { file: state.file, start: end, end }, text: ")" },
    ],
  };
  const help = [`write \`(${state.file.text.slice(first.startOffset, end)})\``];
  const { relation } = region;
  tell(
    state,
    relation === undefined
      ? unexpectedToken.at({ span: spanOf(state, first), help, fix }, "`(`", quoted(first.image))
      : relationOutsideBrackets.at({ span: spanOf(state, relation), help, fix }, relation.image),
    first.startOffset,
  );
  state.insertions.push(
    { index: region.start, token: t.madeUp(t.OpenParen, "(", first.startOffset) },
    { index: state.output.length, token: t.madeUp(t.CloseParen, ")", end) },
  );
}

function withInsertions({ output, insertions }: State): readonly IToken[] {
  if (insertions.length === 0) return output;
  const tokens: IToken[] = [];
  let next = 0;
  const insertBefore = (index: number): void => {
    for (let made = insertions[next]; made?.index === index; made = insertions[next]) {
      tokens.push(made.token);
      next += 1;
    }
  };
  for (const [index, token] of output.entries()) {
    insertBefore(index);
    tokens.push(token);
  }
  insertBefore(output.length);
  return tokens;
}

function depthsOf(tokens: readonly IToken[], relations: ReadonlySet<IToken>): readonly number[] {
  let depth = 0;
  return tokens.map((token) => {
    const here = depth;
    if (!relations.has(token))
      depth += CLOSERS.has(token.tokenType) ? 1 : CLOSING.has(token.tokenType) ? -1 : 0;
    return here;
  });
}
