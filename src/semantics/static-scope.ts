/** Names as the resolver sees them: what each is and whether anything reads it, without values. */
import type { Span } from "../base/source.ts";

export type StaticKind =
  | "parameter"
  | "let"
  | "variable"
  | "symbol"
  | "value"
  | "label"
  | "input"
  | "shared"
  | "block"
  | "failed";

export interface StaticEntry {
  readonly kind: StaticKind;
  readonly name: string;
  readonly span: Span;
  /** Whether anything reads it. */
  used: boolean;
  /** Whether the body reads it, which the head of a block does not count for (rule R1). */
  usedInBody: boolean;
}

export interface StaticScope {
  readonly parent: StaticScope | undefined;
  readonly entries: Map<string, StaticEntry>;
  /** Whether this scope belongs to a body. */
  readonly inBody: boolean;
}

export function staticScope(parent: StaticScope | undefined, inBody: boolean): StaticScope {
  return { parent, entries: new Map(), inBody };
}

export function declare(
  scope: StaticScope,
  kind: StaticKind,
  name: { readonly text: string; readonly span: Span },
): StaticEntry {
  const entry: StaticEntry = { kind, name: name.text, span: name.span, used: false, usedInBody: false };
  scope.entries.set(name.text, entry);
  return entry;
}

/** The innermost entry of that name, marked as read. */
export function read(scope: StaticScope, name: string): StaticEntry | undefined {
  for (let at: StaticScope | undefined = scope; at !== undefined; at = at.parent) {
    const entry = at.entries.get(name);
    if (entry === undefined) continue;
    entry.used = true;
    if (scope.inBody) entry.usedInBody = true;
    return entry;
  }
  return undefined;
}

/** All names in scope, for did-you-mean. */
export function namesInScope(scope: StaticScope): readonly string[] {
  const names: string[] = [];
  for (let at: StaticScope | undefined = scope; at !== undefined; at = at.parent)
    for (const name of at.entries.keys()) names.push(name);
  return names;
}

/** The names of the tensors of the innermost scope that has some, in their order, all marked as read. */
export function readTensors(scope: StaticScope): readonly string[] {
  for (let at: StaticScope | undefined = scope; at !== undefined; at = at.parent) {
    const tensors = [...at.entries.values()].filter(isTensor);
    for (const { name } of tensors) read(at, name);
    if (tensors.length > 0) return tensors.map(({ name }) => name);
  }
  return [];
}

/** Whether an entry is a tensor: an input, a value of the model, a label. */
export function isTensor(entry: StaticEntry): boolean {
  return entry.kind === "value" || entry.kind === "label" || entry.kind === "input";
}
