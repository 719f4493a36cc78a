/** The whole graph for Graphviz: a node for each operation, nested clusters for the parts of the spec. */
import { groupBy } from "../base/group.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { nameOf } from "../report/paths.ts";
import { termOf } from "./layers.ts";
import { shapeText } from "./layout/body.ts";

export function dotOf(graph: CheckedGraph): string {
  const edges = graph.nodes.flatMap(({ id, inputs }) => inputs.map((input) => `  n${input} -> n${id};`));
  return [
    `digraph ${text(graph.name)} {`,
    '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11];',
    "  edge [arrowsize=0.7];",
    ...clusters(graph.nodes, graph, 1),
    ...edges,
    "}",
    "",
  ].join("\n");
}

/** Nodes whose paths share a name at `depth` stand in one cluster. */
function clusters(nodes: readonly OpNode[], graph: CheckedGraph, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  const groups = groupBy(nodes, ({ path }) =>
    path
      .split("/")
      .slice(0, depth + 1)
      .join("/"),
  );
  return [...groups].flatMap(([path, members]) => {
    const [first] = members;
    if (members.length === 1)
      return [
        `${indent}n${first.id} [label=${text(`${termOf(first, graph)}\n${shapeText(first.shape)}`)}, tooltip=${text(first.path)}];`,
      ];
    const name = nameOf({ path });
    return [
      `${indent}subgraph ${text(`cluster_${path}`)} {`,
      `${indent}  label=${text(name)};`,
      ...clusters(members, graph, depth + 1),
      `${indent}}`,
    ];
  });
}

function text(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
