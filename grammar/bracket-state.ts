/** What is known while brackets are matched: which are open, what was written so far, what is being repaired. */
import type { IToken, TokenType } from "chevrotain";
import type { Diagnostic, Reporter } from "../src/base/diagnostic.ts";
import type { SourceFile, Span } from "../src/base/source.ts";
import type { Extent } from "./segments.ts";
import * as t from "./tokens.ts";

/** An open bracket; the file itself is the outermost. */
export interface Level {
  readonly token: IToken | undefined;
  readonly closer: TokenType | undefined;
  /** What operators weigh since the last separator. */
  weight: number;
}

/** An expression that is not in brackets: after `let x =`, or between `repeat`, `for … in`, `when` and their body. */
export interface Region {
  readonly keyword: IToken;
  readonly levels: number;
  /** Index of its first token in the output, once it has begun. */
  start?: number;
  /** The first comparison in it. */
  relation?: IToken;
}

export interface State {
  readonly file: SourceFile;
  readonly input: readonly IToken[];
  /** Of the token that is being read. */
  index: number;
  readonly output: IToken[];
  readonly reporter: Reporter;
  readonly unclear: Extent[];
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

export function innermost(state: State): Level {
  return state.levels.at(-1) ?? state.levels[0];
}

export function isInParentheses(state: State): boolean {
  const { closer } = innermost(state);
  return closer === t.CloseParen || closer === t.CloseBracket;
}

export function spanOf(state: State, token: IToken): Span {
  return { file: state.file, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}

export function tell(state: State, diagnostic: Diagnostic, extent: Extent): void {
  state.reporter.report(diagnostic);
  state.unclear.push(extent);
}
