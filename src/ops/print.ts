/** A checked graph as text for people and golden files: one line a node, in execution order. */
import { startOf } from "../base/source.ts";
import { count } from "../base/text.ts";
import { printWindow } from "../ir/lowered-print.ts";
import { printShape } from "../ir/shape.ts";
import { isBound, macsOf, weightCountsOf } from "./counts.ts";
import type { CheckedGraph, OpNode } from "./op.ts";
import { windowOf } from "./window.ts";

/** Ends with a line break. */
export function printGraph(graph: CheckedGraph): string {
  const pathAt = (id: number): string => graph.nodes[id]?.path ?? `#${id}`;
  const isCounted = isBound(graph);
  return [
    `model ${graph.name}`,
    ...graph.inputs.map(({ name, node }) => `input ${name} = ${pathAt(node)}`),
    ...graph.nodes.map((node) => printNode(node, graph, isCounted ? macsOf(node, graph) : 0n)),
    ...graph.outputs.map(({ name, node }) => `output ${name} = ${pathAt(node)}`),
    "",
  ].join("\n");
}

/** `net/conv = conv 7x7 /2 pad 3 bias=false init=kaiming (net/x) -> [64 @ 112x112]  9,408 params  net.dn:4`. */
function printNode(node: OpNode, graph: CheckedGraph, macs: bigint): string {
  const { path, inputs, shape, origin } = node;
  const { params, buffers } = weightCountsOf([node]);
  const operands = inputs.map((id) => graph.nodes[id]?.path ?? `#${id}`);
  const what = [
    describeOp(node, graph.nodes),
    ...printAttrs(node),
    ...(operands.length === 0 ? [] : [`(${operands.join(", ")})`]),
  ];
  const counts = [
    ...(params === 0n ? [] : [count(params, "param")]),
    ...(buffers === 0n ? [] : [count(buffers, "buffer")]),
    ...(macs === 0n ? [] : [count(macs, "MAC")]),
  ];
  return [
    `${path} = ${what.join(" ")} -> ${printShape(shape)}`,
    ...(counts.length === 0 ? [] : [counts.join(", ")]),
    `${origin.span.file.path}:${startOf(origin.span).line}`,
  ].join("  ");
}

/** Its name and window: `conv 7x7 /2 pad 3`. */
export function describeOp(node: OpNode, nodes: readonly OpNode[]): string {
  const window = windowOf(node, nodes[node.inputs[0] ?? -1]?.shape);
  return window === undefined ? node.op.name : `${node.op.name} ${printWindow(window)}`;
}

/** Output channels and sizes can be read off the shape. */
const SHOWN_OTHERWISE: ReadonlySet<string> = new Set(["rule", "channels", "features", "sizes"]);

function printAttrs({ attrs }: OpNode): readonly string[] {
  return Object.entries(attrs ?? {})
    .filter(([name]) => !SHOWN_OTHERWISE.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
}
