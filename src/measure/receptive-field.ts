/**
 * Receptive fields: how many positions of the input one position of a value depends on. Where paths of different depth
 * join it is a range, from the shortest to the longest path (Araujo et al. 2019, without the alignment of centers).
 */
import { rankOf } from "../ir/shape.ts";
import { inputShapes } from "../ops/counts.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { reachOf } from "../ops/reach.ts";

/** Along one axis, in positions of the input; the maximum is infinite where every position is read. */
export interface AxisField {
  readonly min: number;
  readonly max: number;
  /** Between the fields of neighbours; a fraction behind an upsampling. */
  readonly jump: number;
}

/** One an axis; none for a vector. */
export type ReceptiveField = readonly AxisField[];

/** By node. */
export function receptiveFields(graph: CheckedGraph): readonly ReceptiveField[] {
  const fields: ReceptiveField[] = [];
  for (const node of graph.nodes) {
    const rank = rankOf(node.shape);
    const operands = node.inputs.map((id) => fields[id] ?? []);
    const [first, ...rest] = operands.filter((field) => field.length === rank);
    // A vector spread over a map has seen all of it.
    const hasVector = operands.some((field) => field.length < rank);
    const start = Array.from({ length: rank }, (): AxisField => ({ min: 1, max: 1, jump: 1 }));
    const joined = (first ?? start).map((axis, index) =>
      rest.reduce(
        (all, field) => join(all, field[index] ?? all),
        hasVector ? { ...axis, max: Infinity } : axis,
      ),
    );
    fields.push(through(node, graph, joined));
  }
  return fields;
}

function join(a: AxisField, b: AxisField): AxisField {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), jump: Math.max(a.jump, b.jump) };
}

function through(node: OpNode, graph: CheckedGraph, field: ReceptiveField): ReceptiveField {
  const [operand] = inputShapes(node, graph.nodes) ?? [];
  const reach = operand && reachOf(node, operand);
  if (reach === undefined) return field;
  return field.map(({ min, max, jump }, axis) => {
    const { span = 1, step = 1 } = reach[axis] ?? {};
    const wider = (span - 1) * jump;
    return { min: min + wider, max: max + wider, jump: jump * step };
  });
}

/** Of what the head sees; none where there are vectors only. */
export function fieldAtHead(
  graph: CheckedGraph,
  fields: readonly ReceptiveField[] = receptiveFields(graph),
): ReceptiveField {
  return fields[headOf(graph) ?? -1] ?? [];
}

/** The last map on the way to the outputs: what the head reads. `undefined`: there are vectors only. */
export function headOf(graph: CheckedGraph): number | undefined {
  const needed = new Set(graph.outputs.map(({ node }) => node));
  for (const { id, inputs, shape } of graph.nodes.toReversed()) {
    if (!needed.has(id)) continue;
    if (rankOf(shape) > 0) return id;
    for (const input of inputs) needed.add(input);
  }
  return undefined;
}
