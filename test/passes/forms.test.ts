/** Forms that are made of parts: whatever the graph, the sizes and the batch, they compute what the graph computes. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { FormName, LoweredGraph } from "../../src/ir/lowered.ts";
import { batchTowers } from "../../src/passes/batch-towers.ts";
import { savedModelPasses } from "../../src/passes/index.ts";
import { runPasses } from "../../src/passes/pass.ts";
import { rowBands } from "../../src/passes/row-bands.ts";
import { interpret } from "./interpret.ts";
import { feedFor, randomGraph } from "./random-graph.ts";
import { expectSameValues } from "./support.ts";

function expectSameForms(graph: LoweredGraph, expected: LoweredGraph, batch: number): readonly FormName[] {
  const feed = feedFor(expected, batch);
  const values = interpret(expected, feed);
  const forms = (graph.forms ?? []).map(({ name }) => name);
  for (const form of forms) expectSameValues(interpret(graph, feed, form), values, 1e-4);
  return forms;
}

it("forms of random graphs compute what the graph computes", () => {
  const seen = new Map<FormName, number>();
  fc.assert(
    fc.property(randomGraph, fc.integer({ min: 1, max: 5 }), (graph, batch) => {
      for (const form of expectSameForms(runPasses(graph, [rowBands, batchTowers]), graph, batch))
        seen.set(form, (seen.get(form) ?? 0) + 1);
      expectSameForms(runPasses(graph, savedModelPasses), graph, batch);
    }),
    { numRuns: 60 },
  );
  expect(Math.min(...["bands", "towers"].map((form) => seen.get(form as FormName) ?? 0))).toBeGreaterThan(15);
});
