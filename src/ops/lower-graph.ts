/** From the checked to the lowered graph: each operation adds its primitives; signals become maps of height 1. */
import { invariant } from "../base/invariant.ts";
import type { Weight } from "../ir/graph.ts";
import type { LoweredGraph, Port, Ref } from "../ir/lowered.ts";
import { typeOf } from "../ir/lowered.ts";
import { type LoweredBuilder, lowerInto } from "../ir/lowered-builder.ts";
import { boundShape, rankOf } from "../ir/shape.ts";
import { inputShapes } from "./counts.ts";
import { input } from "./input.ts";
import { liftedShape, transposed, type WeightLayout } from "./layout.ts";
import type { CheckedGraph, Lowering, Operands, OpNode } from "./op.ts";

/** The values of a weight, row-major in PyTorch's layout; asked for when bytes are written, and not kept. */
export type Float32Weights = (weight: Weight) => Float32Array;

export function lowerGraph(graph: CheckedGraph, values: Float32Weights): LoweredGraph {
  const builder = lowerInto(graph.name);
  const results: Ref[] = [];
  const inputs: Port[] = [];
  for (const node of graph.nodes) {
    const result =
      node.op === input ? lowerInput(node, builder) : lowerNode(node, graph, results, builder, values);
    results.push(result);
  }
  const resultOf = (id: number): Ref => {
    const ref = results[id];
    invariant(ref !== undefined, `node ${id} was not lowered`);
    return ref;
  };
  for (const { name, node } of graph.inputs)
    inputs.push({ name, ref: { node: nodeAt(graph, node).path, output: 0 } });
  const outputs = graph.outputs.map(
    ({ name, node }): Port => ({ name, ref: lowerOutput(nodeAt(graph, node), resultOf(node), builder) }),
  );
  return builder.finish(inputs, outputs);
}

function nodeAt(graph: CheckedGraph, id: number): OpNode {
  const node = graph.nodes[id];
  invariant(node !== undefined, `there is no node ${id}`);
  return node;
}

function lowerInput({ path, shape: checked }: OpNode, builder: LoweredBuilder): Ref {
  const shape = boundShape(checked);
  const fed = builder.add(path, { kind: "input", type: typeOf([null, ...shape.sizes, shape.channels]) }, []);
  if (rankOf(shape) !== 1) return fed;
  return builder.add(`${path}/lifted`, { kind: "reshape", shape: liftedShape(shape) }, [fed]);
}

/** Signals leave as they came: without the height. */
function lowerOutput({ path, shape }: OpNode, result: Ref, builder: LoweredBuilder): Ref {
  if (rankOf(shape) !== 1) return result;
  const name = `${path}/signal`;
  const { channels, sizes } = boundShape(shape);
  const earlier = builder.find(name);
  return earlier ?? builder.add(name, { kind: "reshape", shape: [...sizes, channels] }, [result]);
}

function lowerNode(
  node: OpNode,
  graph: CheckedGraph,
  results: readonly Ref[],
  builder: LoweredBuilder,
  values: Float32Weights,
): Ref {
  const [first, ...rest] = node.inputs.flatMap((id) => results[id] ?? []);
  const shapes = inputShapes(node, graph.nodes);
  invariant(first !== undefined && shapes !== undefined, `${node.path} has no operands`);
  const operands: Operands<Ref> = [first, ...rest];
  return node.op.lower(loweringOf(node, shapes, builder, values), operands, node.attrs);
}

function loweringOf(
  node: OpNode,
  shapes: Lowering["shapes"],
  builder: LoweredBuilder,
  values: Float32Weights,
): Lowering {
  return {
    shapes,
    add: (primitive, inputs, suffix) =>
      builder.add(suffix === undefined ? node.path : `${node.path}/${suffix}`, primitive, inputs),
    number(value, suffix) {
      const values = (): Float32Array => Float32Array.of(value);
      return builder.add(`${node.path}/${suffix}`, { kind: "constant", shape: [], values }, []);
    },
    filled: (value, suffix) => {
      const shape = [shapes[0].channels];
      const fill = (): Float32Array => new Float32Array(shapes[0].channels).fill(value);
      return builder.add(`${node.path}/${suffix}`, { kind: "constant", shape, values: fill }, []);
    },
    weight(name, layout) {
      const weight = node.weights.find((candidate) => candidate.path.endsWith(`/${name}`));
      invariant(weight !== undefined, `${node.path} has no weight ${name}`);
      return builder.find(weight.path) ?? builder.add(weight.path, constantOf(weight, layout, values), []);
    },
  };
}

function constantOf(weight: Weight, layout: WeightLayout | undefined, values: Float32Weights) {
  if (layout === undefined)
    return { kind: "constant", shape: weight.shape, values: () => values(weight) } as const;
  const shape = [
    ...Array.from({ length: layout.leadingAxes }, () => 1),
    ...layout.permutation.map((axis) => weight.shape[axis] ?? 1),
  ];
  return {
    kind: "constant",
    shape,
    values: () => transposed(values(weight), weight.shape, layout.permutation),
  } as const;
}
