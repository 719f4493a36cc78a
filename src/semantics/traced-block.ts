/**
 * Blocks that contain themselves, for all parameters: by induction. What a block is taken to give is put in place of its
 * calls of itself; where the block then gives that, it does.
 */
import { toSafeInteger } from "../base/rational.ts";
import { type Axis, axisName } from "../ir/shape.ts";
import { substituted, type Term, valueWith } from "../ir/term.ts";
import type { Operands, Value } from "../ops/op.ts";
import type { Activation } from "./build.ts";
import type { BlockDefinition } from "./module.ts";
import { channelsTerm, opaqueTerm, type Trace, termOf, withFormula } from "./trace.ts";

/** The name of the unknown that the channels of an input are. */
export function channelsName(definition: BlockDefinition, input: number): string {
  const { inputs } = definition.ast;
  return inputs === undefined ? freeName(definition, "C") : `${inputs[input]?.text ?? "in"}.c`;
}

/** The name of the symbol that a size of the inputs is: that of its axis, unless a parameter or an input has that. */
export function sizeName(definition: BlockDefinition, rank: number, axis: Axis): string {
  return freeName(definition, axisName(rank, axis));
}

/** What stands for the size of any axis. */
export function anySizeName(definition: BlockDefinition): string {
  return freeName(definition, "S");
}

function freeName({ ast: { parameters, inputs = [] } }: BlockDefinition, name: string): string {
  const isTaken = [...parameters.map((parameter) => parameter.name), ...inputs].some(
    ({ text }) => text === name,
  );
  return isTaken ? `${inputs[0]?.text ?? "in"}.${name.toLowerCase()}` : name;
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
