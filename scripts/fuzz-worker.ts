/** Looks at the texts of one batch after the other, and says what it finds: a process that `fuzz.ts` starts. */
import { complaintAbout } from "../test/fuzz/examine.ts";
import { inputOf } from "../test/fuzz/inputs.ts";

/** Texts by their numbers, to be looked at in order. */
export interface Batch {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** What was found of one text. */
export interface Report {
  readonly number: number;
  readonly complaint?: string;
  readonly isLast: boolean;
}

process.on("disconnect", () => process.exit());
process.on("message", ({ seed, from, to }: Batch) => {
  for (let number = from; number < to; number += 1) {
    const complaint = complaintAbout(inputOf(seed, number));
    const isLast = number === to - 1;
    process.send?.({ number, isLast, ...(complaint !== undefined && { complaint }) } satisfies Report);
  }
});
