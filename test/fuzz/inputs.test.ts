/** A few of the texts that `scripts/fuzz.ts` gives the compiler: it takes each, right or wrong. */
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { loadFromRoot } from "./corpus.ts";
import { complaintAbout } from "./examine.ts";
import { type Input, inputOf } from "./inputs.ts";

/** `DNC_FUZZ_RUNS=10000` looks further. */
const nInputs = Number(process.env["DNC_FUZZ_RUNS"] ?? 150);
const SEED = 1;

const inputs = Array.from({ length: nInputs }, (_, number) => inputOf(SEED, number));

it("takes changed specs and texts of the grammar as it should", () => {
  const complaints = inputs.flatMap((input, number) => {
    const complaint = complaintAbout(input);
    return complaint === undefined ? [] : [`${SEED}-${number} (from ${input.path}): ${complaint}`];
  });
  expect(complaints).toEqual([]);
});

it("makes the same text of the same number, and others of others", () => {
  expect(inputOf(SEED, 7)).toEqual(inputOf(SEED, 7));
  expect(new Set(inputs.map(({ text }) => text)).size).toBeGreaterThan(0.9 * nInputs);
});

it("makes texts that are wrong in many ways, and some that are right", () => {
  const errorsOf = ({ path, text }: Input): readonly string[] =>
    check({ path, text }, { load: loadFromRoot }).diagnostics.flatMap(({ severity, code }) =>
      severity === "error" ? [code] : [],
    );
  const found = inputs.slice(0, 100).map(errorsOf);
  expect(new Set(found.flat()).size).toBeGreaterThan(20);
  expect(found.filter((codes) => codes.length === 0).length).toBeGreaterThan(3);
});
