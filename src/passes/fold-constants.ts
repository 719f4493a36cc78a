/** What only picks and orders elements of constants is a constant. */
import type { LoweredNode, PrimitiveOf } from "../ir/lowered.ts";
import { elementsIn } from "../ir/lowered.ts";
import { type DeriveConstant, derivedConstants } from "./derived-constants.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

type Constant = PrimitiveOf<"constant">;

export const foldConstants: Pass = {
  name: "fold-constants",
  kind: "optimization",
  why: "What is made of weights alone is made once, and not whenever the model is loaded.",
  run(graph) {
    const constants = new Map<string, Constant>();
    const derive = derivedConstants();
    return rewrite(graph, (node, { add }) => {
      const folded = node.primitive.kind === "constant" ? node.primitive : foldedOf(node, constants, derive);
      if (folded !== undefined) constants.set(node.name, folded);
      return folded === undefined || folded === node.primitive
        ? undefined
        : add(node.name, folded, [], node.control);
    });
  },
};

function foldedOf(
  { primitive, inputs, outputs }: LoweredNode,
  constants: ReadonlyMap<string, Constant>,
  derive: DeriveConstant,
): Constant | undefined {
  const [x] = inputs;
  const operand = x && constants.get(x.node);
  const shape = outputs[0]?.shape.map((size) => size ?? 1);
  if (operand === undefined || shape === undefined) return undefined;
  switch (primitive.kind) {
    case "reshape":
      return derive(`reshape ${shape}`, [operand], shape, operand.values);
    case "slice": {
      const begin = [0, ...primitive.begin];
      const step = [1, ...primitive.step];
      const picked = (): Float32Array => pick(operand, shape, { begin, step });
      return derive(`slice ${begin} ${shape} ${step}`, [operand], shape, picked);
    }
    default:
      return undefined;
  }
}

/** On each axis every `step`-th element from `begin` on, as many as `shape` has. */
function pick(
  { shape: whole, values }: Constant,
  shape: readonly number[],
  { begin, step }: { readonly begin: readonly number[]; readonly step: readonly number[] },
): Float32Array {
  const elements = values();
  const result = new Float32Array(elementsIn(shape));
  const strides = whole.map((_, axis) => elementsIn(whole.slice(axis + 1)));
  let next = 0;
  const visit = (axis: number, at: number): void => {
    const [first = 0, distance = 1, stride = 1] = [begin[axis], step[axis], strides[axis]];
    for (let index = 0; index < (shape[axis] ?? 0); index += 1) {
      const position = at + (first + index * distance) * stride;
      if (axis < shape.length - 1) visit(axis + 1, position);
      else result[next++] = elements[position] ?? Number.NaN;
    }
  };
  visit(0, 0);
  return result;
}
