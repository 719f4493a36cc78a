/**
 * How the parser goes on after an error. The tokens are balanced, so it never stops inside a bracket that it skips,
 * and it takes up only at a separator, a closing bracket or a word that begins something: a name could be anything.
 * This overrides methods inside chevrotain, whose version is pinned for that reason.
 */
import {
  CstParser,
  EOF,
  type IParserErrorMessageProvider,
  type IToken,
  MismatchedTokenException,
  type TokenType,
} from "chevrotain";
import * as t from "./tokens.ts";

const OPENERS = new Set([t.OpenParen, t.OpenBracket, t.OpenBrace, t.Less]);
const CLOSERS = new Set([t.CloseParen, t.CloseBracket, t.CloseBrace, t.Greater]);
const LANDMARKS = new Set([
  ...[EOF, t.Semi, t.Comma, t.Bar, t.Block, t.Model, t.Import, t.Let, t.When, t.For, t.Repeat],
  ...[t.Input, t.Output, t.Shared, t.SetWord, t.Expect, ...CLOSERS],
]);

export class RecoveringParser extends CstParser {
  declare private readonly errorMessageProvider: IParserErrorMessageProvider;
  declare private readonly flattenFollowSet: () => readonly TokenType[];
  declare private readonly getCurrRuleFullName: () => string;
  declare private readonly exportLexerState: () => number;
  declare private readonly importLexerState: (state: number) => void;
  declare private readonly SAVE_ERROR: (error: Error) => Error;

  /** No token is ever made up: brackets have their partners already, and finding out would recurse without bound. */
  protected getFollowsForInRuleRecovery(): readonly TokenType[] {
    return [];
  }

  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    const type = this.LA(1).tokenType;
    return !OPENERS.has(type) && !LANDMARKS.has(type);
  }

  /** The first token, outside brackets opened meanwhile, that some rule under way could go on with. */
  protected findReSyncTokenType(): TokenType {
    const wanted = new Set([...this.flattenFollowSet()].filter((type) => LANDMARKS.has(type)));
    let depth = 0;
    for (let ahead = 1; ; ahead += 1) {
      const type = this.LA(ahead).tokenType;
      if (type === EOF || (depth === 0 && wanted.has(type))) return type;
      depth = depthAfter(type, depth);
    }
  }

  /** Leaves that token as the next one. */
  protected reSyncTo(wanted: TokenType): IToken[] {
    const skipped: IToken[] = [];
    let depth = 0;
    for (let token = this.LA(1); token.tokenType !== EOF; token = this.LA(1)) {
      if (depth === 0 && token.tokenType === wanted) break;
      depth = depthAfter(token.tokenType, depth);
      skipped.push(token);
      this.SKIP_TOKEN();
    }
    return skipped;
  }

  /** In a repetition that met a token which neither goes on with it nor ends it. */
  protected tryInRepetitionRecovery(
    repetition: (...args: unknown[]) => void,
    args: unknown[],
    lookahead: () => boolean,
    expected: TokenType,
  ): void {
    const actual = this.LA(1);
    const previous = this.LA(0);
    const start = this.exportLexerState();
    const goesOn = this.skipInRepetition(lookahead, expected);
    if (goesOn === undefined) {
      this.importLexerState(start);
      return;
    }
    const ruleName = this.getCurrRuleFullName();
    const message = this.errorMessageProvider.buildMismatchTokenMessage({
      expected,
      actual,
      previous,
      ruleName,
    });
    this.SAVE_ERROR(new MismatchedTokenException(message, actual, previous));
    if (goesOn) repetition.apply(this, args);
  }

  /** Whether it can go on (true) or ends (false) after skipping; `undefined` when neither is in sight. */
  private skipInRepetition(lookahead: () => boolean, expected: TokenType): boolean | undefined {
    let depth = 0;
    for (let type = this.LA(1).tokenType; type !== EOF || expected === EOF; type = this.LA(1).tokenType) {
      if (depth === 0) {
        if (type === expected) return false;
        if (LANDMARKS.has(type) && lookahead.call(this)) return true;
        if (CLOSERS.has(type)) return undefined;
      }
      depth = depthAfter(type, depth);
      this.SKIP_TOKEN();
    }
    return undefined;
  }
}

function depthAfter(type: TokenType, depth: number): number {
  if (OPENERS.has(type)) return depth + 1;
  return CLOSERS.has(type) && depth > 0 ? depth - 1 : depth;
}
