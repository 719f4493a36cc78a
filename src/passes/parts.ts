/** When a graph is worth forms that are made of parts, and of how many. */
import type { LoweredGraph } from "../ir/lowered.ts";

/** Two parts are faster than more, even where there are more cores: each part then has several threads. */
export const PARTS = 2;

/** Convolutions work long enough that parts are worth their joints. */
export function isWorthParts(graph: LoweredGraph): boolean {
  return graph.nodes.some(({ primitive: { kind } }) => kind.endsWith("convolution"));
}
