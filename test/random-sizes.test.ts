/** Which sizes are valid and which are lossless, against looking at every row of every value for many sizes. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { check } from "../src/compile.ts";
import { contains, printSet } from "../src/ir/size-set.ts";
import { randomSizes } from "./random-sizes.ts";

it("decides for pipelines with branches what looking at every row says", () => {
  fc.assert(
    fc.property(randomSizes, ({ text, at }) => {
      const { models, diagnostics } = check({ path: "net.dn", text }, {});
      const errors = diagnostics.filter(({ severity, code }) => severity === "error" && code !== "DN0501");
      // Sizes that an adaptive pool has fixed fit nowhere.
      if (errors.length > 0) {
        for (let count = 1; count <= 150; count += 1) expect(at(count).valid, errors[0]?.message).toBe(false);
        return;
      }
      const [constraint] = models[0]?.constraints ?? [];
      if (constraint === undefined) throw new Error("no constraint");
      const { valid, lossless } = constraint;
      for (let count = 1; count <= 150; count += 1) {
        expect(
          { count, valid: contains(valid, count), lossless: contains(lossless, count) },
          `${printSet("T", valid)}; ${printSet("T", lossless)}`,
        ).toEqual({ count, ...at(count) });
      }
    }),
    { numRuns: Number(process.env["DNC_FUZZ_RUNS"] ?? 300) },
  );
});
