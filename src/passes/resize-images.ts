/** Volumes are resized along depth and height, then along width: interpolation goes along one axis after the other. */
import { invariant } from "../base/invariant.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const resizeImages: Pass = {
  name: "resize-images",
  kind: "requirement",
  why: "TensorFlow resizes images only.",
  run: (graph) =>
    rewrite(graph, (node, { add, addHelper, typeOf }) => {
      const { name, primitive, inputs } = node;
      if (primitive.kind !== "resize" || primitive.sizes.length !== 3) return undefined;
      const [x] = inputs;
      invariant(x !== undefined, `${name} lacks an operand`);
      const [depth = 1, height = 1, width = 1, channels = 1] = typeOf(x)
        .shape.slice(1)
        .map((size) => size ?? 1);
      const [newDepth = 1, newHeight = 1, newWidth = 1] = primitive.sizes;
      const planes = addHelper(
        `${name}/planes`,
        { kind: "reshape", shape: [depth, height, width * channels] },
        [x],
      );
      const high = addHelper(`${name}/high`, { kind: "resize", sizes: [newDepth, newHeight] }, [planes]);
      const rows = newDepth * newHeight;
      const lines = addHelper(`${name}/lines`, { kind: "reshape", shape: [rows, width, channels] }, [high]);
      const wide = addHelper(`${name}/wide`, { kind: "resize", sizes: [rows, newWidth] }, [lines]);
      const shape = [newDepth, newHeight, newWidth, channels];
      return add(name, { kind: "reshape", shape }, [wide], node.control);
    }),
};
