/**
 * How many paths lead from the input to a value, by the receptive field that each alone would give: where layers are
 * joined, short and long paths stand side by side (Veit et al. 2016 count them in residual networks).
 */
import { rankOf } from "../ir/shape.ts";
import { inputShapes } from "../ops/counts.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { reachOf } from "../ops/reach.ts";
import { lastUsesOf } from "./storage.ts";

/** Numbers of paths by the length of their field along the first axis, in positions of the input. */
export type FieldPaths = ReadonlyMap<number, bigint>;

interface Paths {
  readonly counts: FieldPaths;
  /** To be added to each length: most operations make all of them longer by the same. */
  readonly longer: number;
  readonly jump: number;
}

/** Of the value of a node; empty for a vector. */
export function fieldPaths(graph: CheckedGraph, node: number): FieldPaths {
  const known = new Map<number, Paths>();
  const lastUse = lastUsesOf(graph, (id) => id);
  for (const each of graph.nodes.slice(0, node + 1)) {
    const paths = pathsTo(each, graph, known);
    if (rankOf(each.shape) > 0) known.set(each.id, paths);
    for (const id of each.inputs) if (lastUse[id] === each.id) known.delete(id);
  }
  const { counts = new Map<number, bigint>(), longer = 0 } = known.get(node) ?? {};
  return new Map([...counts].map(([length, count]) => [length + longer, count]));
}

function pathsTo(node: OpNode, graph: CheckedGraph, known: ReadonlyMap<number, Paths>): Paths {
  const operands = node.inputs.flatMap((id) => known.get(id) ?? []);
  const [first = { counts: new Map([[1, 1n]]), longer: 0, jump: 1 }, ...others] = operands;
  const jump = Math.max(first.jump, ...others.map((each) => each.jump));
  const [operand] = inputShapes(node, graph.nodes) ?? [];
  const { span = 1, step = 1 } = (operand && reachOf(node, operand)?.[0]) ?? {};
  const reach = { jump: jump * step, longer: (span - 1) * jump };
  if (others.length === 0) return { ...reach, counts: first.counts, longer: first.longer + reach.longer };
  const counts = new Map<number, bigint>();
  for (const each of operands) {
    for (const [length, count] of each.counts)
      counts.set(length + each.longer, (counts.get(length + each.longer) ?? 0n) + count);
  }
  return { ...reach, counts };
}
