/** What stands in call position: a stage of the language or a block. */
import type * as ast from "../../grammar/ast.ts";
import { stageNamed } from "../ops/index.ts";
import type { Stage } from "../ops/op.ts";
import type { BlockDefinition, Definition, Module } from "./module.ts";

export type Callee = { readonly kind: "stage"; readonly stage: Stage } | BlockDefinition;

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
export function calleeOf(name: ast.QualifiedName, module: Module): Callee | undefined {
  const stage = name.parts.length === 1 ? stageNamed(name.parts[0].text) : undefined;
  if (stage !== undefined) return { kind: "stage", stage };
  const definition = definitionOf(name, module);
  return definition?.kind === "block" ? definition : undefined;
}

/** Whether the kernel is given as `size=`. */
export const SIZE_ARGUMENT = "size";
