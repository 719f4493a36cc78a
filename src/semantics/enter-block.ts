/** What a call of a block makes of it before its body is expanded: parameters bound, promises held, repetitions counted. */
import type { Frame } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import type { Operands, Value } from "../ops/op.ts";
import { activate, fitsHeldBlock } from "./activation.ts";
import { bindParameters, checkWhere, evaluateArguments } from "./bind.ts";
import { environmentAt, fits, type Place } from "./build.ts";
import { asCount, countOf } from "./evaluate.ts";
import { leastAmount } from "./least-amount.ts";
import type { BlockDefinition } from "./module.ts";
import { argumentsOf, type CallForm } from "./resolve-calls.ts";
import { type Flow, lookUp } from "./scope.ts";

export interface EnteredBlock {
  /** Where its body is expanded. */
  readonly inner: Place;
  /** How often it repeats itself. */
  readonly count: number | "once";
}

/** `undefined`: reported. */
export function enterBlock(
  callee: BlockDefinition,
  form: CallForm,
  span: Span,
  place: Place,
  flow: Flow,
  operands: Operands<Value>,
  path: string,
): EnteredBlock | undefined {
  const { ast: block, module } = callee;
  const { build, depth, sharing } = place;
  const [it] = operands;
  const caller = environmentAt(place, flow);
  if (!fitsHeldBlock(callee, form, place)) return undefined;
  const names = block.parameters.map((parameter) => parameter.name.text);
  const given = evaluateArguments(argumentsOf(form), names, caller);
  const head = {
    build,
    frame: { ...callFrame(callee, span, place), bindings: [] },
    scope: build.fileScope(module),
  };
  const headEnvironment = environmentAt(head, block.inputs === undefined ? { in: it } : {});
  const binding = bindParameters(block.parameters, given, head.scope, caller, headEnvironment);
  if (!checkWhere(block.where, block.name.text, binding, form.name.span, headEnvironment, caller))
    return undefined;
  const activation = activate(callee, binding.scope, form.name.span, place);
  if (activation === undefined) return undefined;
  for (const [index, name] of (block.inputs ?? []).entries()) {
    const value = operands[index];
    if (value !== undefined) binding.scope.entries.set(name.text, { kind: "tensor", value, span: name.span });
  }
  const frame: Frame = { ...callFrame(callee, span, place), bindings: binding.printed };
  const inner: Place = {
    build,
    module,
    frame,
    path,
    scope: binding.scope,
    depth: depth + 1,
    sharing,
    activation,
  };
  const count = repetitions(callee, inner, it);
  if (count === undefined) return undefined;
  if (count === "once" && !fits(place, form.name.span, leastAmount(block.body, module))) return undefined;
  return { inner, count };
}

function callFrame({ ast: block }: BlockDefinition, call: Span, place: Place): Omit<Frame, "bindings"> {
  return { kind: "call", name: block.name.text, definition: block.name.span, call, parent: place.frame };
}

/** How often a block repeats itself: by its clause, or by a parameter `n` that its body never reads (rule R1). */
function repetitions(
  { ast: block }: BlockDefinition,
  place: Place,
  input: Value,
): number | "once" | undefined {
  const environment = environmentAt(place, { in: input });
  if (block.repeat !== undefined) return countOf("the count of `repeat`", block.repeat.count, 0, environment);
  if (!place.build.resolution.repeated.has(block)) return "once";
  const n = lookUp(place.scope, "n");
  return n?.kind === "literal" ? asCount("`n`", n.value, n.argument ?? n.span, 0, environment) : undefined;
}
