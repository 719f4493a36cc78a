/** Each pass by example, as text before and after; and all of them on random graphs, by the values computed. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { InternalError } from "../../src/base/invariant.ts";
import { printLowered } from "../../src/ir/lowered-print.ts";
import { bfloat16 } from "../../src/passes/bfloat16.ts";
import {
  graphModelPasses,
  onnxPasses,
  savedModelBfloat16Passes,
  savedModelPasses,
} from "../../src/passes/index.ts";
import { type Pass, type PassResult, runPasses } from "../../src/passes/pass.ts";
import { removeDeadCode } from "../../src/passes/remove-dead-code.ts";
import { browserExamples } from "./browser-examples.ts";
import { formExamples } from "./form-examples.ts";
import { interpret } from "./interpret.ts";
import { optimizationExamples } from "./optimization-examples.ts";
import { feedFor, randomGraph } from "./random-graph.ts";
import { requirementExamples } from "./requirement-examples.ts";
import { sketch } from "./sketch.ts";
import { expectSameGraphs, expectSameValues } from "./support.ts";

const targetPasses = [savedModelPasses, savedModelBfloat16Passes, onnxPasses, graphModelPasses];
const allPasses = new Set(targetPasses.flat());

/** Of the largest number, for what passes round of it. */
function toleranceOf(...passes: readonly Pass[]): number {
  return passes.includes(bfloat16) ? 5e-2 : 1e-4;
}

const examples = [...optimizationExamples, ...requirementExamples, ...browserExamples, ...formExamples];

const folder = new URL("../golden/passes/", import.meta.url);

for (const { pass, name, graph } of examples) {
  it(`${pass.name}: ${name}`, async () => {
    const after = runPasses(graph, [pass]);
    const text = `// ${pass.why}\n\n// before\n${printLowered(graph)}\n// after\n${printLowered(after)}`;
    await expect(text).toMatchFileSnapshot(new URL(`${pass.name}/${name}.txt`, folder).pathname);
    expectSameGraphs(after, graph, pass === bfloat16 ? toleranceOf(pass) : undefined);
  });
}

it("every golden file belongs to an example, and every pass of a target has one", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".txt"),
  );
  expect(files.toSorted()).toEqual(examples.map(({ pass, name }) => `${pass.name}/${name}.txt`).toSorted());
  expect(new Set(examples.map(({ pass }) => pass))).toEqual(allPasses);
});

it("no pass, alone or after the others, changes what a graph computes", () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const feed = feedFor(graph, 2);
      const expected = interpret(graph, feed);
      const text = printLowered(graph);
      for (const pass of allPasses) {
        const after = runPasses(graph, [pass]);
        if (printLowered(after) !== text)
          expectSameValues(interpret(after, feed), expected, toleranceOf(pass));
      }
      for (const passes of targetPasses)
        expectSameValues(interpret(runPasses(graph, passes), feed), expected, toleranceOf(...passes));
    }),
    { numRuns: 100 },
  );
});

it("passes are idempotent", () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      for (const pass of allPasses) {
        const once = runPasses(graph, [removeDeadCode, pass, removeDeadCode]);
        expect(printLowered(runPasses(once, [pass, removeDeadCode]))).toBe(printLowered(once));
      }
    }),
    { numRuns: 50 },
  );
});

it("inputs and outputs keep their names and places", () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const after = runPasses(graph, savedModelPasses);
      expect(after.inputs).toEqual(graph.inputs);
      expect(after.outputs.map(({ name }) => name)).toEqual(graph.outputs.map(({ name }) => name));
      for (const [index, { ref }] of graph.outputs.entries()) {
        if (ref.node !== "net/x") expect(after.outputs[index]?.ref).toEqual(ref);
      }
    }),
    { numRuns: 50 },
  );
});

it("the runner tells what each pass did", () => {
  const graph = sketch([8, 8, 3], (s, x) =>
    s.norm("bn", s.bias("bias", s.conv("conv", s.add("id", { kind: "identity" }, [x]), 3, 4))),
  );
  const results: PassResult[] = [];
  runPasses(graph, savedModelPasses, { onPass: (result) => results.push(result) });
  const told = results.map(({ name, before, after, rewritten }) => [
    name,
    before.operations,
    after.operations,
    rewritten,
  ]);
  expect(told).toEqual([
    ["remove-identity", 4, 3, 1],
    ["merge-padding", 3, 3, 0],
    ["pool-first", 3, 3, 0],
    ["fold-batch-norm", 3, 2, 2],
    ["threshold-form", 2, 2, 0],
    ["depthwise-form", 2, 2, 0],
    ["merge-bias", 2, 2, 0],
    ["flatten-concat", 2, 2, 0],
    ["remove-duplicates", 2, 2, 0],
    ["even-dilation", 2, 2, 0],
    ["group-convolutions", 2, 2, 0],
    ["fold-constants", 2, 2, 0],
    ["row-bands", 2, 2, 7],
    ["batch-towers", 2, 2, 7],
    ["image-rank", 2, 2, 0],
    ["resize-images", 2, 2, 0],
    ["explicit-padding", 2, 2, 0],
    ["fetch-outputs", 2, 2, 0],
    ["remove-dead-code", 2, 2, 0],
  ]);
  expect(results[0]?.before.macs).toBe(6 * 6 * 9 * 3 * 4);
});

it("a pass that leaves a broken graph is named", () => {
  const graph = sketch([4], (s, x) => s.relu("relu", x));
  const drop: Pass = {
    name: "drop-inputs",
    kind: "requirement",
    why: "It must not.",
    run: (g) => ({ ...g, nodes: g.nodes.slice(1) }),
  };
  expect(() => runPasses(graph, [drop])).toThrow(InternalError);
  expect(() => runPasses(graph, [drop])).toThrow("in drop-inputs: relu refers to x");
});
