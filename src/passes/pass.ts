/** What a pass is, and the runner, which verifies the graph after every one. A pass changes form, never values. */
import { InternalError } from "../base/invariant.ts";
import type { LoweredGraph } from "../ir/lowered.ts";
import { verifyLowered } from "../ir/lowered-types.ts";

export interface Pass {
  /** `fold-batch-norm`: what `--print-after` takes. */
  readonly name: string;
  /** A sentence: what is better or possible after it. */
  readonly why: string;
  run(graph: LoweredGraph): LoweredGraph;
}

/** What a pass did; operations are nodes that compute, constants and inputs not counted. */
export interface PassResult {
  readonly name: string;
  readonly before: number;
  readonly after: number;
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
  return passes.reduce((before, pass) => {
    const after = verified(pass.name, () => pass.run(before));
    onPass?.({ name: pass.name, before: countOperations(before), after: countOperations(after) }, after);
    return after;
  }, graph);
}

function countOperations(graph: LoweredGraph): number {
  return graph.nodes.filter(({ primitive: { kind } }) => kind !== "constant" && kind !== "input").length;
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
