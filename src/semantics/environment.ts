/** Where expressions are evaluated: what they may name, and where their mistakes go. */
import type { Expression, NameExpression } from "../../grammar/ast.ts";
import type { DiagnosticDetails, DiagnosticKind } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import type { Literal } from "../ir/literal.ts";
import type { Condition } from "../ir/size.ts";
import type { Value } from "../ops/op.ts";
import type { BlockDefinition } from "./module.ts";
import type { Scope } from "./scope.ts";
import type { Trace } from "./trace.ts";

/** What an expression may name. */
export interface Names {
  readonly scope: Scope;
  /** The input of the innermost body, where there is one. */
  readonly in?: Value | undefined;
  /** The current value. */
  readonly it?: Value | undefined;
  /** What is remembered in the check of a block for all its parameters. */
  readonly trace?: Trace | undefined;
  /** Names and calls that have a value of their own: `params` and `macs("fvcore")` in `expect`. */
  readonly measured?: ReadonlyMap<NameExpression, Literal> | undefined;
}

/** Where an expression is evaluated. */
export interface Environment extends Names {
  /** The block that a name stands for, where a block is wanted. */
  blockOf(expression: NameExpression): BlockDefinition | undefined;
  /** Whether a condition on a symbol holds for all its values, or for none; reported otherwise. */
  decide(condition: Condition, span: Span): boolean | undefined;
  /** Whether an expression was reported already. */
  isBad(expression: Expression): boolean;
  /** Whether there is room for lists of so many elements; reported otherwise. */
  spend(amount: number, span: Span): boolean;
  /** Told of every call of `floor`, and of what it is given. */
  floored(call: NameExpression, amount: Literal | undefined): void;
  /** At a place, or at the source of the value of an expression. */
  report<Args extends readonly unknown[]>(
    kind: DiagnosticKind<Args>,
    args: Args,
    at: Span | Expression,
    more?: Pick<DiagnosticDetails, "help" | "fix" | "labels">,
  ): undefined;
  /** The same with other names. */
  with(names: Partial<Names>): Environment;
  /** The same, where nothing is reported. */
  readonly silent: Environment;
}

type Surroundings = Pick<Environment, "report"> & Partial<Pick<Environment, "isBad" | "blockOf">>;

/** For what stands in no model: flags, and defaults of blocks by themselves. */
export function detachedEnvironment(names: Names, surroundings: Surroundings): Environment {
  return {
    isBad: () => false,
    blockOf: () => undefined,
    decide: () => undefined,
    spend: () => true,
    floored: () => {},
    ...surroundings,
    ...names,
    with: (others) => detachedEnvironment({ ...names, ...others }, surroundings),
    get silent() {
      return detachedEnvironment(names, { ...surroundings, report: () => undefined });
    },
  };
}
