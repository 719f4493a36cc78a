/**
 * How the parser goes on after an error. The tokens are balanced and each knows how many brackets it stands in, so
 * what may follow a rule is looked for only as deep as the rule began; and a name, which could be anything, is never
 * taken for it. This, too, overrides methods inside chevrotain.
 */
import {
  type CstNode,
  EOF,
  type IParserErrorMessageProvider,
  isRecognitionException,
  MismatchedTokenException,
  type TokenType,
} from "chevrotain";
import { PreparedParser } from "./prepared-parser.ts";
import { indexAt } from "./segments.ts";
import * as t from "./tokens.ts";

/** What follows `import` where it begins one. */
const IMPORTED = new Set([t.OpenBrace, t.Star]);
/** A single one of these before the wanted token was most likely not written by accident. */
const STRUCTURE = new Set([EOF, t.Semi, t.Comma, t.Bar, ...t.closers.keys(), ...t.closing]);

/** Where to go on: in the rule at `level` of the rule stack, at token `index`. */
interface Target {
  readonly level: number;
  readonly index: number;
}

type Unfinished = Omit<CstNode, "recoveredNode"> & { recoveredNode?: boolean };

export abstract class RecoveringParser extends PreparedParser {
  /**
   * How many brackets each token of the input stands in; an opening one stands outside its own, a closing one inside.
   * Unlike the input, it is not padded while parsing.
   */
  protected depths: readonly number[] = [];
  private target: Target | undefined;

  declare private readonly errorMessageProvider: IParserErrorMessageProvider;
  declare private readonly RULE_STACK_IDX: number;
  declare private readonly CST_STACK: readonly Unfinished[];
  declare private readonly getCurrRuleFullName: () => string;
  declare private readonly buildFullFollowKeyStack: () => readonly unknown[];
  declare private readonly getFollowSetFromFollowKey: (key: unknown) => readonly TokenType[];
  declare private readonly exportLexerState: () => number;
  declare private readonly importLexerState: (state: number) => void;
  declare private readonly SAVE_ERROR: (error: Error) => Error;

  /** No token is ever made up: brackets have their partners already, and finding out would recurse without bound. */
  protected getFollowsForInRuleRecovery(): readonly TokenType[] {
    return [];
  }

  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    const { tokenType: type, image } = this.LA(1);
    return !STRUCTURE.has(type) && !t.reservedWords.has(image);
  }

  /** A rule failed: it ends here, at the target, or one of the rules that called it does. */
  protected invokeRuleCatch(error: Error & { partialCstResult?: CstNode }): CstNode {
    const partial = this.CST_STACK.at(-1);
    if (!isRecognitionException(error) || partial === undefined) throw error;
    partial.recoveredNode = true;
    this.target ??= this.findTarget();
    if (this.RULE_STACK_IDX > this.target.level) {
      error.partialCstResult = partial;
      throw error;
    }
    this.skipTo(this.target.index);
    this.target = undefined;
    return partial;
  }

  /** The first token that one of the rules under way could go on with. */
  private findTarget(): Target {
    const wanted = this.wantedByDepth();
    for (let index = this.position; index < this.depths.length; index += 1) {
      const type = this.input[index]?.tokenType;
      const isName = type === t.Import && !IMPORTED.has(this.LA(index - this.position + 2).tokenType);
      const level = isName ? undefined : type && wanted.get(this.depths[index] ?? 0)?.get(type);
      if (level !== undefined) return { level, index };
    }
    return { level: 0, index: this.depths.length };
  }

  /** For each depth, the tokens that may follow a rule which began there, with its level; the innermost wins. */
  private wantedByDepth(): ReadonlyMap<number, ReadonlyMap<TokenType, number>> {
    const wanted = new Map<number, Map<TokenType, number>>();
    this.completeAnalysis();
    const follows = this.buildFullFollowKeyStack();
    let start = Number.NaN;
    for (let level = this.RULE_STACK_IDX; level > 0; level -= 1) {
      start = firstNumber(this.CST_STACK[level]?.location?.startOffset, start);
      const index = Number.isNaN(start) ? this.position : indexAt(this.input, start);
      const depth = this.depths[index] ?? 0;
      const types = wanted.get(depth) ?? new Map<TokenType, number>();
      wanted.set(depth, types);
      for (const type of this.getFollowSetFromFollowKey(follows[level])) {
        if (!isAmbiguous(type, depth) && !types.has(type)) types.set(type, level);
      }
    }
    return wanted;
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
    const depth = this.depths[this.position] ?? 0;
    for (; this.position < this.depths.length; this.SKIP_TOKEN()) {
      const type = this.LA(1).tokenType;
      const here = this.depths[this.position] ?? 0;
      if (here < depth) return undefined;
      if (here > depth) continue;
      if (type === expected) return false;
      if (!isAmbiguous(type, depth) && lookahead.call(this)) return true;
    }
    return expected === EOF ? false : undefined;
  }

  /** Index of the next token. */
  private get position(): number {
    return this.exportLexerState() + 1;
  }

  private skipTo(index: number): void {
    while (this.position < index) this.SKIP_TOKEN();
  }
}

function firstNumber(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : value;
}

/** What begins an operand may as well begin a stage; and after a lost `{` each `;` would be one more error of the file. */
function isAmbiguous(type: TokenType, depth: number): boolean {
  return t.operandStarts.has(type) || (depth === 0 && (type === t.Semi || type === t.Dn));
}
