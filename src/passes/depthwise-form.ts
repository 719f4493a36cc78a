/** The batch normalizations of images that nothing took over become a convolution of each channel alone, and a bias. */
import { invariant } from "../base/invariant.ts";
import type { LoweredNode, Ref } from "../ir/lowered.ts";
import { type AffineNode, affineOfNorm } from "./affine.ts";
import { type DeriveConstant, derivedConstants } from "./derived-constants.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite, usesOf } from "./rewrite.ts";

export const depthwiseForm: Pass = {
  name: "depthwise-form",
  kind: "optimization",
  why: "TensorFlow computes a depthwise convolution, its bias and a ReLU in one pass over the values, and a batch normalization and a ReLU in three.",
  run(graph) {
    const uses = usesOf(graph);
    const derive = derivedConstants();
    return rewrite(graph, (node, rewriter) => {
      const affine = node.outputs[0]?.shape.length === 4 ? affineOfNorm(node, uses) : undefined;
      return affine && addDepthwise(node, affine, derive, rewriter);
    });
  },
};

/** The bias takes the name of the batch normalization, so that readers and outputs find it. */
function addDepthwise(
  node: LoweredNode,
  { from, values }: AffineNode,
  derive: DeriveConstant,
  rewriter: Rewriter,
): Ref {
  const [x] = node.inputs;
  invariant(x !== undefined, `${node.name} lacks an operand`);
  const channels = rewriter.typeOf(x).shape.at(-1) ?? 1;
  const scale = derive("scale", from, [1, 1, channels, 1], () => Float32Array.from(values().scale));
  const shift = derive("shift", from, [channels], () => Float32Array.from(values().shift));
  const none = [0, 0] as const;
  const window = { size: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [none, none] };
  const kernel = rewriter.addHelper(`${node.name}/kernel`, scale, []);
  const depthwise = { kind: "depthwise-convolution", window } as const;
  const scaled = rewriter.addHelper(`${node.name}/scaled`, depthwise, [x, kernel]);
  const bias = rewriter.addHelper(`${node.name}/bias`, shift, []);
  return rewriter.add(node.name, { kind: "bias" }, [scaled, bias], node.control);
}
