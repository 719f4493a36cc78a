/** The whole graph for Model Explorer: its graph collection, and costs as node data that color it. */
import type { CheckedGraph } from "../ops/op.ts";
import { parentOf } from "../report/paths.ts";
import type { Costing, Costs } from "./costs.ts";
import { termOf } from "./layers.ts";
import { shapeText } from "./layout/body.ts";

interface KeyValue {
  readonly key: string;
  readonly value: string;
}

interface ExplorerNode {
  readonly id: string;
  readonly label: string;
  readonly namespace: string;
  readonly attrs: readonly KeyValue[];
  readonly incomingEdges: readonly {
    readonly sourceNodeId: string;
    readonly sourceNodeOutputId: "0";
    readonly targetNodeInputId: string;
  }[];
  readonly outputsMetadata: readonly { readonly id: "0"; readonly attrs: readonly KeyValue[] }[];
}

export interface GraphCollection {
  readonly label: string;
  readonly graphs: readonly { readonly id: string; readonly nodes: readonly ExplorerNode[] }[];
}

export function graphCollectionOf(graph: CheckedGraph, costing: Costing): GraphCollection {
  const nodes = graph.nodes.map((node): ExplorerNode => {
    const { path, inputs, shape, origin } = node;
    const costs = costing([node]);
    return {
      id: path,
      label: termOf(node, graph),
      namespace: parentOf(path),
      attrs: [
        ...METRICS.map(([key, amount]) => ({ key, value: `${amount(costs)}` })),
        { key: "source", value: origin.span.file.path },
      ],
      incomingEdges: inputs.flatMap((input, at) => {
        const source = graph.nodes[input];
        return source === undefined
          ? []
          : [{ sourceNodeId: source.path, sourceNodeOutputId: "0" as const, targetNodeInputId: `${at}` }];
      }),
      outputsMetadata: [{ id: "0", attrs: [{ key: "tensor_shape", value: `float32${shapeText(shape)}` }] }],
    };
  });
  return { label: graph.name, graphs: [{ id: graph.name, nodes }] };
}

const METRICS: readonly (readonly [key: string, amount: (costs: Costs) => bigint])[] = [
  ["params", ({ params }) => params],
  ["macs", ({ macs }) => macs],
  ["live_bytes", ({ bytes }) => bytes],
];

/** By graph: what each node costs in multiply-adds, from pale to deep. */
export function nodeDataOf(graph: CheckedGraph, costing: Costing): object {
  const results = Object.fromEntries(
    graph.nodes.flatMap((node) => {
      const { macs } = costing([node]);
      return macs === 0n ? [] : [[node.path, { value: Number(macs) }]];
    }),
  );
  const gradient = [
    { stop: 0, bgColor: "#e6eef8", textColor: "#17202b" },
    { stop: 1, bgColor: "#08366b", textColor: "#ffffff" },
  ];
  return { [graph.name]: { name: "multiply-adds", results, gradient } };
}
