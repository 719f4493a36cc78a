/** The graph model target: what tfjs loads in browsers, in Node, and wherever else there is JavaScript. */
import { chainsOf } from "../../passes/chains.ts";
import { graphModelPasses } from "../../passes/index.ts";
import { usesOf } from "../../passes/rewrite.ts";
import { metadataOf, type Target } from "../target.ts";
import { tensorflowNodes, typesIn } from "../tensorflow/nodes.ts";
import { tensorName } from "../tensorflow/tensor-name.ts";
import { fusedStep, isFused } from "./fused.ts";
import { modelJson } from "./model-json.ts";
import { QUANTIZATIONS } from "./quantization.ts";
import { weightsOf } from "./weights.ts";

export const graphModelTarget: Target = {
  name: "graphmodel",
  summary: "a tfjs graph model, for browsers",
  passes: graphModelPasses,
  channels: "last",
  quantizations: QUANTIZATIONS,
  tensorName,
  emit(graph, facts) {
    const typeAt = typesIn(graph);
    const nodes = tensorflowNodes(
      chainsOf(graph, usesOf(graph), isFused).map((chain) => fusedStep(chain, typeAt)),
    );
    const { manifest, files } = weightsOf(nodes, facts.quantization);
    const json = modelJson(graph, nodes, {
      version: facts.version,
      metadata: Object.fromEntries(metadataOf(graph.name, facts)),
      weights: manifest,
    });
    const content = new TextEncoder().encode(`${JSON.stringify(json)}\n`);
    return [{ path: "model.json", size: content.length, pieces: () => [content] }, ...files];
  },
};
