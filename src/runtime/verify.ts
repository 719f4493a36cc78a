/** Holds a run against the reference interpreter in float64. */
import type { Reporter } from "../base/diagnostic.ts";
import { invariant } from "../base/invariant.ts";
import { interpret } from "../ops/interpret.ts";
import type { CheckedGraph } from "../ops/op.ts";
import type { Precision, Quantization } from "../targets/target.ts";
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
const TOLERANCE = 1e-4;

/** What is left of numbers in fewer bits after a whole network: so much is no mistake. */
const TOLERANCE_IN: Record<Precision | Quantization, number> = {
  f32: TOLERANCE,
  float16: 1e-2,
  bf16: 1e-1,
  uint8: 1e-1,
};

export function toleranceIn(...kinds: readonly (Precision | Quantization)[]): number {
  return Math.max(...kinds.map((kind) => TOLERANCE_IN[kind]));
}

/**
 * Compares every output on one deterministic input, in each form of the artifact: the worst of them counts. `undefined`
 * when the library refused to run (reported).
 */
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
  const measured: NonNullable<Awaited<ReturnType<Session["run"]>>>[] = [];
  for (const form of session.forms) {
    // Towers of one sample would leave the joining of several unseen.
    const batch = form === "towers" ? 3 : 1;
    const fed = inputs.map(
      ([name, tensor]) => [name, { batch, data: repeated(tensor.data, batch) }] as const,
    );
    const values = await session.run(Object.fromEntries(fed), reporter, form);
    if (values === undefined) return undefined;
    measured.push(values);
  }
  const expected = interpret(graph, fill, Object.fromEntries(inputs));
  return graph.outputs.map(({ name }) => {
    const reference = expected.get(name)?.data;
    invariant(reference !== undefined, `the output ${name} is not in the reference`);
    const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    let worst = 0;
    for (const { [name]: output } of measured) {
      const isWhole = output?.data.length === reference.length * (output?.batch ?? 0);
      invariant(output !== undefined && isWhole, `the output ${name} is incomplete`);
      for (const [index, value] of output.data.entries())
        worst = Math.max(worst, difference(reference[index % reference.length] ?? Number.NaN, value));
    }
    return { output: name, largest, difference: largest === 0 ? worst : worst / largest };
  });
}

function repeated(data: Float64Array, batch: number): Float32Array {
  const result = new Float32Array(data.length * batch);
  for (let sample = 0; sample < batch; sample += 1) result.set(data, sample * data.length);
  return result;
}

/** What is no number differs without bound. */
function difference(reference: number, value: number): number {
  const distance = Math.abs(reference - value);
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
}
