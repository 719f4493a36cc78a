/** Calls of blocks that are known only where they happen: blocks that parameters hold, and blocks within themselves. */
import type { Span } from "../base/source.ts";
import { listOf, quoted } from "../base/text.ts";
import { integerOf } from "../ir/literal.ts";
import { missingParameter, unknownParameter } from "../ops/call-problems.ts";
import { type Activation, type Place, report } from "./build.ts";
import type { CallForm } from "./call-form.ts";
import type { BlockDefinition } from "./module.ts";
import { recursiveBlock } from "./recursion.ts";
import type { Scope } from "./scope.ts";

/** A block that a parameter holds may ask for other parameters than the call gives; the resolver checked all other calls. */
export function fitsHeldBlock({ ast: block }: BlockDefinition, form: CallForm, place: Place): boolean {
  const callee = block.name.text;
  const names = block.parameters.map((parameter) => parameter.name.text);
  const items = form.arguments?.items.slice(form.tensors) ?? [];
  const given = new Set(items.map((item, index) => item.name?.text ?? names[index]));
  let fits = true;
  for (const { name } of items) {
    if (name === undefined || names.includes(name.text)) continue;
    const help = [names.length === 0 ? "it has none" : `it has ${listOf(names.map(quoted))}`];
    report(place, unknownParameter, [callee, name.text], { span: name.span, help });
    fits = false;
  }
  for (const parameter of block.parameters) {
    if (parameter.default !== undefined || given.has(parameter.name.text)) continue;
    const labels = [{ span: parameter.span, text: "it has no default" }];
    report(place, missingParameter, [callee, quoted(parameter.name.text)], { span: form.name.span, labels });
    fits = false;
  }
  return fits;
}

/** Deeper recursion is a mistake, and would exhaust the stack. */
const DEEPEST = 256;

/** The block at work; `undefined` when it would contain itself without end, which is reported as DN0205 (rule R15). */
export function activate(
  definition: BlockDefinition,
  scope: Scope,
  call: Span,
  place: Place,
): Activation | undefined {
  const outer = enclosing(definition, place.activation);
  const depth = (outer?.depth ?? 0) + 1;
  const name = definition.ast.name.text;
  if (outer !== undefined && (depth > DEEPEST || !getsSmaller(outer.scope, scope))) {
    const label =
      depth > DEEPEST ? `more than ${DEEPEST} levels deep` : "no integer argument gets smaller here";
    const help = ["pass an integer that is smaller in each call, and stop under a `when`"];
    report(place, recursiveBlock, [name, `${name} → ${name}`], { span: call, label, help });
    return undefined;
  }
  return { definition, scope, depth, parent: place.activation };
}

function enclosing(definition: BlockDefinition, from: Activation | undefined): Activation | undefined {
  for (let at = from; at !== undefined; at = at.parent) if (at.definition.ast === definition.ast) return at;
  return undefined;
}

function getsSmaller(before: Scope, now: Scope): boolean {
  return [...now.entries].some(([name, entry]) => {
    const earlier = before.entries.get(name);
    if (entry.kind !== "literal" || earlier?.kind !== "literal") return false;
    const [a, b] = [integerOf(earlier.value), integerOf(entry.value)];
    return a !== undefined && b !== undefined && b < a;
  });
}
