/** The grammar: LL(2), one rule for each line of `dn.ebnf`. It builds a concrete tree and recovers from every error. */
import type { CstNode, IParserErrorMessageProvider, IRecognitionException, IToken, Rule } from "chevrotain";
import { TooManyProblems } from "../src/base/diagnostic.ts";
import type { Decision } from "./decisions.ts";
import { createExpectations } from "./expectations.ts";
import { ExpressionParser, type RuleMethod } from "./expression-parser.ts";
import type { Analysis } from "./prepared-parser.ts";
import * as t from "./tokens.ts";

export interface ParserResult {
  /** Absent when there were too many errors to go on. */
  readonly tree: CstNode | undefined;
  /** The message of each says what was expected. */
  readonly errors: readonly IRecognitionException[];
}

export interface Parser {
  /** `depths` says how many brackets each token stands in. */
  parse(tokens: readonly IToken[], depths: readonly number[]): ParserResult;
  /** The rules as data, in the order of the grammar. */
  rules(): Readonly<Record<string, Rule>>;
  /** What the choices of an analyzed grammar depend on. */
  decisions(): readonly Decision[];
}

class DnParser extends ExpressionParser {
  private readonly expectations: IParserErrorMessageProvider;

  constructor(expectations: IParserErrorMessageProvider, analysis: Analysis) {
    super(expectations, analysis);
    this.expectations = expectations;
    this.prepare(analysis);
  }

  protected override analyzed(): DnParser {
    return new DnParser(this.expectations, "made");
  }

  load(tokens: readonly IToken[], depths: readonly number[]): void {
    this.input = [...tokens];
    this.depths = depths;
  }

