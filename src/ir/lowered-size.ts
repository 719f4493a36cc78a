/** How much a lowered graph computes. */
import { elementsIn, type LoweredGraph, type LoweredNode, nodesFor, type Port } from "./lowered.ts";

export interface GraphSize {
  /** Nodes that compute: constants and inputs are not counted, nor what no output needs. */
  readonly operations: number;
  /** Multiply-adds of convolutions and matmuls for one sample. */
  readonly macs: number;
}

/** Of the graph itself, or of the form with these outputs. */
export function sizeOfGraph(graph: LoweredGraph, outputs: readonly Port[] = graph.outputs): GraphSize {
  const all = new Map(graph.nodes.map((node) => [node.name, node]));
  const computed = nodesFor(graph, outputs).filter(
    ({ primitive: { kind } }) => kind !== "constant" && kind !== "input",
  );
  const macs = computed.reduce((sum, node) => sum + macsOf(node, all), 0);
  return { operations: computed.length, macs };
}

function macsOf(
  { primitive, inputs, outputs }: LoweredNode,
  nodes: ReadonlyMap<string, LoweredNode>,
): number {
  const [x, kernel] = inputs.map((ref) => nodes.get(ref.node)?.outputs[ref.output]?.shape ?? []);
  const weights = elementsIn(kernel ?? []);
  switch (primitive.kind) {
    case "convolution":
    case "depthwise-convolution":
      // One tap is what a batch normalization was: a scale for each channel, which nobody counts.
      if (primitive.kind === "depthwise-convolution" && primitive.window.size.every((size) => size === 1))
        return 0;
      return elementsIn(outputs[0]?.shape.slice(1, -1) ?? []) * weights;
    case "transposed-convolution":
      return elementsIn(x?.slice(1, -1) ?? []) * weights;
    case "matmul":
      return weights;
    default:
      return 0;
  }
}
