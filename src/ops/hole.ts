/** What stands in a graph for a part of the spec that a mistake leaves unknown. It is no stage; nothing runs it. */
import { InternalError } from "../base/invariant.ts";
import type { Op } from "./op.ts";

function nobodyKnows(): never {
  throw new InternalError("nobody knows what a hole computes");
}

export const hole: Op<object> = {
  name: "hole",
  shape: ([first]) => first,
  weights: () => [],
  macs: () => 0n,
  reference: nobodyKnows,
  lower: nobodyKnows,
};
