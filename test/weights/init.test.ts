/** Random weights: the distribution of each role, and what a weight depends on. */
import { expect, it } from "vitest";
import type { Weight } from "../../src/ir/graph.ts";
import { bn } from "../../src/ops/bn.ts";
import { conv } from "../../src/ops/conv.ts";
import { linear } from "../../src/ops/linear.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { initFill } from "../../src/weights/init.ts";
import { xoshiro128 } from "../../src/weights/random.ts";
import { graphBuilder } from "../ops/graph-builder.ts";

/** One operation of each kind, with kernels large enough for statistics. */
function graphOf(init: "kaiming" | "xavier" | undefined): CheckedGraph {
  const graph = graphBuilder("m");
  const chosen = init === undefined ? {} : { init };
  const x = graph.input("x", { channels: 32, sizes: [4, 4] });
  const call = { kernel: [3], channels: 64, arguments: { bias: true, ...chosen } };
  const convolved = graph.add("conv", conv, [x], call);
  graph.add("bn", bn, [convolved]);
  const vector = graph.input("vector", { channels: 256, sizes: [] });
  graph.add("linear", linear, [vector], { channels: 128, arguments: chosen });
  return graph.finish();
}

function weightAt(graph: CheckedGraph, path: string): Weight {
  const weight = graph.nodes.flatMap(({ weights }) => weights).find((candidate) => candidate.path === path);
  if (weight === undefined) throw new Error(`no weight ${path}`);
  return weight;
}

function valuesAt(graph: CheckedGraph, path: string, seed = 7): readonly number[] {
  return [...initFill(graph, seed)(weightAt(graph, path))];
}

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centered = values.map((value) => value - mean);
  const variance = centered.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  const fourth = centered.reduce((sum, value) => sum + value ** 4, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), kurtosis: fourth / variance ** 2 };
}

/** Of a uniform distribution within the bound: its deviation is bound / sqrt(3) and its kurtosis 9/5. */
function expectUniform(values: readonly number[], bound: number): void {
  const { mean, deviation, kurtosis } = momentsOf(values);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
  expect(Math.abs(mean)).toBeLessThan(0.02 * bound);
  expect(deviation / (bound / Math.sqrt(3))).toBeCloseTo(1, 1.5);
  expect(kurtosis).toBeCloseTo(1.8, 1);
}

it("kernels of convolutions are normal, by their fan-in", () => {
  const { mean, deviation, kurtosis } = momentsOf(valuesAt(graphOf("kaiming"), "m/conv/weight"));
  const expected = Math.sqrt(2 / (32 * 9));
  expect(Math.abs(mean)).toBeLessThan(0.03 * expected);
  expect(deviation / expected).toBeCloseTo(1, 1.5);
  expect(kurtosis).toBeCloseTo(3, 0.5);
});

it("matrices are uniform by their fan-in, as in PyTorch", () => {
  expectUniform(valuesAt(graphOf("kaiming"), "m/linear/weight"), 1 / Math.sqrt(256));
});

it("kernels under `xavier` are uniform, by both fans", () => {
  const graph = graphOf("xavier");
  expectUniform(valuesAt(graph, "m/conv/weight"), Math.sqrt(6 / (32 * 9 + 64 * 9)));
  expectUniform(valuesAt(graph, "m/linear/weight"), Math.sqrt(6 / (256 + 128)));
});

it("kernels are drawn as under `kaiming` where nothing is said", () => {
  expect(valuesAt(graphOf(undefined), "m/conv/weight")).toEqual(
    valuesAt(graphOf("kaiming"), "m/conv/weight"),
  );
});

it("biases are bounded by the fan-in of their kernel", () => {
  const graph = graphOf("kaiming");
  const [convBound, linearBound] = [1 / Math.sqrt(32 * 9), 1 / Math.sqrt(256)];
  for (const [path, bound] of [
    ["m/conv/bias", convBound],
    ["m/linear/bias", linearBound],
  ] as const) {
    const magnitudes = valuesAt(graph, path).map(Math.abs);
    expect(Math.max(...magnitudes)).toBeLessThanOrEqual(bound);
    expect(Math.max(...magnitudes)).toBeGreaterThan(0.8 * bound);
  }
});

it("batch norms start as the identity", () => {
  const graph = graphOf("kaiming");
  expect(new Set(valuesAt(graph, "m/bn/weight"))).toEqual(new Set([1]));
  expect(new Set(valuesAt(graph, "m/bn/bias"))).toEqual(new Set([0]));
  expect(new Set(valuesAt(graph, "m/bn/running_mean"))).toEqual(new Set([0]));
  expect(new Set(valuesAt(graph, "m/bn/running_var"))).toEqual(new Set([1]));
});

it("a weight depends on its seed and its path, and on nothing else in the graph", () => {
  const graph = graphBuilder("m");
  const x = graph.input("x", { channels: 32, sizes: [4, 4] });
  const before = graph.add("before", conv, [x], { kernel: [1], channels: 32 });
  graph.add("conv", conv, [before], { kernel: [3], channels: 64 });
  const edited = graph.finish();
  const values = valuesAt(graphOf("kaiming"), "m/conv/weight");
  expect(valuesAt(edited, "m/conv/weight")).toEqual(values);
  expect(valuesAt(edited, "m/before/weight").slice(0, 8)).not.toEqual(values.slice(0, 8));
  expect(valuesAt(edited, "m/conv/weight", 8).slice(0, 8)).not.toEqual(values.slice(0, 8));
});

it("the generator gives the numbers of its authors' program", () => {
  const next = xoshiro128([1, 2, 3, 4]);
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});
