/** Some runtimes normalize images, and volumes perhaps: other values are seen as images while they are normalized. */
import { invariant } from "../base/invariant.ts";
import type { LoweredGraph, PrimitiveKind } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const imageRank: Pass = {
  name: "image-rank",
  kind: "requirement",
  why: "TensorFlow's normalizations take images, batch normalization volumes too, and nothing else.",
  run: (graph) => seenAsImages(graph, { "batch-normalization": [4, 5], "local-response-normalization": [4] }),
};

export const lrnRank: Pass = {
  name: "lrn-rank",
  kind: "requirement",
  why: "The local response normalization of ONNX's runtimes takes images, and nothing else.",
  run: (graph) => seenAsImages(graph, { "local-response-normalization": [4] }),
};

/** The ranks, batch included, that each primitive is taken at; those that are not named are taken at all. */
type Ranks = Readonly<Partial<Record<PrimitiveKind, readonly number[]>>>;

function seenAsImages(graph: LoweredGraph, ranks: Ranks): LoweredGraph {
  return rewrite(graph, (node, rewriter) => {
    const [x, ...perChannel] = node.inputs;
    if (x === undefined) return undefined;
    const { shape: whole } = rewriter.typeOf(x);
    if (ranks[node.primitive.kind]?.includes(whole.length) !== false) return undefined;
    const shape = whole.slice(1).map((size) => {
      invariant(size !== null, "only the batch is unknown");
      return size;
    });
    const positions = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    const image = rewriter.addHelper(
      `${node.name}/image`,
      { kind: "reshape", shape: [1, positions, shape.at(-1) ?? 1] },
      [x],
    );
    const normalized = rewriter.addHelper(`${node.name}/normalized`, node.primitive, [image, ...perChannel]);
    return rewriter.add(node.name, { kind: "reshape", shape }, [normalized], node.control);
  });
}
