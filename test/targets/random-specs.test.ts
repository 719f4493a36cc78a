/** Random specs, at all ranks and at batches of 1 to 9, compute on every target what their references compute. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import type { Shape } from "../../src/ir/shape.ts";
import { countsOf } from "../../src/ops/counts.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { hashInput } from "../../src/weights/hash.ts";
import { randomSpec } from "../fuzz/random-spec.ts";
import { expectTargetsAgree } from "../ops/targets-agree.ts";

/** Multiply-adds of a batch that the loops of the references do in a second or two. */
const MOST_WORK = 20_000_000n;

it("random specs compute on every target what their references compute", async () => {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(randomSpec, fc.integer({ min: 1, max: 9 }), async (text, batch) => {
      const { graph } = elaborate({ path: "net.dn", text });
      if (graph === undefined) throw new Error("the spec has no graph");
      fc.pre(countsOf(graph.nodes, graph).macs * BigInt(batch) < MOST_WORK);
      tried += 1;
      await expectTargetsAgree(graph, { x: hashInput(inputShapeOf(graph), batch) });
    }),
    { numRuns: Number(process.env["DNC_FUZZ_RUNS"] ?? 40), maxSkipsPerRun: 1000 },
  );
  expect(tried).toBeGreaterThanOrEqual(40);
});

function inputShapeOf({ inputs: [input], nodes }: CheckedGraph): Shape {
  const shape = input && nodes[input.node]?.shape;
  if (shape === undefined) throw new Error("the spec has no input");
  return shape;
}
