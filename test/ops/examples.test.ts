/** Every example of every stage: its shape and parameters are as said, and the library computes what its reference does. */
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import { printShape, type Shape } from "../../src/ir/shape.ts";
import type { Tensor } from "../../src/ir/tensor.ts";
import { countsOf } from "../../src/ops/counts.ts";
import { STAGES } from "../../src/ops/index.ts";
import { interpret } from "../../src/ops/interpret.ts";
import { lowerGraph } from "../../src/ops/lower-graph.ts";
import type { CheckedGraph, Example } from "../../src/ops/op.ts";
import { hashFill, hashInput } from "../../src/weights/hash.ts";
import { fill, type Value } from "../passes/interpret.ts";
import { expectSameValues } from "../passes/support.ts";
import { runNatively } from "../targets/run-natively.ts";

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
  const graph = graphOf(example);
  const weights = hashFill(graph);
  const x = hashInput(example.input, 2);
  const expected = interpret(graph, weights, { x }).get("y");
  if (expected === undefined) throw new Error("the example has no result");
  const actual = await runNatively(lowerGraph(graph, weights), { x: channelsLast(x) });
  expectSameValues(actual, { y: channelsLast(expected) }, 1e-5);
});

function graphOf({ source, input }: Example): CheckedGraph {
  const text = `dn 1;\nmodel example { input x: f32${typeText(input)}; output y = x < ${source} >; }\n`;
  const { graph, diagnostics } = elaborate({ path: `${source}.dn`, text });
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  if (graph === undefined) throw new Error("the example has no graph");
  return graph;
}

function typeText({ channels, sizes }: Shape): string {
  return sizes.length === 0 ? `[${channels}]` : `[${channels} @ ${sizes.join(", ")}]`;
}

function channelsLast({ shape, data }: Tensor): Value {
  const [batch = 1, channels = 1, ...sizes] = shape;
  const positions = sizes.reduce((product, size) => product * size, 1);
  const moved = fill([batch, positions, channels], ([sample = 0, position = 0, channel = 0]) => {
    return data[(sample * channels + channel) * positions + position] ?? Number.NaN;
  });
  return { shape: [batch, ...sizes, channels], data: moved.data };
}
