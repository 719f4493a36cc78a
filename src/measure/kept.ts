/**
 * Bytes that training keeps for the backward pass: distinct values that PyTorch saves, the input included, parameters
 * and running statistics not.
 */
import { groupBy } from "../base/group.ts";
import { bn } from "../ops/bn.ts";
import { concat } from "../ops/concat.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { sourcesOf } from "./sources.ts";
import { elementsOf, memoryOf, overwrites, storagesOf } from "./storage.ts";

export interface KeptOptions {
  readonly batch: number;
  /** Of one element. */
  readonly bytes: number;
}

export interface KeptBytes {
  readonly naive: bigint;
  /**
   * Where dense layers compute the concat, norm and activation before their first convolution again (Pleiss et al.
   * 2017; `memory_efficient` of torchvision); absent: there are no dense layers.
   */
  readonly recomputed?: bigint;
}

export function keptBytes(graph: CheckedGraph, options: KeptOptions): KeptBytes {
  const naive = bytesKept(graph, options, new Map());
  const layers = denseLayers(graph);
  return layers.size === 0 ? { naive } : { naive, recomputed: bytesKept(graph, options, layers) };
}

/** `recomputed`: by node, what is kept in place of all that the node keeps by itself. */
function bytesKept(
  graph: CheckedGraph,
  { batch, bytes }: KeptOptions,
  recomputed: ReadonlyMap<number, readonly number[]>,
): bigint {
  const storages = storagesOf(graph, { phase: "train", folded: new Map() });
  const kept = new Set<number>();
  const hasGradient: boolean[] = [];
  let more = 0n;
  for (const node of graph.nodes) {
    const isTrained = node.weights.some(({ trainable }) => trainable);
    hasGradient.push(isTrained || node.inputs.some((id) => hasGradient[id]));
    // What does not depend on a parameter has no backward pass.
    if (hasGradient[node.id] === false) continue;
    const { keeps, keepsMore } = memoryOf(node, graph);
    const own = keeps === "nothing" ? [] : keeps === "result" ? [node.id] : node.inputs;
    const instead = recomputed.get(node.id);
    for (const id of instead ?? own) kept.add(storages[id] ?? id);
    if (instead !== undefined) continue;
    const { elements = 0n, ofEachSample = 0n, ofBatch = 0n } = keepsMore ?? {};
    more += (elements * BigInt(bytes) + ofEachSample) * BigInt(batch) + ofBatch;
  }
  const elements = [...kept].reduce((sum, id) => sum + elementsOf(graph, id), 0n);
  return elements * BigInt(batch) * BigInt(bytes) + more;
}

/**
 * The norm, activations and first convolution of each dense layer: its norm reads what a later concat joins with more.
 * Of the norm the parts of its operand are kept, of the others nothing.
 */
function denseLayers(graph: CheckedGraph): ReadonlyMap<number, readonly number[]> {
  const sources = sourcesOf(graph);
  const readers = graph.nodes.map((): number[] => []);
  for (const { id, inputs } of graph.nodes) for (const input of inputs) readers[input]?.push(id);
  const concats = graph.nodes.filter(({ op }) => op === concat).map(({ id }) => sources[id] ?? []);
  const concatsFrom = groupBy(concats, ([first]) => first);
  const layers = new Map<number, readonly number[]>();
  for (const node of graph.nodes) {
    if (node.op !== bn) continue;
    const parts = sources[node.id] ?? [];
    const isJoinedWithMore = (concatsFrom.get(parts[0]) ?? []).some(
      (other) => other.length > parts.length && parts.every((part) => other.includes(part)),
    );
    if (!isJoinedWithMore) continue;
    layers.set(node.id, parts);
    let next = soleReader(node.id);
    while (next !== undefined && overwrites(next, graph)) {
      layers.set(next.id, []);
      next = soleReader(next.id);
    }
    if (next?.weights.some(({ role }) => role === "kernel")) layers.set(next.id, []);
  }
  return layers;

  function soleReader(id: number) {
    const [reader, ...others] = readers[id] ?? [];
    return reader === undefined || others.length > 0 ? undefined : graph.nodes[reader];
  }
}
