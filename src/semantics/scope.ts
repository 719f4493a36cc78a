/** Names in scope during expansion, innermost first, and the values that flow. */
import type { Span } from "../base/source.ts";
import type { Literal } from "../ir/literal.ts";
import { type Axis, axesOf, MAX_RANK } from "../ir/shape.ts";
import type { Value } from "../ops/op.ts";

export const CERTAIN: ReadonlySet<Axis> = new Set();

/** Every axis a value could have, so that nothing that follows from it is reported. */
export const DOUBTFUL: ReadonlySet<Axis> = new Set(axesOf(MAX_RANK));

/** The same value, of which nothing is sure. */
export function doubted(value: Value): Value {
  return { ...value, doubt: DOUBTFUL };
}

export type Entry =
  | { readonly kind: "literal"; readonly value: Literal; readonly span: Span }
  | { readonly kind: "tensor"; readonly value: Value; readonly span: Span }
  /** Its definition is wrong, and that was reported. */
  | { readonly kind: "failed"; readonly span: Span };

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
export function define(scope: Scope, name: string, value: Literal | undefined, span: Span): void {
  scope.entries.set(name, value === undefined ? { kind: "failed", span } : { kind: "literal", value, span });
}
