/** Convolutions over volumes get one dilation for height and width: what is left of it goes into their kernels. */
import { greatestCommonDivisor } from "../base/integers.ts";
import { invariant } from "../base/invariant.ts";

import type { Pass } from "./pass.ts";

import { rewrite, usesOf } from "./rewrite.ts";
import { spreadKernel } from "./spread-kernel.ts";

export const evenDilation: Pass = {
  name: "even-dilation",
  kind: "requirement",
  why: "TensorFlow confuses height and width where it infers the shape of a dilated 3-D convolution.",
  run(graph) {
    const { nodeAt } = usesOf(graph);
    return rewrite(graph, (node, rewriter) => {
      const { primitive } = node;
      if (primitive.kind !== "convolution" || primitive.window.size.length !== 3) return undefined;
      const { size, dilation } = primitive.window;
      const [depth = 1, height = 1, width = 1] = dilation;
      if (height === width) return undefined;
      const [x, weight] = node.inputs;
      invariant(x !== undefined && weight !== undefined, `${node.name} lacks an operand`);
      const kernel = nodeAt(weight.node)?.primitive;
      invariant(kernel?.kind === "constant", `the kernel of ${node.name} is no constant`);
      const common = greatestCommonDivisor(height, width);
      const spread = spreadKernel(kernel, [1, height / common, width / common]);
      const window = {
        ...primitive.window,
        size: spread.shape.slice(0, size.length),
        dilation: [depth, common, common],
      };
      const spreadWeight = rewriter.addHelper(`${node.name}/spread`, spread, []);
      return rewriter.add(node.name, { ...primitive, window }, [x, spreadWeight], node.control);
    });
  },
};
