/** A concatenation that only another one reads joins it. */
import type { Ref } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite, usesOf } from "./rewrite.ts";

export const flattenConcat: Pass = {
  name: "flatten-concat",
  kind: "optimization",
  why: "What is concatenated twice is copied twice.",
  run(graph) {
    const uses = usesOf(graph);
    const operands = new Map<string, readonly Ref[]>();
    return rewrite(graph, (node, { add }) => {
      const { primitive } = node;
      if (primitive.kind !== "concat") return undefined;
      const flat = node.inputs.flatMap((ref) => {
        const inner = uses.soleSource(ref);
        const joins = inner?.primitive.kind === "concat" && inner.primitive.axis === primitive.axis;
        return (joins && inner.control.length === 0 && operands.get(inner.name)) || [ref];
      });
      operands.set(node.name, flat);
      return add(node.name, node.primitive, flat, node.control);
    });
  },
};
