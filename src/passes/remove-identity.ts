/**
 * What gives its operand as it is goes away: whoever used it uses its source. Nodes that name an output or order the
 * execution stay.
 */
import type { LoweredNode, TensorType } from "../ir/lowered.ts";
import { allOutputs, printTensorType } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const removeIdentity: Pass = {
  name: "remove-identity",
  kind: "optimization",
  why: "An identity computes nothing, and hides from other passes what stands before it.",
  run(graph) {
    const fetched = new Set(allOutputs(graph).map(({ ref }) => ref.node));
    const awaited = new Set(graph.nodes.flatMap(({ control }) => control));
    return rewrite(graph, (node, { typeOf }) => {
      const [x] = node.inputs;
      const stays = fetched.has(node.name) || awaited.has(node.name) || node.control.length > 0;
      return x === undefined || stays || !isIdentity(node, typeOf(x)) ? undefined : x;
    });
  },
};

/** `x` is what it takes. */
function isIdentity({ primitive, outputs }: LoweredNode, x: TensorType): boolean {
  const keepsShape = outputs[0] !== undefined && printTensorType(outputs[0]) === printTensorType(x);
  switch (primitive.kind) {
    case "identity":
      return true;
    case "reshape":
    case "slice":
    case "pad":
      // Of slices and paddings those that keep the shape neither drop nor add anything.
      return keepsShape;
    case "transpose":
      return primitive.permutation.every((from, to) => from === to);
    default:
      return false;
  }
}
