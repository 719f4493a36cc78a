/** Comparisons outside brackets: found by where they stand, told, and put in parentheses for the parser. */
import type { IToken, TokenType } from "chevrotain";
import type { Fix } from "../src/base/diagnostic.ts";
import { quoted } from "../src/base/text.ts";
import { innermost, isInParentheses, type Region, type State, spanOf, tell } from "./bracket-state.ts";
import { relationOutsideBrackets, unexpectedToken } from "./syntax-errors.ts";
import * as t from "./tokens.ts";

const HEADS = new Set([t.For, t.Repeat, t.When]);
const NAME_ENDS = new Set([t.Equal, t.Comma, t.Semi, t.CloseParen]);

export function beginRegion(state: State, token: IToken): void {
  const type = token.tokenType;
  if (type === t.Expect && innermost(state).closer !== t.Greater) state.isExpecting = true;
  const { region } = state;
  const next = state.input[state.index + 1]?.tokenType;
  // A word that is used as a name begins nothing.
  if (HEADS.has(type) && (next === undefined || NAME_ENDS.has(next))) return;
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
  return HEADS.has(keyword.tokenType);
}

export function isRelation(state: State, token: IToken, next: TokenType | undefined): boolean {
  const type = token.tokenType;
  const goesOn = next !== undefined && t.operandStarts.has(next);
  if (type === t.Greater) {
    if (isInParentheses(state))
      return goesOn || next === t.CloseParen || next === t.CloseBracket || next === t.Comma;
    return state.isExpecting || (goesOn && regionHere(state) !== undefined);
  }
  if (type !== t.Less) return t.relations.has(type) && regionHere(state) !== undefined;
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
  const { token } = innermost(state);
  const at = token === undefined ? 0 : state.output.lastIndexOf(token);
  const definition = state.output[at - 2]?.tokenType;
  const isParameterList =
    token?.tokenType === t.OpenParen && (definition === t.Block || definition === t.Model);
  const previous = state.output.at(-1)?.tokenType;
  if (previous !== undefined && t.operandEnds.has(previous) && !isParameterList) return false;
  // Whichever closing bracket comes first tells.
  const ahead = state.input.slice(state.index + 1, state.index + 40);
  return ahead.find(({ tokenType }) => t.closing.has(tokenType))?.tokenType === t.Greater;
}

export function noteRelation(state: State, token: IToken): void {
  state.relations.add(token);
  const region = regionHere(state);
  if (region !== undefined) region.relation ??= token;
}

export function endsRegion(state: State, token: IToken, next: TokenType | undefined): boolean {
  const region = regionHere(state);
  if (region === undefined) return false;
  const type = token.tokenType;
  if (type === t.Less || type === t.Greater) return !isRelation(state, token, next);
  return t.closing.has(type) || type === t.Bar || type === t.As || type === t.Where;
}

/** Puts an expression with a bare comparison, or a bare condition, in parentheses. */
export function endRegion(state: State): void {
  const { region } = state;
  state.region = undefined;
  if (region?.start === undefined || region.start >= state.output.length) return;
  const first = state.output[region.start];
  const last = state.output.at(-1);
  const isBare = region.keyword.tokenType === t.When && first?.tokenType !== t.OpenParen;
  if (first === undefined || last === undefined || (region.relation === undefined && !isBare)) return;
  const end = (last.endOffset ?? last.startOffset) + 1;
  // Where an operand is missing as well, parentheses alone do not mend it.
  const isWhole = t.operandEnds.has(last.tokenType);
  const fix: Fix = {
    title: "put it in parentheses",
    applicability: isWhole ? "machine-applicable" : "maybe-incorrect",
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
    { start: first.startOffset, end: first.startOffset },
  );
  state.insertions.push(
    { index: region.start, token: t.madeUp(t.OpenParen, "(", first.startOffset) },
    { index: state.output.length, token: t.madeUp(t.CloseParen, ")", end) },
  );
}

export function withInsertions({ output, insertions }: State): readonly IToken[] {
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
