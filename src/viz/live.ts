/** Which values are in memory while each node runs, in execution order; an activation works in place where it may. */
import { elementCount } from "../ir/shape.ts";
import { stageNamed } from "../ops/index.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";

/** Float32. */
const ELEMENT_BYTES = 4;

/** By position in the graph: the bytes of all values that are held while the node runs, its own result included. */
export function liveBytesOf({ nodes, outputs }: CheckedGraph): readonly number[] {
  const lastUse = new Map<number, number>();
  for (const { id, inputs } of nodes) for (const input of inputs) lastUse.set(input, id);
  for (const { node } of outputs) lastUse.set(node, nodes.length);
  let held = 0;
  return nodes.map((node) => {
    const bytes = Number(elementCount(node.shape)) * ELEMENT_BYTES;
    const [source] = node.inputs;
    const worksInPlace = isInPlace(node) && source !== undefined && lastUse.get(source) === node.id;
    const during = held + (worksInPlace ? 0 : bytes);
    held += bytes;
    for (const input of new Set(node.inputs)) {
      if (lastUse.get(input) === node.id) held -= Number(elementCount(shapeAt(nodes, input))) * ELEMENT_BYTES;
    }
    if (!lastUse.has(node.id)) held -= bytes;
    return during;
  });
}

function isInPlace({ op }: OpNode): boolean {
  return stageNamed(op.name)?.group === "activation";
}

function shapeAt(nodes: readonly OpNode[], at: number): OpNode["shape"] {
  return nodes[at]?.shape ?? { channels: 0, sizes: [] };
}
