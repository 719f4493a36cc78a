/** The start of every graph: what the caller feeds. It is no stage; `input x: …` makes it. */
import { InternalError } from "../base/invariant.ts";
import type { Op } from "./op.ts";

function noOperands(): never {
  throw new InternalError("an input has no operands");
}

export const input: Op<object> = {
  name: "input",
  shape: noOperands,
  weights: () => [],
  macs: () => 0n,
  reference: noOperands,
  lower: noOperands,
};
