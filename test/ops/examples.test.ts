/** Every example of every stage: its shape and parameters are as said, and the library computes what its reference does. */
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import { printShape } from "../../src/ir/shape.ts";
import { countsOf } from "../../src/ops/counts.ts";
import { STAGES } from "../../src/ops/index.ts";
import type { CheckedGraph, Example } from "../../src/ops/op.ts";
import { rankMismatch } from "../../src/ops/window.ts";
import { hashInput } from "../../src/weights/hash.ts";
import { expectTargetsAgree, typeText } from "./targets-agree.ts";

const examples = STAGES.flatMap((stage) =>
  stage.examples.map((example) => [example.source, example] as const),
);

it.each(examples)("%s has the shape and the parameters that its example says", (_, example) => {
  const graph = graphOf(example);
  const [output] = graph.outputs.map(({ node }) => graph.nodes[node]);
  expect(output && printShape(output.shape)).toBe(printShape(example.output));
  expect(countsOf(graph.nodes, graph).params).toBe(BigInt(example.parameters));
});

it.each(examples)("%s computes natively what its reference computes", async (_, example) => {
  await expectTargetsAgree(graphOf(example), { x: hashInput(example.input, 2) });
});

/** The ranks that the examples of a stage work at, where these are not all. */
const RANKS: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(
    [
      "conv",
      "bottleneck",
      "dwconv",
      "upconv",
      "maxpool",
      "avgpool",
      "gap",
      "gmp",
      "instancenorm",
      "concat",
      "add",
      "mul",
      "sub",
      "max",
      "upsample",
      "pad",
      "crop",
    ].map((name) => [name, [1, 2, 3]]),
  ),
  linear: [0],
  gate: [1, 2, 3],
};

const stages = STAGES.map((stage) => [stage.name, stage] as const);

it.each(stages)("%s computes natively what its reference computes, at every rank", async (name, stage) => {
  for (const { source, input } of stage.examples) {
    const taken: number[] = [];
    for (const sizes of [[], [7], [5, 7], [3, 5, 3]]) {
      const { graph, diagnostics } = elaborateExample({ source, input: { ...input, sizes } });
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      expect(errors.filter(({ code }) => code !== rankMismatch.code)).toEqual([]);
      if (graph === undefined) continue;
      taken.push(sizes.length);
      // Wide enough for the activations that are cut at 6.
      const { shape, data } = hashInput({ ...input, sizes }, 2);
      await expectTargetsAgree(graph, { x: { shape, data: data.map((value) => Math.fround(8 * value)) } });
    }
    expect(taken).toEqual(RANKS[name] ?? [0, 1, 2, 3]);
  }
});

function elaborateExample({ source, input }: Pick<Example, "source" | "input">) {
  const text = `dn 1;\nmodel example { input x: ${typeText(input)}; output y = x < ${source} >; }\n`;
  return elaborate({ path: `${source}.dn`, text });
}

function graphOf(example: Example): CheckedGraph {
  const { graph, diagnostics } = elaborateExample(example);
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  if (graph === undefined) throw new Error("the example has no graph");
  return graph;
}