  // More is accepted than the language allows, so that nothing is lost to a typo: `validate.ts` tells, with its fix,
  // a missing or stray `;`, an empty body or branch, and parts of the file that are out of order.
  readonly file: RuleMethod = this.RULE("file", () => {
    this.MANY(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.edition) },
        { ALT: () => this.SUBRULE(this.import) },
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.SUBRULE(this.model) },
        { ALT: () => this.SUBRULE(this.let) },
        { ALT: () => this.CONSUME(t.Semi) },
      ]),
    );
  });

  readonly edition: RuleMethod = this.RULE("edition", () => {
    this.CONSUME(t.Dn);
    this.CONSUME(t.Num);
  });

  readonly import: RuleMethod = this.RULE("import", () => {
    this.CONSUME(t.Import);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.OpenBrace);
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.imported) });
          this.CONSUME(t.CloseBrace);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Star);
          this.CONSUME(t.As);
          this.CONSUME(t.Ident);
        },
      },
    ]);
    this.CONSUME(t.From);
    this.CONSUME(t.Str);
  });

  readonly imported: RuleMethod = this.RULE("imported", () => {
    this.CONSUME(t.Ident, { LABEL: "name" });
    this.OPTION(() => this.SUBRULE(this.alias));
  });

  /** `as x`. */
  readonly alias: RuleMethod = this.RULE("alias", () => {
    this.CONSUME(t.As);
    this.CONSUME(t.Ident);
  });

  readonly block: RuleMethod = this.RULE("block", () => {
    this.CONSUME(t.Block);
    this.CONSUME(t.Ident);
    this.OPTION(() => this.SUBRULE(this.params));
    this.OPTION2(() => this.SUBRULE(this.inputs));
    this.OPTION3(() => this.SUBRULE(this.repeatClause));
    this.OPTION4(() => this.SUBRULE(this.where));
    this.SUBRULE(this.body);
  });

  readonly inputs: RuleMethod = this.RULE("inputs", () => {
    this.CONSUME(t.In);
    this.CONSUME(t.OpenParen);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.CONSUME(t.Ident) });
    this.CONSUME(t.CloseParen);
  });

  readonly repeatClause: RuleMethod = this.RULE("repeatClause", () => {
    this.CONSUME(t.Repeat);
    this.SUBRULE(this.expr);
    this.OPTION(() => this.SUBRULE(this.alias));
  });

  readonly params: RuleMethod = this.RULE("params", () => {
    this.CONSUME(t.OpenParen);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.param) });
    this.CONSUME(t.CloseParen);
  });

  readonly param: RuleMethod = this.RULE("param", () => {
    this.CONSUME(t.Ident);
    this.OPTION(() => this.SUBRULE(this.paramType));
    this.OPTION2(() => {
      this.CONSUME(t.Equal);
      this.SUBRULE(this.expr);
    });
  });

  readonly paramType: RuleMethod = this.RULE("paramType", () => {
    this.CONSUME(t.Colon);
    this.OR([{ ALT: () => this.CONSUME(t.Ident) }, { ALT: () => this.CONSUME(t.Block) }]);
    this.MANY(() => {
      this.CONSUME(t.OpenBracket);
      this.CONSUME(t.CloseBracket);
    });
  });

  readonly where: RuleMethod = this.RULE("where", () => {
    this.CONSUME(t.Where);
    this.CONSUME(t.OpenParen);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.rel) });
    this.CONSUME(t.CloseParen);
  });

  // Inside `< >` the repetition stands right before its closing bracket: so the parser can skip to the next stage.
  readonly body: RuleMethod = this.RULE("body", () => {
    this.CONSUME(t.Less);
    this.MANY(() => this.OR([{ ALT: () => this.SUBRULE(this.stage) }, { ALT: () => this.CONSUME(t.Semi) }]));
    this.CONSUME(t.Greater);
  });

  readonly stage: RuleMethod = this.RULE("stage", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.let) },
      {
        ALT: () => {
          this.OR2([
            { ALT: () => this.SUBRULE(this.when) },
            { ALT: () => this.SUBRULE(this.for) },
            { ALT: () => this.SUBRULE(this.repeat) },
            { ALT: () => this.SUBRULE(this.from) },
            { ALT: () => this.SUBRULE(this.op) },
          ]);
          this.OPTION(() => this.SUBRULE(this.check));
          this.OPTION2(() => this.SUBRULE(this.alias));
        },
      },
    ]);
  });

  /** `: [64 @ 56, 56]`. */
  readonly check: RuleMethod = this.RULE("check", () => {
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
  });

  readonly when: RuleMethod = this.RULE("when", () => {
    this.CONSUME(t.When);
    this.CONSUME(t.OpenParen);
    this.SUBRULE(this.rel);
    this.CONSUME(t.CloseParen);
    this.SUBRULE(this.body);
    this.OPTION(() => {
      this.CONSUME(t.Else);
      this.OR([
        { ALT: () => this.SUBRULE2(this.body, { LABEL: "else" }) },
        { ALT: () => this.SUBRULE(this.when, { LABEL: "else" }) },
      ]);
    });
  });

  readonly for: RuleMethod = this.RULE("for", () => {
    this.CONSUME(t.For);
    this.CONSUME(t.Ident, { LABEL: "variable" });
    this.OPTION(() => {
      this.CONSUME(t.Comma);
      this.CONSUME2(t.Ident, { LABEL: "index" });
    });
    this.CONSUME(t.In);
    this.SUBRULE(this.expr);
    this.SUBRULE(this.body);
  });

  readonly repeat: RuleMethod = this.RULE("repeat", () => {
    this.CONSUME(t.Repeat);
    this.SUBRULE(this.expr);
    this.OPTION(() => this.SUBRULE(this.alias));
    this.SUBRULE(this.body);
  });

  readonly from: RuleMethod = this.RULE("from", () => {
    this.CONSUME(t.From);
    this.SUBRULE(this.source);
  });

  readonly op: RuleMethod = this.RULE("op", () => {
    this.SUBRULE(this.qid);
    this.OPTION(() =>
      this.OR([
        { ALT: () => this.CONSUME(t.Kernel, { LABEL: "window" }) },
        { ALT: () => this.CONSUME(t.Num, { LABEL: "window" }) },
      ]),
    );
    this.OPTION2(() => this.SUBRULE(this.args));
    this.OPTION3(() => this.SUBRULE(this.branches));
    this.OPTION4(() => this.SUBRULE(this.stride));
    this.OPTION5(() => this.SUBRULE(this.channels));
  });

  readonly branches: RuleMethod = this.RULE("branches", () => {
    this.CONSUME(t.Less);
    this.MANY(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.stage) },
        { ALT: () => this.CONSUME(t.Semi) },
        { ALT: () => this.CONSUME(t.Bar) },
      ]),
    );
    this.CONSUME(t.Greater);
  });

  readonly stride: RuleMethod = this.RULE("stride", () => {
    this.CONSUME(t.Slash);
    this.OR([
      { ALT: () => this.CONSUME(t.Kernel) },
      { ALT: () => this.CONSUME(t.Num) },
      { ALT: () => this.CONSUME(t.Ident) },
      {
        ALT: () => {
          this.CONSUME(t.OpenParen);
          this.SUBRULE(this.expr);
          this.CONSUME(t.CloseParen);
        },
      },
    ]);
  });

  readonly channels: RuleMethod = this.RULE("channels", () => {
    this.CONSUME(t.Arrow);
    this.SUBRULE(this.expr);
  });

  readonly type: RuleMethod = this.RULE("type", () => {
    this.OPTION(() => this.CONSUME(t.Ident));
    this.CONSUME(t.OpenBracket);
    this.SUBRULE(this.expr, { LABEL: "channels" });
    this.OPTION2(() => {
      this.CONSUME(t.At);
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE2(this.expr, { LABEL: "size" }) });
    });
    this.CONSUME(t.CloseBracket);
  });

  readonly model: RuleMethod = this.RULE("model", () => {
    this.CONSUME(t.Model);
    this.CONSUME(t.Ident);
    this.OPTION(() => this.SUBRULE(this.params));
    this.OPTION2(() => this.SUBRULE(this.where));
    this.OR([{ ALT: () => this.SUBRULE(this.modelAlias) }, { ALT: () => this.SUBRULE(this.modelBody) }]);
  });

  readonly modelAlias: RuleMethod = this.RULE("modelAlias", () => {
    this.CONSUME(t.Equal);
    this.SUBRULE(this.qid);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  readonly modelBody: RuleMethod = this.RULE("modelBody", () => {
    this.CONSUME(t.OpenBrace);
    this.MANY(() => this.OR([{ ALT: () => this.SUBRULE(this.item) }, { ALT: () => this.CONSUME(t.Semi) }]));
    this.CONSUME(t.CloseBrace);
  });

  readonly item: RuleMethod = this.RULE("item", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.inputItem) },
      { ALT: () => this.SUBRULE(this.outputItem) },
      { ALT: () => this.SUBRULE(this.valueItem) },
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.sharedItem) },
      { ALT: () => this.SUBRULE(this.setItem) },
      { ALT: () => this.SUBRULE(this.expectItem) },
    ]);
  });

  readonly inputItem: RuleMethod = this.RULE("inputItem", () => {
    this.CONSUME(t.Input);
    this.CONSUME(t.Ident);
    this.SUBRULE(this.check);
  });

  readonly outputItem: RuleMethod = this.RULE("outputItem", () => {
    this.CONSUME(t.Output);
    this.CONSUME(t.Ident);
    this.OPTION(() => {
      this.CONSUME(t.Equal);
      this.SUBRULE(this.flow);
    });
    this.OPTION2(() => this.SUBRULE(this.check));
  });

  readonly valueItem: RuleMethod = this.RULE("valueItem", () => {
    this.CONSUME(t.Ident);
    this.CONSUME(t.Equal);
    this.SUBRULE(this.flow);
    this.OPTION(() => this.SUBRULE(this.check));
  });

  readonly sharedItem: RuleMethod = this.RULE("sharedItem", () => {
    this.CONSUME(t.Shared);
    this.CONSUME(t.Ident);
    this.CONSUME(t.Equal);
    this.SUBRULE(this.op);
  });

  readonly setItem: RuleMethod = this.RULE("setItem", () => {
    this.CONSUME(t.SetWord);
    this.CONSUME(t.Ident);
    this.CONSUME(t.Equal);
    this.SUBRULE(this.expr);
  });

  readonly expectItem: RuleMethod = this.RULE("expectItem", () => {
    this.CONSUME(t.Expect);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.rel) });
  });

  readonly let: RuleMethod = this.RULE("let", () => {
    this.CONSUME(t.Let);
    this.CONSUME(t.Ident);
    this.CONSUME(t.Equal);
    this.SUBRULE(this.expr);
  });

  readonly flow: RuleMethod = this.RULE("flow", () => {
    this.SUBRULE(this.source);
    this.OPTION(() => this.SUBRULE(this.body));
  });

  readonly source: RuleMethod = this.RULE("source", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.In) },
      { ALT: () => this.CONSUME(t.It) },
      {
        ALT: () => {
          this.SUBRULE(this.qid);
          this.OPTION(() => this.SUBRULE(this.args));
        },
      },
    ]);
  });
}

/** Building one takes milliseconds: keep it. */
export function createParser(analysis: Analysis = "generated"): Parser {
  const expectations = createExpectations();
  const parser = new DnParser(expectations, analysis);
  return {
    parse: (tokens, depths) => {
      expectations.start();
      parser.load(tokens, depths);
      try {
        const tree = parser.file();
        return { tree, errors: parser.errors };
      } catch (error) {
        if (!(error instanceof TooManyProblems)) throw error;
        return { tree: undefined, errors: parser.errors };
      }
    },
    rules: () => parser.getGAstProductions(),
    decisions: () => parser.decisions,
  };
}
