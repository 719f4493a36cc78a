/** A checked model in a few words: what goes in, what comes out, how many parameters. */

import { jsonInteger } from "./base/text.ts";
import type { GraphPort } from "./ir/graph.ts";
import { printShape } from "./ir/shape.ts";
import { printSize } from "./ir/size.ts";
import { countsOf, isBound, weightCountsOf } from "./ops/counts.ts";
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
  const { params, buffers } = weightCountsOf(graph.nodes);
  const describe = ({ name, node }: GraphPort): readonly PortDescription[] => {
    const shape = graph.nodes[node]?.shape;
    if (shape === undefined) return [];
    const sizes = shape.sizes.map((size) => (typeof size === "number" ? size : printSize(size)));
    return [{ name, shape: [shape.channels, ...sizes], printed: printShape(shape) }];
  };
  return {
    name: graph.name,
    inputs: graph.inputs.flatMap(describe),
    outputs: graph.outputs.flatMap(describe),
    params: jsonInteger(params),
    buffers: jsonInteger(buffers),
    ...(isBound(graph) ? { macs: jsonInteger(countsOf(graph.nodes, graph).macs) } : {}),
  };
}
