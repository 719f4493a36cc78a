/** Which values share memory: views, and activations that overwrite what nothing else reads any more. */
import { elementCount } from "../ir/shape.ts";
import { inputShapes } from "../ops/counts.ts";
import type { CheckedGraph, MemoryUse, OpNode } from "../ops/op.ts";
import type { Phase } from "./convention.ts";

export interface StorageOptions {
  readonly phase: Phase;
  /** By a node that is folded into another, and so writes nothing, the other. */
  readonly folded: ReadonlyMap<number, number>;
}

/** By node, the node whose memory its value lies in. */
export function storagesOf(graph: CheckedGraph, { phase, folded }: StorageOptions): readonly number[] {
  const uses = graph.nodes.map((node) =>
    folded.has(node.id) || isView(node, graph, phase)
      ? "view"
      : memoryOf(node, graph).result === "in-place" || (overwrites(node, graph) && phase === "infer")
        ? "in-place"
        : undefined,
  );
  const storages: number[] = [];
  const lastUse = lastUsesOf(graph, (id) => id);
  // What lies in one memory is read as long as any of it is.
  const usedUntil: number[] = [...lastUse];
  for (let id = graph.nodes.length - 1; id >= 0; id -= 1) {
    const [source] = graph.nodes[id]?.inputs ?? [];
    if (uses[id] !== "view" || source === undefined) continue;
    usedUntil[source] = Math.max(usedUntil[source] ?? 0, usedUntil[id] ?? 0);
  }
  // By storage, until when any value in it is read.
  const readUntil: number[] = [];
  for (const { id, inputs } of graph.nodes) {
    const storage = storages[inputs[0] ?? -1];
    // What the caller feeds stays as it is, and so does what something later still reads.
    const mayOverwrite =
      storage !== undefined && graph.nodes[storage]?.inputs.length !== 0 && (readUntil[storage] ?? 0) <= id;
    const shares = uses[id] === "view" || (uses[id] === "in-place" && mayOverwrite);
    const own = shares && storage !== undefined ? storage : id;
    storages.push(own);
    readUntil[own] = Math.max(readUntil[own] ?? 0, usedUntil[id] ?? 0);
  }
  return storages;
}

/** By storage, the last node that reads it: the end of the graph for its outputs, the node itself where nothing does. */
export function lastUsesOf(graph: CheckedGraph, storageOf: (node: number) => number): readonly number[] {
  const last = graph.nodes.map(({ id }) => id);
  for (const { id, inputs } of graph.nodes) {
    last[storageOf(id)] = Math.max(last[storageOf(id)] ?? 0, id);
    for (const input of inputs) last[storageOf(input)] = Math.max(last[storageOf(input)] ?? 0, id);
  }
  for (const { node } of graph.outputs) last[storageOf(node)] = graph.nodes.length;
  return last;
}

/** Whether a node gives its operand, or a part of it, without writing anything. */
export function isView(node: OpNode, graph: CheckedGraph, phase: Phase): boolean {
  const { result } = memoryOf(node, graph);
  return result === "view" || (result === "view-at-inference" && phase === "infer");
}

/** Whether a node may put its result in place of its operand, if only at inference. */
export function overwrites(node: OpNode, graph: CheckedGraph): boolean {
  const { result } = memoryOf(node, graph);
  return result === "in-place" || result === "in-place-at-inference";
}

export function memoryOf(node: OpNode, graph: CheckedGraph): MemoryUse {
  const inputs = inputShapes(node, graph.nodes);
  return (inputs && node.op.memory?.(node.shape, node.attrs, inputs)) ?? {};
}

/** Elements of a value of one sample. */
export function elementsOf(graph: CheckedGraph, id: number): bigint {
  const shape = graph.nodes[id]?.shape;
  return shape === undefined ? 0n : elementCount(shape);
}
