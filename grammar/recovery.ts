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

const CLOSERS: ReadonlyMap<TokenType, TokenType> = new Map([
  [t.OpenParen, t.CloseParen],
  [t.OpenBracket, t.CloseBracket],
  [t.OpenBrace, t.CloseBrace],
  [t.Less, t.Greater],
]);
const CLOSING = new Set(CLOSERS.values());
/** What may begin an expression or a stage: seen alone, it says nothing about where the parser is. */
const AMBIGUOUS = new Set([
  ...[
    t.Ident,
    t.Num,
    t.Kernel,
    t.Str,
    t.True,
    t.False,
    t.In,
    t.It,
    t.Minus,
    t.Not,
    t.OpenParen,
    t.OpenBracket,
  ],
]);
const SEPARATORS = new Set([EOF, t.Semi, t.Comma, t.Bar]);

/** The brackets opened while skipping. A `<` that compares opens none: the next closing bracket tells. */
class Nesting {
  private readonly open: (TokenType | undefined)[] = [];

  isOutside(type: TokenType): boolean {
    return this.open.length === 0 || (CLOSING.has(type) && !this.open.includes(type));
  }

  pass(type: TokenType): void {
    if (CLOSING.has(type)) this.open.length = Math.max(this.open.lastIndexOf(type), 0);
    else if (CLOSERS.has(type)) this.open.push(CLOSERS.get(type));
  }
}

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
    const { tokenType: type, image } = this.LA(1);
    const isStructure = CLOSERS.has(type) || CLOSING.has(type) || SEPARATORS.has(type);
    return !isStructure && !t.reservedWords.has(image);
  }

  /** The first token, outside brackets opened meanwhile, that some rule under way could go on with. */
  protected findReSyncTokenType(): TokenType {
    const wanted = new Set([...this.flattenFollowSet()].filter((type) => !AMBIGUOUS.has(type)));
    const nesting = new Nesting();
    for (let ahead = 1; ; ahead += 1) {
      const type = this.LA(ahead).tokenType;
      if (type === EOF || (nesting.isOutside(type) && wanted.has(type))) return type;
      nesting.pass(type);
    }
  }

  /** Leaves that token as the next one. */
  protected reSyncTo(wanted: TokenType): IToken[] {
    const skipped: IToken[] = [];
    const nesting = new Nesting();
    for (let token = this.LA(1); token.tokenType !== EOF; token = this.LA(1)) {
      if (nesting.isOutside(token.tokenType) && token.tokenType === wanted) break;
      nesting.pass(token.tokenType);
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
    const nesting = new Nesting();
    for (let type = this.LA(1).tokenType; type !== EOF; type = this.LA(1).tokenType) {
      if (nesting.isOutside(type)) {
        if (type === expected) return false;
        if (!AMBIGUOUS.has(type) && lookahead.call(this)) return true;
        if (CLOSING.has(type)) return undefined;
      }
      nesting.pass(type);
      this.SKIP_TOKEN();
    }
    return expected === EOF ? false : undefined;
  }
}
