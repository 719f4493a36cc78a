/** Weights to start training from: what torchvision's DenseNet and PyTorch's layers draw, from a seed. */
import { invariant } from "../base/invariant.ts";
import type { Weight } from "../ir/graph.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { elementsOf } from "../ops/reference-tensor.ts";
import type { Init } from "../ops/settings.ts";
import { type Fill, fanInOf, fanOutOf, float32s } from "./fill.ts";
import { normal, type Random, randomFor } from "./random.ts";

/** Draws one value. */
type Distribution = (random: Random) => number;

/** Each weight has a stream of its own, named by its path: editing one block leaves the weights of others as they were. */
export function initFill(graph: CheckedGraph, seed: number): Fill {
  const nodes = new Map<Weight, OpNode>();
  for (const node of graph.nodes) for (const weight of node.weights) nodes.set(weight, node);
  return (weight) => {
    const node = nodes.get(weight);
    invariant(node !== undefined, `${weight.path} is no weight of ${graph.name}`);
    const draw = distributionOf(weight, node);
    const random = randomFor(seed, weight.path);
    return float32s(elementsOf(weight.shape), () => draw(random));
  };
}

function distributionOf(weight: Weight, node: OpNode): Distribution {
  const { initial } = weight;
  if (initial !== undefined) return () => initial;
  switch (weight.role) {
    case "kernel":
      return kernelDistribution(weight, initOf(node));
    case "bias":
      return biasDistribution(node);
    case "scale":
    case "variance":
      return () => 1;
    default:
      return () => 0;
  }
}

function kernelDistribution(kernel: Weight, init: Init): Distribution {
  // Glorot and Bengio 2010, equation 16.
  if (init === "xavier") return uniform(Math.sqrt(6 / (fanInOf(kernel) + fanOutOf(kernel))));
  // Convolutions as He et al. 2015, section 2.2, by fan-in; matrices as PyTorch's `nn.Linear`.
  const isMatrix = kernel.shape.length === 2;
  if (isMatrix) return uniform(1 / Math.sqrt(fanInOf(kernel)));
  const deviation = Math.sqrt(2 / fanInOf(kernel));
  return (random) => deviation * normal(random);
}

/** PyTorch draws the biases of convolutions and of `nn.Linear` by the fan-in of the kernel beside them. */
function biasDistribution({ path, weights }: OpNode): Distribution {
  const kernel = weights.find(({ role }) => role === "kernel");
  invariant(kernel !== undefined, `${path} has a bias and no kernel`);
  return uniform(1 / Math.sqrt(fanInOf(kernel)));
}

function uniform(bound: number): Distribution {
  return (random) => (2 * random() - 1) * bound;
}

/** What the call chose with `init=`; operations without that argument have no choice. */
function initOf({ attrs }: OpNode): Init {
  const chosen = typeof attrs === "object" && attrs !== null && "init" in attrs ? attrs.init : undefined;
  return chosen === "xavier" ? "xavier" : "kaiming";
}
