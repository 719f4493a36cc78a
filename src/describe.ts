/** A checked model in a few words: what goes in, what comes out, how many parameters. */

import { jsonInteger } from "./base/text.ts";
import type { GraphPort } from "./ir/graph.ts";
import { dimensions, printShape } from "./ir/shape.ts";
import { countsOf } from "./ops/counts.ts";
import type { CheckedGraph } from "./ops/op.ts";

export interface PortDescription {
  readonly name: string;
  /** Channels, then sizes; the batch is implicit. */
  readonly shape: readonly number[];
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
  readonly macs: number | string;
}

export function describeModel(graph: CheckedGraph): ModelDescription {
  const { params, buffers, macs } = countsOf(graph.nodes, graph);
  const describe = ({ name, node }: GraphPort): readonly PortDescription[] => {
    const shape = graph.nodes[node]?.shape;
    return shape === undefined ? [] : [{ name, shape: dimensions(shape), printed: printShape(shape) }];
  };
  return {
    name: graph.name,
    inputs: graph.inputs.flatMap(describe),
    outputs: graph.outputs.flatMap(describe),
    params: jsonInteger(params),
    buffers: jsonInteger(buffers),
    macs: jsonInteger(macs),
  };
}
