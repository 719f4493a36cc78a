/** Parameters, buffers and multiply-adds of a model: a row for each operation, subtotals for each part, as pure data. */
import type { Span } from "../base/source.ts";
import type { GraphPort, Weight } from "../ir/graph.ts";
import type { Window } from "../ir/lowered.ts";
import type { Shape } from "../ir/shape.ts";
import { type Counts, countsOf, inputShapes } from "../ops/counts.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { describeOp } from "../ops/print.ts";
import { windowOf } from "../ops/window.ts";

/** What the multiply-adds of a report count. */
export const CONVENTION = "multiply-adds of convolutions and linear layers, batch 1";

export interface Report {
  readonly model: string;
  readonly inputs: readonly ReportPort[];
  readonly outputs: readonly ReportPort[];
  readonly totals: Counts;
  /** In execution order. */
  readonly rows: readonly ReportRow[];
  /** The same rows as a tree, by their paths. */
  readonly parts: readonly ReportPart[];
}

export interface ReportPort {
  readonly name: string;
  readonly shape: Shape;
}

/** One operation. A weight that several operations share counts in the first. */
export interface ReportRow extends Counts {
  readonly kind: "row";
  readonly path: string;
  readonly op: string;
  /** With its window: `conv 7x7 /2 pad 3`. */
  readonly described: string;
  readonly in: readonly Shape[];
  readonly out: Shape;
  readonly window?: Window;
  readonly span: Span;
}

/** The operations whose paths begin alike: a value, a call of a block, a repetition, a unit. */
export interface ReportGroup extends Counts {
  readonly kind: "group";
  readonly path: string;
  /** Of its last operation. */
  readonly out: Shape;
  /** How many operations it holds. */
  readonly ops: number;
  /** In execution order; their counts add up to those of the group. */
  readonly parts: readonly ReportPart[];
}

export type ReportPart = ReportRow | ReportGroup;

export function reportOf(graph: CheckedGraph): Report {
  const rows = rowsOf(graph);
  const portOf = ({ name, node }: GraphPort): readonly ReportPort[] => {
    const shape = graph.nodes[node]?.shape;
    return shape === undefined ? [] : [{ name, shape }];
  };
  return {
    model: graph.name,
    inputs: graph.inputs.flatMap(portOf),
    outputs: graph.outputs.flatMap(portOf),
    totals: sumOf(rows),
    rows,
    // Every path begins with the model.
    parts: partsOf(rows, 1),
  };
}

function rowsOf(graph: CheckedGraph): readonly ReportRow[] {
  const counted = new Set<Weight>();
  return graph.nodes.map((node): ReportRow => {
    const weights = node.weights.filter((weight) => !counted.has(weight));
    for (const weight of weights) counted.add(weight);
    return rowOf(node, countsOf([{ ...node, weights }], graph), graph);
  });
}

function rowOf(node: OpNode, counts: Counts, graph: CheckedGraph): ReportRow {
  const { path, op, shape, origin } = node;
  const window = windowOf(node, graph.nodes[node.inputs[0] ?? -1]?.shape);
  return {
    kind: "row",
    path,
    op: op.name,
    described: describeOp(node, graph.nodes),
    in: inputShapes(node, graph.nodes) ?? [],
    out: shape,
    ...(window === undefined ? {} : { window }),
    ...counts,
    span: origin.span,
  };
}

/** Parts by the first `depth + 1` names of their paths. */
function partsOf(rows: readonly ReportRow[], depth: number): readonly ReportPart[] {
  const byPath = new Map<string, [ReportRow, ...ReportRow[]]>();
  for (const row of rows) {
    const path = row.path
      .split("/")
      .slice(0, depth + 1)
      .join("/");
    const members = byPath.get(path);
    if (members === undefined) byPath.set(path, [row]);
    else members.push(row);
  }
  return [...byPath].map(([path, members]) => {
    const [first] = members;
    // A unit stands below its own path, with its norm and activation.
    if (members.length === 1 && first.path === path) return first;
    const parts = partsOf(members, depth + 1);
    const out = members.at(-1)?.out ?? first.out;
    return { kind: "group", path, out, ops: members.length, ...sumOf(members), parts };
  });
}

export function sumOf(counts: readonly Counts[]): Counts {
  return counts.reduce<Counts>(
    (sum, { params, buffers, macs }) => ({
      params: sum.params + params,
      buffers: sum.buffers + buffers,
      macs: sum.macs + macs,
    }),
    { params: 0n, buffers: 0n, macs: 0n },
  );
}

/** All groups, each before those inside it. */
export function groupsIn(parts: readonly ReportPart[]): readonly ReportGroup[] {
  return parts.flatMap((part) => (part.kind === "group" ? [part, ...groupsIn(part.parts)] : []));
}

/** The last name of a path. */
export function nameOf({ path }: ReportPart): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
