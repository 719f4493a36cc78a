/** What TensorFlow calls an end of the graph. */
import type { Port } from "../../ir/lowered.ts";

/** An output of a node: `net/fc:0`. */
export function tensorName({ ref }: Port): string {
  return `${ref.node}:${ref.output}`;
}
