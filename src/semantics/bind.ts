/** Binds arguments to the parameters of a block or model: types, defaults, and what `where` demands. */
import type * as ast from "../../grammar/ast.ts";
import { type Span, spanText } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { integerOf, type Literal, printLiteral } from "../ir/literal.ts";
import { outOfRange, wrongType } from "../ops/call-problems.ts";
import { argumentOf } from "./build.ts";
import { pairArguments } from "./callee.ts";
import type { Environment } from "./environment.ts";
import { evaluate, truthOf } from "./evaluate.ts";
import { childScope, define, type Scope } from "./scope.ts";

/** An argument as it comes in: evaluated, with its place; `value` is absent when it could not be evaluated. */
export interface Given {
  readonly value: Literal | undefined;
  readonly span: Span;
  /** Absent when it was given from outside of any spec. */
  readonly expression?: ast.Expression;
  /** The argument that it came from, when it only passes on a parameter. */
  readonly argument?: Span | undefined;
}

export interface Binding {
  readonly scope: Scope;
  /** `k=32`, for frames. */
  readonly printed: readonly string[];
}

/** Evaluates arguments where the call stands, and pairs them with the names of the parameters. */
export function evaluateArguments(
  items: readonly ast.Argument[],
  names: readonly string[],
  environment: Environment,
): ReadonlyMap<string, Given> {
  return new Map(
    [...pairArguments(items, names)].map(([name, { value }]) => [name, evaluateGiven(value, environment)]),
  );
}

export function evaluateGiven(expression: ast.Expression, environment: Environment): Given {
  return {
    value: evaluate(expression, environment),
    span: expression.span,
    expression,
    argument: argumentOf(expression, environment.scope),
  };
}

/** The scope of a definition's head. Problems of arguments are reported at the call, those of defaults where they stand. */
export function bindParameters(
  parameters: readonly ast.Parameter[],
  given: ReadonlyMap<string, Given>,
  parent: Scope,
  caller: Environment,
  head: Environment,
): Binding {
  const scope = childScope(parent);
  const printed: string[] = [];
  for (const parameter of parameters) {
    const name = parameter.name.text;
    const argument = given.get(name);
    const span = argument?.span ?? parameter.name.span;
    let value = argument?.value;
    if (argument === undefined && parameter.default !== undefined)
      value = evaluate(parameter.default, head.with({ scope }));
    if (value !== undefined && parameter.type !== undefined) {
      value = checked(
        name,
        parameter.type,
        value,
        span,
        argument === undefined ? head.with({ scope }) : caller,
      );
    }
    define(scope, name, value, span, argument && (argument.argument ?? argument.span));
    if (value !== undefined) printed.push(`${name}=${printLiteral(value)}`);
  }
  return { scope, printed };
}

function checked(
  name: string,
  type: ast.ParameterType,
  value: Literal,
  span: Span,
  environment: Environment,
): Literal | undefined {
  if (isOfType(value, type.name.text, type.listDepth)) return value;
  const { one, many } = NOUNS[type.name.text] ?? {
    one: quoted(type.name.text),
    many: quoted(type.name.text),
  };
  const expects = type.listDepth === 0 ? one : `a list of ${"lists of ".repeat(type.listDepth - 1)}${many}`;
  return environment.report(wrongType, [quoted(name), expects, printLiteral(value)], span);
}

const NOUNS: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  int: { one: "an integer", many: "integers" },
  float: { one: "a number", many: "numbers" },
  bool: { one: "`true` or `false`", many: "`true` and `false`" },
  word: { one: "a word", many: "words" },
  str: { one: "a string", many: "strings" },
  block: { one: "a block", many: "blocks" },
};

function isOfType(value: Literal, type: string, listDepth: number): boolean {
  if (listDepth > 0)
    return value.kind === "list" && value.items.every((item) => isOfType(item, type, listDepth - 1));
  switch (type) {
    case "int":
      return integerOf(value) !== undefined;
    case "float":
      return value.kind === "number";
    case "bool":
      return value.kind === "boolean";
    case "word":
      return value.kind === "word";
    case "str":
      return value.kind === "string";
    case "block":
      return value.kind === "block";
    default:
      // Unknown types were reported where they are declared.
      return true;
  }
}

/** Whether the relations of a `where` hold; a failing one is reported at the call, if there is one, as DN0305. */
export function checkWhere(
  where: ast.Where | undefined,
  callee: string,
  binding: Binding,
  call: Span | undefined,
  head: Environment,
  caller: Environment,
): boolean {
  const failing = (where?.relations ?? []).filter(
    (relation) => truthOf(relation, head.with({ scope: binding.scope, trace: undefined })) === false,
  );
  for (const relation of failing) {
    const demand = quoted(spanText(relation.span));
    caller.report(
      outOfRange,
      [quoted(callee), `called so that ${demand} holds`, binding.printed.join(", ") || "no arguments"],
      call ?? relation.span,
      call === undefined ? {} : { labels: [{ span: relation.span, text: "demanded here" }] },
    );
  }
  return failing.length === 0;
}
