/** A bias on a bias becomes one. */
import { invariant } from "../base/invariant.ts";
import type { LoweredNode, PrimitiveOf } from "../ir/lowered.ts";
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
    const absorbed = new Set(graph.nodes.flatMap((node) => absorbedBy(node, uses)?.name ?? []));
    const sums = new Map(graph.nodes.map((node) => [node.name, termsOf(node, uses)]));
    return rewrite(graph, (node, rewriter) => {
      if (absorbed.has(node.name)) return node.inputs[0];
      const terms = sums.get(node.name) ?? [];
      if (terms.length < 2) return undefined;
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

/** The bias below this one that goes away. */
function absorbedBy(node: LoweredNode, uses: Uses): LoweredNode | undefined {
  if (node.primitive.kind !== "bias" || uses.constantAt(node.inputs[1]) === undefined) return undefined;
  const below = uses.soleSource(node.inputs[0]);
  const isBias = below?.primitive.kind === "bias" && uses.constantAt(below.inputs[1]) !== undefined;
  return isBias && below.control.length === 0 ? below : undefined;
}

/** What this bias and those that it absorbs add. */
function termsOf(node: LoweredNode, uses: Uses): readonly PrimitiveOf<"constant">[] {
  if (node.primitive.kind !== "bias") return [];
  const below = absorbedBy(node, uses);
  const own = uses.constantAt(node.inputs[1]);
  return own === undefined ? [] : [...(below === undefined ? [] : termsOf(below, uses)), own];
}
