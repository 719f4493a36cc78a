/** Another form of the graph, in which each share of the batch goes its own way over the same weights. */
import type { LoweredGraph, Port, Ref } from "../ir/lowered.ts";
import { nodesFor } from "../ir/lowered.ts";
import { isWorthParts, PARTS } from "./parts.ts";
import type { Pass } from "./pass.ts";
import { addForm, type BuiltForm, type Rewriter } from "./rewrite.ts";

export const batchTowers: Pass = {
  name: "batch-towers",
  kind: "optimization",
  why: "Cores that work on samples of their own wait for each other once; those that share each operation, at its end.",
  run: (graph) =>
    isWorthParts(graph) ? addForm(graph, "towers", (rewriter) => addTowers(graph, rewriter)) : graph,
};

function addTowers(graph: LoweredGraph, rewriter: Rewriter): BuiltForm {
  const towers = Array.from({ length: PARTS }, (_, index) => addTower(graph, index, rewriter));
  const [counted] = graph.inputs;
  const outputs = graph.outputs.map(({ name, ref }): Port => {
    const shares = towers.map((tower) => tower(ref));
    // What depends on no input has no batch to be joined.
    if (counted === undefined || shares.every(({ node }) => node === ref.node)) return { name, ref };
    const joined = rewriter.addHelper(`${ref.node}/joined`, { kind: "batch-join" }, [...shares, counted.ref]);
    return { name, ref: joined };
  });
  return { parts: PARTS, outputs };
}

/** The whole graph for one share of the batch: what stands for each value of it there. */
function addTower(graph: LoweredGraph, index: number, rewriter: Rewriter): (ref: Ref) => Ref {
  const inTower = new Map<string, string>();
  const of = (ref: Ref): Ref => ({ ...ref, node: inTower.get(ref.node) ?? ref.node });
  for (const { ref } of graph.inputs) {
    const share = { kind: "batch-share", index, of: PARTS } as const;
    inTower.set(ref.node, rewriter.addHelper(`${ref.node}/share${index + 1}`, share, [ref]).node);
  }
  for (const { name, primitive, inputs, control } of nodesFor(graph, graph.outputs)) {
    const isShared = inputs.some((ref) => inTower.has(ref.node));
    if (inTower.has(name) || !isShared) continue;
    const waits = control.map((awaited) => inTower.get(awaited) ?? awaited);
    const own = rewriter.unusedName(`${name}/tower${index + 1}`);
    const { node } = rewriter.add(own, primitive, inputs.map(of), waits);
    inTower.set(name, node);
  }
  return of;
}
