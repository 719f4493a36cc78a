/** A graph that a pass is shown on: its text before and after is a golden. */
import type { LoweredGraph } from "../../src/ir/lowered.ts";
import type { Pass } from "../../src/passes/pass.ts";

export interface Example {
  readonly pass: Pass;
  /** The golden's name; with the pass's name it makes a sentence. */
  readonly name: string;
  readonly graph: LoweredGraph;
}
