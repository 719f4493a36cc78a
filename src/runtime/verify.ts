/** Holds a run against the reference interpreter in float64. */
import type { Reporter } from "../base/diagnostic.ts";
import { invariant } from "../base/invariant.ts";
import { interpret } from "../ops/interpret.ts";
import type { CheckedGraph } from "../ops/op.ts";
import type { Fill } from "../weights/fill.ts";
import { hashInput } from "../weights/hash.ts";
import type { Session } from "./session.ts";

export interface Agreement {
  readonly output: string;
  /** The largest magnitude of the reference. */
  readonly largest: number;
  /** The largest difference from it, as a share of `largest`. */
  readonly difference: number;
}

/** float32 graphs of a few hundred layers stay far below; a wrong padding or fold is orders of magnitude above. */
export const TOLERANCE = 1e-4;

/** Compares every output on one deterministic input; `undefined` when the library refused to run (reported). */
export async function verifySession(
  session: Session,
  graph: CheckedGraph,
  fill: Fill,
  reporter: Reporter,
): Promise<readonly Agreement[] | undefined> {
  const inputs = graph.inputs.flatMap(({ name, node }) => {
    const shape = graph.nodes[node]?.shape;
    return shape === undefined ? [] : [[name, hashInput(shape)] as const];
  });
  const fed = inputs.map(
    ([name, tensor]) => [name, { batch: 1, data: Float32Array.from(tensor.data) }] as const,
  );
  const measured = await session.run(Object.fromEntries(fed), reporter);
  if (measured === undefined) return undefined;
  const expected = interpret(graph, fill, Object.fromEntries(inputs));
  return graph.outputs.map(({ name }) => {
    const [reference, values] = [expected.get(name)?.data, measured[name]?.data];
    invariant(
      reference !== undefined && values?.length === reference.length,
      `the output ${name} is incomplete`,
    );
    const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = reference.reduce(
      (most, value, index) => Math.max(most, difference(value, values[index])),
      0,
    );
    return { output: name, largest, difference: largest === 0 ? worst : worst / largest };
  });
}

/** A missing value or one that is no number differs without bound. */
function difference(reference: number, value: number | undefined): number {
  const distance = Math.abs(reference - (value ?? Number.NaN));
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
}
