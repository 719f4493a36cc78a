/** Names in scope during expansion, innermost first, and the values that flow. */
import type * as ast from "../../grammar/ast.ts";
import type { Span } from "../base/source.ts";
import type { Weight } from "../ir/graph.ts";
import type { Literal } from "../ir/literal.ts";
import { type Axis, axesOf, MAX_RANK } from "../ir/shape.ts";
import type { Value } from "../ops/op.ts";

export const CERTAIN: Value["doubt"] = new Set();

const SIZES: ReadonlySet<Axis> = new Set(axesOf(MAX_RANK));
const EVERYTHING: Value["doubt"] = new Set([...SIZES, "rank"] as const);

/** The same value, of which nothing is sure: nothing that follows from it is reported. */
export function doubted(value: Value): Value {
  return { ...value, doubt: EVERYTHING };
}

/** The same value, of which only the number of axes is sure. */
export function guessed(value: Value): Value {
  return value.doubt.has("rank") ? value : { ...value, doubt: SIZES };
}

/** Which of its sizes are in doubt. */
export function doubtOfSizes({ doubt }: Value): readonly Axis[] {
  return [...SIZES].filter((axis) => axis !== 0 && (doubt.has(axis) || doubt.has("rank")));
}

export type Entry =
  | {
      readonly kind: "literal";
      readonly value: Literal;
      readonly span: Span;
      /** The argument that a caller gave, on the way through any number of blocks. */
      readonly argument?: Span | undefined;
    }
  | { readonly kind: "tensor"; readonly value: Value; readonly span: Span }
  | { readonly kind: "shared"; readonly instance: SharedInstance; readonly span: Span }
  /** Its definition is wrong, and that was reported. */
  | { readonly kind: "failed"; readonly span: Span };

/** One set of weights, used as often as the instance is applied. */
export interface SharedInstance {
  readonly name: string;
  readonly operation: ast.Operation;
  /** Where it is defined, which is where its arguments are read. */
  readonly scope: Scope;
  /** Of its nodes; those of later uses are numbered. */
  readonly path: string;
  /** The weights of each node in the order of the first use, which makes them. */
  readonly weights: (readonly Weight[])[];
  uses: number;
}

export interface Scope {
  readonly parent: Scope | undefined;
  readonly entries: Map<string, Entry>;
}

export function childScope(parent?: Scope): Scope {
  return { parent, entries: new Map() };
}

export function lookUp(scope: Scope, name: string): Entry | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const entry = at.entries.get(name);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** A literal, or the mark that it could not be evaluated. */
export function define(
  scope: Scope,
  name: string,
  value: Literal | undefined,
  span: Span,
  argument?: Span,
): void {
  const entry: Entry =
    value === undefined ? { kind: "failed", span } : { kind: "literal", value, span, argument };
  scope.entries.set(name, entry);
}

/** What `in` and `it` are, where they are anything. */
export interface Flow {
  readonly in?: Value | undefined;
  readonly it?: Value | undefined;
}

/** The value that an expression names, where it is a tensor. */
export function tensorNamed(expression: ast.Expression, scope: Scope, flow: Flow): Value | undefined {
  if (expression.kind === "flow-member")
    return expression.member === undefined ? flow[expression.base] : undefined;
  const entry = expression.kind === "name" ? lookUp(scope, expression.name.parts[0].text) : undefined;
  return entry?.kind === "tensor" ? entry.value : undefined;
}
