/** Zeros that are padded around what a convolution reads become padding of its window. */
import type { LoweredGraph, LoweredNode, Padding, PrimitiveOf, Ref, Window } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite, type Uses, usesOf } from "./rewrite.ts";

export const mergePadding: Pass = {
  name: "merge-padding",
  kind: "optimization",
  why: "A convolution pads while it reads; padding before it copies the whole value.",
  run(graph) {
    const uses = usesOf(graph);
    const merged = mergedPads(graph, uses);
    return rewrite(graph, (node, { add }) => {
      if (merged.has(node.name)) return node.inputs[0];
      const { primitive } = node;
      const [, ...others] = node.inputs;
      const pads = padsBefore(uses.nodeAt(node.name)?.inputs[0], merged);
      const [x] = node.inputs;
      if (!isConvolution(primitive) || pads.length === 0 || x === undefined) return undefined;
      const window = pads.reduce(withPadding, primitive.window);
      return add(node.name, { ...primitive, window }, [x, ...others], node.control);
    });
  },
};

/** Paddings with zeros that nothing reads but convolutions, directly or through others of these. */
function mergedPads(
  { nodes }: LoweredGraph,
  uses: Uses,
): ReadonlyMap<string, LoweredNode<PrimitiveOf<"pad">>> {
  const merged = new Map<string, LoweredNode<PrimitiveOf<"pad">>>();
  for (const node of nodes.toReversed()) {
    if (!isPad(node) || !padsZerosAround(node.primitive) || node.control.length > 0) continue;
    const readers = uses.readers(node.name);
    if (readers?.every((reader) => merged.has(reader.name) || isConvolution(reader.primitive)))
      merged.set(node.name, node);
  }
  return merged;
}

function padsBefore(
  ref: Ref | undefined,
  merged: ReadonlyMap<string, LoweredNode<PrimitiveOf<"pad">>>,
): readonly PrimitiveOf<"pad">[] {
  const pad = ref && merged.get(ref.node);
  return pad === undefined ? [] : [pad.primitive, ...padsBefore(pad.inputs[0], merged)];
}

function withPadding(window: Window, { padding }: PrimitiveOf<"pad">): Window {
  const sums = window.padding.map(([before, after], axis): Padding => {
    const [moreBefore, moreAfter] = padding[axis + 1] ?? [0, 0];
    return [before + moreBefore, after + moreAfter];
  });
  return { ...window, padding: sums };
}

function isPad(node: LoweredNode): node is LoweredNode<PrimitiveOf<"pad">> {
  return node.primitive.kind === "pad";
}

/** Neither new samples nor new channels. */
function padsZerosAround({ padding, value }: PrimitiveOf<"pad">): boolean {
  return value === 0 && [padding[0], padding.at(-1)].every((ends) => ends?.every((amount) => amount === 0));
}

function isConvolution(
  primitive: LoweredNode["primitive"],
): primitive is PrimitiveOf<"convolution" | "depthwise-convolution"> {
  return primitive.kind === "convolution" || primitive.kind === "depthwise-convolution";
}
