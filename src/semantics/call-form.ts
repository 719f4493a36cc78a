/** The form of calls: what of a call is written where. */
import type * as ast from "../../grammar/ast.ts";
import type { Callee } from "./callee.ts";

/** The form of a call that is told nothing about its callee. */
export interface CallForm {
  readonly name: ast.QualifiedName;
  readonly kernel?: ast.Operation["kernel"];
  readonly arguments?: ast.Arguments;
  readonly branches?: ast.Branches;
  readonly stride?: ast.Expression;
  readonly channels?: ast.Expression;
  /** How many leading positional arguments are tensors. */
  readonly tensors: number;
}

/** Those behind the tensors. */
export function argumentsOf(form: CallForm): readonly ast.Argument[] {
  return form.arguments?.items.slice(form.tensors) ?? [];
}

/** The names of a callee's parameters, in the order of positional arguments. */
export function parameterNames(callee: Callee): readonly string[] {
  if (callee.kind === "stage") return Object.keys(callee.stage.arguments);
  return callee.kind === "block" ? callee.ast.parameters.map((parameter) => parameter.name.text) : [];
}
