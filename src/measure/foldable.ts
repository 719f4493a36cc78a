/** Batch normalizations that a compiler can fold into the convolution or linear layer before them. */
import { bn } from "../ops/bn.ts";
import { conv } from "../ops/conv.ts";
import { id } from "../ops/id.ts";
import { linear } from "../ops/linear.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { upconv } from "../ops/upconv.ts";

/**
 * By the id of a normalization, the id of the operation that takes it up: its only source, which nothing else reads,
 * seen through `id`.
 */
export function foldableNorms(graph: CheckedGraph): ReadonlyMap<number, number> {
  const reads = new Map<number, number>();
  const readOnce = (node: number): boolean => reads.get(node) === 1;
  for (const { inputs } of graph.nodes)
    for (const node of inputs) reads.set(node, (reads.get(node) ?? 0) + 1);
  for (const { node } of graph.outputs) reads.set(node, (reads.get(node) ?? 0) + 1);
  return new Map(
    graph.nodes.flatMap((node): readonly (readonly [number, number])[] => {
      if (node.op !== bn) return [];
      let [source = -1] = node.inputs;
      while (graph.nodes[source]?.op === id && readOnce(source))
        source = graph.nodes[source]?.inputs[0] ?? -1;
      return takesNorms(graph.nodes[source]) && readOnce(source) ? [[node.id, source]] : [];
    }),
  );
}

function takesNorms(node: OpNode | undefined): boolean {
  return node?.op === conv || node?.op === upconv || node?.op === linear;
}
