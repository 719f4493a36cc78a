/**
 * Blocks that contain themselves, for all parameters: by induction. What a block is taken to give is put in place of its
 * calls of itself; where the block then gives that, it does.
 */
import { toSafeInteger } from "../base/rational.ts";
import { substituted, type Term, valueWith } from "../ir/term.ts";
import type { Operands, Value } from "../ops/op.ts";
import type { Activation } from "./build.ts";
import type { BlockDefinition } from "./module.ts";
import { channelsTerm, opaqueTerm, type Trace, termOf, withFormula } from "./trace.ts";

/** The name of the unknown that the channels of an input are. */
export function channelsName({ ast: block }: BlockDefinition, input: number): string {
  const { inputs } = block;
  if (inputs !== undefined) return `${inputs[input]?.text ?? "in"}.c`;
  return block.parameters.some(({ name }) => name.text === "C") ? "in.c" : "C";
}

/** The value that a block gives, with the formula that it is taken to have. */
export function followBlock(
  trace: Trace,
  { definition, depth, scope, parent }: Activation,
  operands: Operands<Value>,
  result: Value,
): Value {
  if (depth > 1) trace.recursive.add(definition);
  const isSubject = parent === undefined;
  const taken = isSubject ? undefined : trace.hypotheses.get(definition);
  if (taken === undefined) return result;
  const by = new Map<string, Term>();
  for (const [index, { shape }] of operands.entries())
    by.set(channelsName(definition, index), channelsTerm(shape));
  for (const [name, entry] of scope.entries)
    if (entry.kind === "literal" && entry.value.kind === "number") by.set(name, termOf(entry.value));
  const { channels } = result.shape;
  const term = substituted(taken, by);
  const value = term && valueWith(term, trace.values);
  const isMet = term !== undefined && value !== undefined && toSafeInteger(value) === channels;
  const name = definition.ast.name.text;
  return withFormula(result, isMet ? term : opaqueTerm(trace, channels, `\`${name}\` contains itself`));
}
