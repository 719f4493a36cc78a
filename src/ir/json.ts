/** The checked graph as a JSON document (`dnc/ir-1`): for tools that draw, compare or search networks. */
import type { Frame } from "../base/diagnostic.ts";
import { type SpanJson, spanToJson } from "../base/source.ts";
import type { Graph, GraphPort, Node, WeightRole } from "./graph.ts";
import { dimensions } from "./shape.ts";

export interface GraphJson {
  readonly schema: "dnc/ir-1";
  readonly model: string;
  readonly inputs: readonly PortJson[];
  readonly outputs: readonly PortJson[];
  /** In execution order. */
  readonly nodes: readonly NodeJson[];
}

export interface PortJson {
  readonly name: string;
  /** The path of its node. */
  readonly node: string;
}

export interface NodeJson {
  readonly path: string;
  readonly op: string;
  readonly attrs: unknown;
  /** Paths of earlier nodes. */
  readonly inputs: readonly string[];
  /** Channels, then sizes. */
  readonly shape: readonly number[];
  readonly weights: readonly WeightJson[];
  readonly span: SpanJson;
  /** The expansion that made the node, outermost first: `dense(k=32, n=6)`, `dense 2/6`. */
  readonly frames: readonly string[];
}

export interface WeightJson {
  readonly path: string;
  readonly role: WeightRole;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

export function graphToJson({ name, inputs, outputs, nodes }: Graph): GraphJson {
  const pathAt = (id: number): string => nodes[id]?.path ?? "";
  const toPort = (port: GraphPort): PortJson => ({ name: port.name, node: pathAt(port.node) });
  return {
    schema: "dnc/ir-1",
    model: name,
    inputs: inputs.map(toPort),
    outputs: outputs.map(toPort),
    nodes: nodes.map((node) => nodeToJson(node, pathAt)),
  };
}

function nodeToJson(node: Node, pathAt: (id: number) => string): NodeJson {
  const { path, op, attrs, inputs, shape, weights, origin } = node;
  return {
    path,
    op: op.name,
    attrs,
    inputs: inputs.map(pathAt),
    shape: dimensions(shape),
    weights: weights.map((weight) => ({ ...weight })),
    span: spanToJson(origin.span),
    frames: framesOf(origin.frame),
  };
}

function framesOf(frame: Frame): readonly string[] {
  const { name, bindings, iteration, parent } = frame;
  const own = `${name}${iteration === undefined ? "" : ` ${iteration.index}/${iteration.total}`}${bindings.length === 0 ? "" : `(${bindings.join(", ")})`}`;
  return [...(parent === undefined ? [] : framesOf(parent)), own];
}
