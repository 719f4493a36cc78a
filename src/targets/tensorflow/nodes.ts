/** A lowered graph as nodes of TensorFlow: one for each step, with the constants and operations that serve it below it. */
import { invariant } from "../../base/invariant.ts";
import type { LoweredGraph, LoweredNode, Ref, TensorType } from "../../ir/lowered.ts";
import { printRef, unusedName } from "../../ir/lowered.ts";
import type { Attrs } from "./attr-value.ts";
import { type Operation, operationOf } from "./operation.ts";

export interface TensorflowNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs: Attrs;
}

/** What becomes one operation. */
export interface Step {
  readonly name: string;
  readonly inputs: readonly Ref[];
  readonly control: readonly string[];
  readonly operation: Operation;
}

export type TypeAt = (ref: Ref) => TensorType;

/** The node as it is. */
export function stepOf({ name, primitive, inputs, control }: LoweredNode, typeAt: TypeAt): Step {
  return { name, inputs, control, operation: operationOf(primitive, inputs.map(typeAt)) };
}

export function typesIn(graph: LoweredGraph): TypeAt {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  return (ref) => {
    const type = nodes.get(ref.node)?.outputs[ref.output];
    invariant(type !== undefined, `nothing is called ${printRef(ref)}`);
    return type;
  };
}

/** In execution order. */
export function tensorflowNodes(steps: readonly Step[]): readonly TensorflowNode[] {
  const taken = new Set(steps.map(({ name }) => name));
  return steps.flatMap(({ name, inputs, control, operation }) =>
    nodesOf(name, operation, { inputs: inputs.map(printRef), taken }, control),
  );
}

/** The nodes that an operation needs, then the operation. */
function nodesOf(
  name: string,
  { op, attrs, operands, constants = {} }: Operation,
  context: { readonly inputs: readonly string[]; readonly taken: Set<string> },
  control: readonly string[] = [],
): readonly TensorflowNode[] {
  const helpers: TensorflowNode[] = [];
  const help = (suffix: string, helper: Operation): string => {
    const helperName = unusedName(`${name}/${suffix}`, context.taken);
    helpers.push(...nodesOf(helperName, helper, context));
    return helperName;
  };
  const own =
    operands?.map((operand) =>
      typeof operand === "number" ? (context.inputs[operand] ?? "") : help(operand.suffix, operand),
    ) ?? context.inputs;
  const constantNames = Object.entries(constants).map(([suffix, constant]) =>
    help(suffix, { op: "Const", attrs: constant, operands: [] }),
  );
  const inputs = [...own, ...constantNames, ...control.map((awaited) => `^${awaited}`)];
  return [...helpers, { name, op, inputs, attrs }];
}
