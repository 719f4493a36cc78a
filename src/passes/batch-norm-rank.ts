/** TensorFlow normalizes images and volumes only: other values are seen as images while they are normalized. */
import { invariant } from "../base/invariant.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const batchNormRank: Pass = {
  name: "batch-norm-rank",
  why: "TensorFlow's batch normalization takes tensors of rank 4 and 5 only.",
  run: (graph) =>
    rewrite(graph, (node, rewriter) => {
      const [x, ...perChannel] = node.inputs;
      if (node.primitive.kind !== "batch-normalization" || x === undefined) return undefined;
      const [, ...sizes] = rewriter.typeOf(x).shape;
      if (sizes.length === 3 || sizes.length === 4) return undefined;
      const shape = sizes.map((size) => {
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
