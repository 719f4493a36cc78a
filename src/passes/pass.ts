/** What a pass is, and the runner, which verifies the graph after every one. A pass changes form, never values. */
import { InternalError } from "../base/invariant.ts";
import type { Form, LoweredGraph } from "../ir/lowered.ts";
import { type GraphSize, sizeOfGraph } from "../ir/lowered-size.ts";
import { verifyLowered } from "../ir/lowered-types.ts";

export interface Pass {
  /** `fold-batch-norm`: what `--print-after` takes. */
  readonly name: string;
  /** What makes graphs faster may be left out (`-O0`); what makes them possible may not. */
  readonly kind: "optimization" | "requirement";
  /** A sentence: what is better or possible after it. */
  readonly why: string;
  run(graph: LoweredGraph): LoweredGraph;
}

/** What a pass did. */
export interface PassResult {
  readonly name: string;
  readonly before: GraphSize;
  readonly after: GraphSize;
  /** How many nodes it added or changed. */
  readonly rewritten: number;
  /** The form that it added. */
  readonly form?: Form;
}

export interface PassOptions {
  /** Called after each pass, with the graph as it left it. */
  readonly onPass?: (result: PassResult, graph: LoweredGraph) => void;
}

/** Runs the passes in order. Throws `InternalError`, naming the pass, when one leaves a broken graph. */
export function runPasses(
  graph: LoweredGraph,
  passes: readonly Pass[],
  { onPass }: PassOptions = {},
): LoweredGraph {
  verified("lowering", () => graph);
  let size = sizeOfGraph(graph);
  return passes.reduce((before, pass) => {
    const after = verified(pass.name, () => pass.run(before));
    const sizeBefore = size;
    size = sizeOfGraph(after);
    const rewritten = countRewritten(before, after);
    const form = after.forms?.at(before.forms?.length ?? 0);
    onPass?.({ name: pass.name, before: sizeBefore, after: size, rewritten, ...(form && { form }) }, after);
    return after;
  }, graph);
}

/** Constants do not count: they are there for what reads them. */
function countRewritten(before: LoweredGraph, after: LoweredGraph): number {
  const old = new Map(before.nodes.map((node) => [node.name, node]));
  return after.nodes.filter(({ name, primitive, inputs }) => {
    const same = old.get(name);
    if (primitive.kind === "constant") return false;
    return same?.primitive !== primitive || same.inputs.some((ref, at) => ref.node !== inputs[at]?.node);
  }).length;
}

function verified(producer: string, produce: () => LoweredGraph): LoweredGraph {
  try {
    const graph = produce();
    verifyLowered(graph);
    return graph;
  } catch (error) {
    if (!(error instanceof InternalError)) throw error;
    throw new InternalError(`in ${producer}: ${error.message}`, { cause: error });
  }
}
