/** The grammar of expressions and arguments; `parser.ts` builds the rest on it. */
import type { CstNode, ParserMethod } from "chevrotain";
import { RecoveringParser } from "./recovery.ts";
import * as t from "./tokens.ts";

export type RuleMethod = ParserMethod<[], CstNode>;

export abstract class ExpressionParser extends RecoveringParser {
  readonly args: RuleMethod = this.RULE("args", () => {
    this.CONSUME(t.OpenParen);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.arg) });
    this.CONSUME(t.CloseParen);
  });

  readonly arg: RuleMethod = this.RULE("arg", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Ident);
          this.CONSUME(t.Equal);
          this.SUBRULE(this.rel);
        },
      },
      { ALT: () => this.SUBRULE2(this.rel) },
    ]);
  });

  readonly rel: RuleMethod = this.RULE("rel", () => {
    this.SUBRULE(this.and, { LABEL: "operand" });
    this.MANY(() => {
      this.CONSUME(t.OrOr, { LABEL: "operator" });
      this.SUBRULE2(this.and, { LABEL: "operand" });
    });
  });

  readonly and: RuleMethod = this.RULE("and", () => {
    this.SUBRULE(this.cmp, { LABEL: "operand" });
    this.MANY(() => {
      this.CONSUME(t.AndAnd, { LABEL: "operator" });
      this.SUBRULE2(this.cmp, { LABEL: "operand" });
    });
  });

  readonly cmp: RuleMethod = this.RULE("cmp", () => {
    this.SUBRULE(this.expr, { LABEL: "operand" });
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(t.Less, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.Greater, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.LessEqual, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.GreaterEqual, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.EqualEqual, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.NotEqual, { LABEL: "operator" }) },
      ]);
      this.SUBRULE2(this.expr, { LABEL: "operand" });
    });
  });

  readonly expr: RuleMethod = this.RULE("expr", () => {
    this.SUBRULE(this.mul, { LABEL: "operand" });
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(t.Plus, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.Minus, { LABEL: "operator" }) },
      ]);
      this.SUBRULE2(this.mul, { LABEL: "operand" });
    });
  });

  readonly mul: RuleMethod = this.RULE("mul", () => {
    this.SUBRULE(this.unary, { LABEL: "operand" });
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(t.Star, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.Slash, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.Percent, { LABEL: "operator" }) },
      ]);
      this.SUBRULE2(this.unary, { LABEL: "operand" });
    });
  });

  readonly unary: RuleMethod = this.RULE("unary", () => {
    this.OPTION(() =>
      this.OR([
        { ALT: () => this.CONSUME(t.Minus, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(t.Not, { LABEL: "operator" }) },
      ]),
    );
    this.SUBRULE(this.prim);
  });

  readonly prim: RuleMethod = this.RULE("prim", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Num) },
      { ALT: () => this.CONSUME(t.Kernel) },
      { ALT: () => this.CONSUME(t.Str) },
      { ALT: () => this.CONSUME(t.True) },
      { ALT: () => this.CONSUME(t.False) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.flowMember) },
      { ALT: () => this.SUBRULE(this.call) },
      { ALT: () => this.SUBRULE(this.group) },
    ]);
    this.MANY(() => this.SUBRULE(this.index));
  });

  readonly list: RuleMethod = this.RULE("list", () => {
    this.CONSUME(t.OpenBracket);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.expr) });
    this.CONSUME(t.CloseBracket);
  });

  readonly flowMember: RuleMethod = this.RULE("flowMember", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.In, { LABEL: "base" }) },
      { ALT: () => this.CONSUME(t.It, { LABEL: "base" }) },
    ]);
    this.OPTION(() => {
      this.CONSUME(t.Dot);
      this.CONSUME(t.Ident);
    });
  });

  readonly call: RuleMethod = this.RULE("call", () => {
    this.SUBRULE(this.qid);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  readonly group: RuleMethod = this.RULE("group", () => {
    this.CONSUME(t.OpenParen);
    this.SUBRULE(this.rel);
    this.CONSUME(t.CloseParen);
  });

  readonly index: RuleMethod = this.RULE("index", () => {
    this.CONSUME(t.OpenBracket);
    this.SUBRULE(this.expr);
    this.CONSUME(t.CloseBracket);
  });

  readonly qid: RuleMethod = this.RULE("qid", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Dot, DEF: () => this.CONSUME(t.Ident) });
  });
}
