/**
 * A parser that begins with what was found out about its grammar beforehand. Chevrotain analyzes the grammar whenever a
 * parser is made, which takes longer than parsing; what its choices depend on is generated instead, and the rest is
 * found out when it is needed, which is at the first error. This reaches into chevrotain, whose version is pinned for
 * that reason.
 */
import {
  CstParser,
  type IParserErrorMessageProvider,
  type IToken,
  type Rule,
  type TokenType,
} from "chevrotain";
import { DECISIONS } from "./decisions.generated.ts";
import { type Decision, decideBy, ListedLookahead, typeNamed } from "./decisions.ts";
import { tokens } from "./tokens.ts";

/** How a parser comes to know its grammar: by what was generated, by looking at it, or also proving it unambiguous. */
export type Analysis = "generated" | "made" | "proved";

const MAX_LOOKAHEAD = 2;

interface AfterRepetition {
  readonly token?: TokenType;
  /** Which of several in the rule; only asked for whether there is one. */
  readonly occurrence?: number;
  readonly isEndOfRule: boolean;
}

export abstract class PreparedParser extends CstParser {
  private readonly lookahead: ListedLookahead;

  declare private selfAnalysisDone: boolean;
  declare private gastProductionsCache: Record<string, Rule>;
  declare private resyncFollows: Readonly<Record<string, readonly TokenType[]>>;
  declare private readonly lookAheadFuncsCache: Map<number, () => unknown>;
  declare private readonly firstAfterRepMap: Record<number, AfterRepetition>;

  constructor(errorMessageProvider: IParserErrorMessageProvider, analysis: Analysis) {
    const lookahead = new ListedLookahead({ maxLookahead: MAX_LOOKAHEAD });
    super([...tokens], {
      maxLookahead: MAX_LOOKAHEAD,
      lookaheadStrategy: lookahead,
      recoveryEnabled: true,
      nodeLocationTracking: "onlyOffset",
      skipValidations: analysis !== "proved",
      errorMessageProvider,
    });
    this.lookahead = lookahead;
  }

  /** Another parser of the same grammar that has analyzed it. */
  protected abstract analyzed(): PreparedParser;

  /** For the constructor, when the rules are defined. */
  protected prepare(analysis: Analysis): void {
    if (analysis !== "generated") {
      this.performSelfAnalysis();
      return;
    }
    const next = (distance: number): IToken => this.LA(distance);
    for (const decision of DECISIONS) {
      const { key, alternatives, after = "rule" } = decision;
      const decide = decideBy(decision);
      this.lookAheadFuncsCache.set(
        key,
        alternatives.length === 1 ? () => decide(next) === 0 : () => decide(next),
      );
      this.firstAfterRepMap[key] =
        after === "rule" || after === "end"
          ? { isEndOfRule: after === "end" }
          : { token: typeNamed(after), occurrence: 1, isEndOfRule: false };
    }
    this.selfAnalysisDone = true;
  }

  /** What chevrotain asks for at an error: the rules as data, and what may follow each. */
  protected completeAnalysis(): void {
    if (Object.keys(this.gastProductionsCache).length > 0) return;
    const { gastProductionsCache, resyncFollows } = this.analyzed();
    this.gastProductionsCache = gastProductionsCache;
    this.resyncFollows = resyncFollows;
  }

  override getGAstProductions(): Record<string, Rule> {
    this.completeAnalysis();
    return super.getGAstProductions();
  }

  /** What the choices of an analyzed grammar depend on. */
  get decisions(): readonly Decision[] {
    return [...this.lookAheadFuncsCache].map(([key, decide]) => this.lookahead.decisionOf(key, decide));
  }
}
