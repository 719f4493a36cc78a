/** TensorFlow normalizes images, and some volumes: other values are seen as images while they are normalized. */
import { invariant } from "../base/invariant.ts";
import type { Primitive } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const imageRank: Pass = {
  name: "image-rank",
  kind: "requirement",
  why: "TensorFlow's normalizations take images, batch normalization volumes too, and nothing else.",
  run: (graph) =>
    rewrite(graph, (node, rewriter) => {
      const [x, ...perChannel] = node.inputs;
      if (x === undefined) return undefined;
      const { shape: whole } = rewriter.typeOf(x);
      if (ranksOf(node.primitive)?.includes(whole.length) !== false) return undefined;
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
      const normalized = rewriter.addHelper(`${node.name}/normalized`, node.primitive, [
        image,
        ...perChannel,
      ]);
      return rewriter.add(node.name, { kind: "reshape", shape }, [normalized], node.control);
    }),
};

/** Absent: all of them. */
function ranksOf({ kind }: Primitive): readonly number[] | undefined {
  switch (kind) {
    case "batch-normalization":
      return [4, 5];
    case "local-response-normalization":
      return [4];
    default:
      return undefined;
  }
}
