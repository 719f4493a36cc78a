/**
 * Bytes of activations that are alive while each operation runs, in execution order: a value lives from the operation
 * that makes it to the last one that reads it, so operands and result are alive together. Parameters do not count.
 */
import type { CheckedGraph } from "../ops/op.ts";
import { elementsOf, lastUsesOf, type StorageOptions, storagesOf } from "./storage.ts";

export interface Liveness {
  /** By node. */
  readonly live: readonly bigint[];
  readonly peak: bigint;
  /** The first node at which the peak is reached. */
  readonly at: number;
}

export interface ByteOptions extends StorageOptions {
  readonly batch: number;
  /** Of one element. */
  readonly bytes: number;
}

export function livenessOf(graph: CheckedGraph, options: ByteOptions): Liveness {
  const storages = storagesOf(graph, options);
  const lastUse = lastUsesOf(graph, (node) => storages[node] ?? node);
  const scale = BigInt(options.batch) * BigInt(options.bytes);
  const deaths = new Map<number, bigint>();
  let [alive, peak, at] = [0n, 0n, 0];
  const live = graph.nodes.map(({ id }) => {
    if (storages[id] === id) {
      const bytes = elementsOf(graph, id) * scale;
      alive += bytes;
      const end = lastUse[id] ?? id;
      deaths.set(end, (deaths.get(end) ?? 0n) + bytes);
    }
    const now = alive;
    if (now > peak) [peak, at] = [now, id];
    alive -= deaths.get(id) ?? 0n;
    return now;
  });
  return { live, peak, at };
}
