/** Convolutions that are strided and dilated are strided only: the dilation goes into their kernels. */
import { invariant } from "../base/invariant.ts";
import type { Pass } from "./pass.ts";
import { rewrite, usesOf } from "./rewrite.ts";
import { spreadKernel } from "./spread-kernel.ts";

export const strideOrDilation: Pass = {
  name: "stride-or-dilation",
  kind: "requirement",
  why: "tfjs refuses a convolution that has both strides and dilation, be it along different axes.",
  run(graph) {
    const { nodeAt } = usesOf(graph);
    return rewrite(graph, (node, rewriter) => {
      const { primitive } = node;
      if (primitive.kind !== "convolution") return undefined;
      const { window } = primitive;
      const isLarge = (amount: number): boolean => amount > 1;
      if (!window.stride.some(isLarge) || !window.dilation.some(isLarge)) return undefined;
      const [x, weight] = node.inputs;
      invariant(x !== undefined && weight !== undefined, `${node.name} lacks an operand`);
      const kernel = nodeAt(weight.node)?.primitive;
      invariant(kernel?.kind === "constant", `the kernel of ${node.name} is no constant`);
      const spread = spreadKernel(kernel, window.dilation);
      const size = spread.shape.slice(0, window.size.length);
      const dense = { ...primitive, window: { ...window, size, dilation: window.dilation.map(() => 1) } };
      return rewriter.add(
        node.name,
        dense,
        [x, rewriter.addHelper(`${node.name}/spread`, spread, [])],
        node.control,
      );
    });
  },
};
