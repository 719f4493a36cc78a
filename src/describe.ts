/** A checked model in a few words: what goes in, what comes out, how many parameters. */

import { jsonInteger, withSeparators } from "./base/text.ts";
import type { GraphPort } from "./ir/graph.ts";
import { printShape } from "./ir/shape.ts";
import { printSize } from "./ir/size.ts";
import { type Counts, countsOf, isBound, weightCountsOf } from "./ops/counts.ts";
import type { CheckedGraph } from "./ops/op.ts";

export interface PortDescription {
  readonly name: string;
  /** Channels, then sizes; free sizes as they are written. The batch is implicit. */
  readonly shape: readonly (number | string)[];
  /** As the language writes it: `[3 @ 224x224]`. */
  readonly printed: string;
}

export interface ModelDescription {
  readonly name: string;
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
  /** Numbers, or strings past 2^53, where JSON readers lose digits. */
  readonly params: number | string;
  readonly buffers: number | string;
  /** Absent while a size is free. */
  readonly macs?: number | string;
}

export function describeModel(graph: CheckedGraph): ModelDescription {
  const counts: Omit<Counts, "macs"> & Partial<Counts> = isBound(graph)
    ? countsOf(graph.nodes, graph)
    : weightCountsOf(graph.nodes);
  return {
    name: graph.name,
    inputs: describePorts(graph, graph.inputs),
    outputs: describePorts(graph, graph.outputs),
    params: jsonInteger(counts.params),
    buffers: jsonInteger(counts.buffers),
    ...(counts.macs === undefined ? {} : { macs: jsonInteger(counts.macs) }),
  };
}

function describePorts({ nodes }: CheckedGraph, ports: readonly GraphPort[]): readonly PortDescription[] {
  return ports.flatMap(({ name, node }) => {
    const shape = nodes[node]?.shape;
    if (shape === undefined) return [];
    const sizes = shape.sizes.map((size) => (typeof size === "number" ? size : printSize(size)));
    return [{ name, shape: [shape.channels, ...sizes], printed: printShape(shape) }];
  });
}

/** `x [3 @ 224x224] → logits [1000], 7,978,856 parameters`. */
export function printModel(graph: CheckedGraph): string {
  const [from, to] = [graph.inputs, graph.outputs].map((ports) =>
    describePorts(graph, ports)
      .map(({ name, printed }) => `${name} ${printed}`)
      .join(", "),
  );
  return `${from} → ${to}, ${withSeparators(weightCountsOf(graph.nodes).params)} parameters`;
}
