/** Convolutions over volumes get one dilation for height and width: what is left of it goes into their kernels. */
import { greatestCommonDivisor } from "../base/integers.ts";
import { invariant } from "../base/invariant.ts";
import type { PrimitiveOf } from "../ir/lowered.ts";
import { elementsIn } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite, usesOf } from "./rewrite.ts";

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

/** The kernel with zeros between its taps: what was next to each other on an axis is then `steps` apart. */
function spreadKernel(kernel: PrimitiveOf<"constant">, steps: readonly number[]): PrimitiveOf<"constant"> {
  const oldSizes = kernel.shape.slice(0, -2);
  const sizes = oldSizes.map((size, axis) => (size - 1) * (steps[axis] ?? 1) + 1);
  const shape = [...sizes, ...kernel.shape.slice(-2)];
  const tapLength = elementsIn(kernel.shape.slice(-2));
  const values = (): Float32Array => {
    const old = kernel.values();
    const result = new Float32Array(elementsIn(shape));
    for (let tap = 0; tap < elementsIn(oldSizes); tap += 1) {
      let [rest, stride, at] = [tap, tapLength, 0];
      for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
        const size = oldSizes[axis] ?? 1;
        at += (rest % size) * (steps[axis] ?? 1) * stride;
        stride *= sizes[axis] ?? 1;
        rest = Math.floor(rest / size);
      }
      result.set(old.subarray(tap * tapLength, (tap + 1) * tapLength), at);
    }
    return result;
  };
  return { kind: "constant", shape, values };
}
