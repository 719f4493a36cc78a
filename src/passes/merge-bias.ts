/** A bias on a bias becomes one. */
import { invariant } from "../base/invariant.ts";
import type { LoweredGraph, LoweredNode } from "../ir/lowered.ts";
import { type Chain, chainsOf, endOf } from "./chains.ts";
import { derivedConstants } from "./derived-constants.ts";
import type { Pass } from "./pass.ts";
import { rewrite, type Uses, usesOf } from "./rewrite.ts";

export const mergeBias: Pass = {
  name: "merge-bias",
  kind: "optimization",
  why: "TensorFlow fuses one bias with the convolution before it; another is a pass over the values of its own.",
  run(graph) {
    const uses = usesOf(graph);
    const derive = derivedConstants();
    const rows = biasRows(graph, uses);
    const absorbed = new Set(rows.flatMap((row) => row.slice(0, -1).map(({ name }) => name)));
    const sums = new Map(rows.map((row) => [endOf(row).name, row]));
    return rewrite(graph, (node, rewriter) => {
      if (absorbed.has(node.name)) return node.inputs[0];
      const row = sums.get(node.name);
      if (row === undefined) return undefined;
      const terms = row.flatMap(({ inputs }) => uses.constantAt(inputs[1]) ?? []);
      const [x] = node.inputs;
      const [first] = terms;
      invariant(x !== undefined && first !== undefined, `${node.name} lacks an operand`);
      const merged = derive("sum", terms, first.shape, () => {
        const all = terms.map((term) => term.values());
        return all.reduce((sum, term) => sum.map((value, channel) => value + (term[channel] ?? 0)));
      });
      const bias = rewriter.addHelper(`${node.name}/merged`, merged, []);
      return rewriter.add(node.name, { kind: "bias" }, [x, bias], node.control);
    });
  },
};

/** Rows of biases: each but the last goes away, so nothing may have to wait for it. */
function biasRows(graph: LoweredGraph, uses: Uses): readonly Chain[] {
  const rows = chainsOf(graph, uses, (row, next) => {
    const end = endOf(row);
    return end.control.length === 0 && [end, next].every((node) => isConstantBias(node, uses));
  });
  return rows.filter(({ length }) => length > 1);
}

function isConstantBias({ primitive, inputs }: LoweredNode, uses: Uses): boolean {
  return primitive.kind === "bias" && uses.constantAt(inputs[1]) !== undefined;
}
