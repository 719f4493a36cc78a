/** What a call of a block makes of it before its body is expanded: parameters bound, promises held, repetitions counted. */
import type { Frame } from "../base/diagnostic.ts";
import { activate, fitsHeldBlock } from "./activation.ts";
import type { Application } from "./application.ts";
import { bindParameters, checkWhere, evaluateArguments, type Given } from "./bind.ts";
import { type Activation, environmentAt, fits, type Place } from "./build.ts";
import { argumentsOf, type CallForm, parameterNames } from "./call-form.ts";
import { leastAmount } from "./least-amount.ts";
import { type Loop, loopOfBlock } from "./loop.ts";
import type { BlockDefinition } from "./module.ts";
import { requireRelation } from "./trace-bounds.ts";

export interface EnteredBlock {
  readonly activation: Activation;
  /** Where its body is expanded. */
  readonly inner: Place;
  /** Absent where it does not repeat itself. */
  readonly loop: Loop | undefined;
}

/** `undefined`: reported. */
export function enterBlock(callee: BlockDefinition, application: Application): EnteredBlock | undefined {
  const { form, place, flow } = application;
  if (!fitsHeldBlock(callee, form, place)) return undefined;
  const given = evaluateArguments(argumentsOf(form), parameterNames(callee), environmentAt(place, flow));
  return enterWith(given, callee, application);
}

/** With arguments that are evaluated already. */
export function enterWith(
  given: ReadonlyMap<string, Given>,
  callee: BlockDefinition,
  {
    form,
    span,
    place,
    flow,
    operands,
    path,
  }: Omit<Application, "form"> & { readonly form: Pick<CallForm, "name"> },
): EnteredBlock | undefined {
  const { ast: block, module } = callee;
  const { build, depth, sharing } = place;
  const [it] = operands;
  const caller = environmentAt(place, flow);
  const call = {
    kind: "call",
    name: block.name.text,
    definition: block.name.span,
    call: span,
    given,
    parent: place.frame,
  } as const;
  const head = { build, frame: { ...call, bindings: [] }, scope: build.fileScope(module) };
  const headEnvironment = environmentAt(head, block.inputs === undefined ? { in: it } : {});
  const binding = bindParameters(block.parameters, given, head.scope, caller, headEnvironment);
  if (!checkWhere(block.where, block.name.text, binding, form.name.span, headEnvironment, caller))
    return undefined;
  // What the `where` of the block itself asks is not asked beside it.
  if (place.activation !== undefined && build.trace !== undefined)
    for (const relation of block.where?.relations ?? [])
      requireRelation(relation, headEnvironment.with({ scope: binding.scope }));
  const activation = activate(callee, binding.scope, form.name.span, place);
  if (activation === undefined) return undefined;
  for (const [index, name] of (block.inputs ?? []).entries()) {
    const value = operands[index];
    if (value !== undefined) binding.scope.entries.set(name.text, { kind: "tensor", value, span: name.span });
  }
  const frame: Frame = { ...call, bindings: binding.printed };
  const { scope } = binding;
  const inner: Place = { build, module, frame, path, scope, depth: depth + 1, sharing, activation };
  build.entered.add(block);
  const loop = loopOfBlock(callee, inner, it);
  if (loop === undefined) return undefined;
  if (loop !== "once") return { activation, inner, loop };
  const isRoom = fits(place, form.name.span, leastAmount(block.body, module));
  return isRoom ? { activation, inner, loop: undefined } : undefined;
}
