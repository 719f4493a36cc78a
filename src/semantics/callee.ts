/** What stands in call position: a stage of the language or a block. */
import type * as ast from "../../grammar/ast.ts";
import { stageNamed } from "../ops/index.ts";
import type { JoinForm, Stage } from "../ops/op.ts";
import type { BlockDefinition, Definition, Module } from "./module.ts";

/** What a name means without values: what is known of it, and what is a block or an instance, whichever. */
export type Callee =
  | StageCallee
  | BlockDefinition
  /** A `shared` instance. */
  | { readonly kind: "shared" }
  /** A block that a parameter or loop variable holds. */
  | { readonly kind: "held" };

export interface StageCallee {
  readonly kind: "stage";
  readonly stage: Stage;
}

export function nameText(name: ast.QualifiedName): string {
  return name.parts.map((part) => part.text).join(".");
}

/** The block or model that a name means, looking into namespaces. */
export function definitionOf(name: ast.QualifiedName, module: Module): Definition | undefined {
  const [head, member, ...rest] = name.parts;
  if (member === undefined) return module.names.get(head.text);
  return rest.length > 0 ? undefined : module.namespaces.get(head.text)?.own.get(member.text);
}

/** `undefined` for whatever cannot be called; the resolver reports it. */
export function calleeOf(name: ast.QualifiedName, module: Module): StageCallee | BlockDefinition | undefined {
  const stage = name.parts.length === 1 ? stageNamed(name.parts[0].text) : undefined;
  if (stage !== undefined) return { kind: "stage", stage };
  const definition = definitionOf(name, module);
  return definition?.kind === "block" ? definition : undefined;
}

/** Whether the kernel is given as `size=`. */
export const SIZE_ARGUMENT = "size";

/** Absent: it is no join. */
export function joinOf(callee: Callee): JoinForm | undefined {
  return callee.kind === "stage" ? callee.stage.join : undefined;
}

/** How many leading positional arguments of a call are tensors. */
export function tensorsIn(list: ast.Arguments | undefined, callee: Callee, isSource: boolean): number {
  const positional = leadingPositional(list);
  const join = joinOf(callee);
  const takesAll =
    join === "several" || join === "pair" || (callee.kind === "block" && callee.ast.inputs !== undefined);
  if (takesAll) return positional;
  return isSource ? Math.min(1, positional) : 0;
}

/** How many arguments stand before the first named one. */
function leadingPositional(list: ast.Arguments | undefined): number {
  const items = list?.items ?? [];
  const named = items.findIndex((item) => item.name !== undefined);
  return named < 0 ? items.length : named;
}

/** The arguments of a call by parameter: those without a name take `names` in order. */
export function pairArguments(
  items: readonly ast.Argument[],
  names: readonly string[],
): ReadonlyMap<string, ast.Argument> {
  let position = 0;
  return new Map(
    items.flatMap((item) => {
      const name = item.name?.text ?? names[position++];
      return name === undefined ? [] : [[name, item] as const];
    }),
  );
}
