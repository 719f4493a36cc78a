/** Batch normalization with a ReLU behind it: which form it takes, at which signs and shapes, and that the numbers stay. */
import { expect, it } from "vitest";
import type { LoweredGraph, PrimitiveKind, Ref } from "../../src/ir/lowered.ts";
import { nodesFor } from "../../src/ir/lowered.ts";
import { depthwiseForm } from "../../src/passes/depthwise-form.ts";
import { savedModelPasses } from "../../src/passes/index.ts";
import { mergeBias } from "../../src/passes/merge-bias.ts";
import { runPasses } from "../../src/passes/pass.ts";
import { poolFirst } from "../../src/passes/pool-first.ts";
import { thresholdForm } from "../../src/passes/threshold-form.ts";
import { interpret } from "./interpret.ts";
import { constantOf, feedFor } from "./random-graph.ts";
import { type Sketch, sketch } from "./sketch.ts";
import { expectSameGraphs, expectSameValues } from "./support.ts";

function amountOf(graph: LoweredGraph, kind: PrimitiveKind): number {
  return graph.nodes.filter(({ primitive }) => primitive.kind === kind).length;
}

/** A batch normalization with these scales and offsets, and a ReLU. */
function preActivation(s: Sketch, x: Ref, scales: readonly number[], offsets: readonly number[]): Ref {
  const vector = (name: string, values: readonly number[]): Ref =>
    s.add(
      name,
      constantOf([values.length], (index) => values[index] ?? 0),
      [],
    );
  const statistics = [s.constant("mean", [scales.length]), s.constant("variance", [scales.length], 0.5, 1)];
  return s.relu(
    "relu",
    s.add("bn", { kind: "batch-normalization", epsilon: 1e-5 }, [
      x,
      vector("scale", scales),
      vector("offset", offsets),
      ...statistics,
    ]),
  );
}

function thresholds(graph: LoweredGraph): number {
  const after = runPasses(graph, [thresholdForm]);
  expectSameGraphs(after, graph);
  return amountOf(after, "maximum") - amountOf(graph, "maximum");
}

it("scales above zero make a threshold, whatever the offsets", () => {
  const graph = sketch([4, 4, 4], (s, x) =>
    s.conv("conv", preActivation(s, x, [0.1, 1, 2, 30], [5, -5, 0, -0.25]), 1, 3),
  );
  expect(thresholds(graph)).toBe(1);
});

it("a scale of zero is a constant, positive or not", () => {
  const graph = sketch([4, 4, 3], (s, x) =>
    s.conv("conv", preActivation(s, x, [0, 0, 1], [0.7, -0.7, 0.2]), 3, 3, { stride: 2 }),
  );
  expect(thresholds(graph)).toBe(1);
});

it("one negative scale leaves the batch norm to the depthwise form, which takes any", () => {
  const graph = sketch([4, 4, 3], (s, x) =>
    s.conv("conv", preActivation(s, x, [1, -1, 0], [0.7, -0.7, 0.2]), 1, 3),
  );
  expect(thresholds(graph)).toBe(0);
  const after = runPasses(graph, [depthwiseForm]);
  expect(amountOf(after, "batch-normalization")).toBe(0);
  expectSameGraphs(after, graph);
});

it("a scale so small that its threshold is no number stays a batch norm", () => {
  const graph = sketch([4, 4, 2], (s, x) => s.conv("conv", preActivation(s, x, [1, 1e-38], [0, 30]), 1, 3));
  expect(thresholds(graph)).toBe(0);
});

it("below its threshold a channel gives exactly nothing", () => {
  const graph = sketch([1, 1, 3], (s, x) =>
    s.conv("conv", preActivation(s, x, [0.3, 0.7, 1.1], [-50, -60, -70]), 1, 2),
  );
  const feed = feedFor(graph, 1);
  const { y } = interpret(runPasses(graph, [thresholdForm]), feed);
  expect(Math.max(...(y?.data ?? []).map(Math.abs))).toBeLessThan(1e-5);
});

it("a reader that pads, or that is no linear operation, or an output, keeps the batch norm", () => {
  const scales = [1, 2, 3];
  const readers: readonly ((s: Sketch, relu: Ref) => Ref | Readonly<Record<string, Ref>>)[] = [
    (s, relu) => s.conv("conv", relu, 3, 2, { padding: [0, 1] }),
    (s, relu) => s.averagePool("pool", s.averagePool("padded", relu, 3, { padding: [1, 1] }), 2),
    (s, relu) => s.add("sigmoid", { kind: "pointwise", function: "sigmoid" }, [relu]),
    (s, relu) => ({ y: s.conv("conv", relu, 1, 2), raw: relu }),
    (s, relu) => ({ y: s.conv("conv", relu, 1, 2), z: s.conv("padding", relu, 3, 2, { padding: [1, 1] }) }),
    (s, relu) => s.conv("conv", s.add("pad", { kind: "pad", padding: padsOf(4), value: 0 }, [relu]), 1, 2),
    (s, relu) => s.conv("conv", s.add("last", { kind: "identity" }, [relu], ["relu"]), 1, 2),
    (s, relu) =>
      s.add("max", { kind: "reduce", function: "max", axes: [3], keepsAxes: false }, [
        s.add("id", { kind: "leaky-relu", slope: 0.5 }, [relu]),
      ]),
  ];
  for (const read of readers)
    expect(thresholds(sketch([5, 5, 3], (s, x) => read(s, preActivation(s, x, scales, scales))))).toBe(0);
});

function padsOf(rank: number): readonly (readonly [number, number])[] {
  return Array.from({ length: rank }, (_, axis) => (axis === 1 ? [1, 0] : [0, 0]));
}

it("a kernel that another convolution shares stays as it is for that one", () => {
  const graph = sketch([3, 3, 2], (s, x) => {
    const kernel = s.constant("kernel", [2, 4]);
    const vector = s.mean("gap", preActivation(s, x, [1, 2], [-0.1, 0.1]));
    return {
      a: s.add("fc", { kind: "matmul" }, [vector, kernel]),
      b: s.add("raw", { kind: "matmul" }, [s.mean("other", x), kernel]),
    };
  });
  expect(thresholds(graph)).toBe(1);
});

it("a transition of a DenseNet becomes maximum, pool, convolution and one bias", () => {
  const graph = sketch([6, 6, 4], (s, x) => {
    const conv = s.conv("conv", s.relu("relu", s.positiveNorm("bn", x)), 1, 2);
    return s.relu("next", s.positiveNorm("after", s.averagePool("pool", conv, 2, { stride: 2 })));
  });
  const after = runPasses(graph, savedModelPasses);
  const kinds = nodesFor(after, after.outputs)
    .map(({ primitive }) => primitive.kind)
    .filter((kind) => kind !== "constant");
  expect(kinds).toEqual(["input", "maximum", "average-pool", "convolution", "bias", "pointwise"]);
  expectSameGraphs(after, graph);
});

it("every order of pools, convolutions, biases and norms is as it was, at odd sizes and any batch", () => {
  const steps: readonly ((s: Sketch, name: string, x: Ref) => Ref)[] = [
    (s, name, x) => s.conv(name, x, 1, 3),
    (s, name, x) => s.bias(name, x),
    (s, name, x) => s.positiveNorm(name, x),
    (s, name, x) => s.averagePool(name, x, 2, { stride: 2, padding: [0, 1], countsPadding: false }),
    (s, name, x) => s.averagePool(name, x, 3, { stride: 2, padding: [1, 1] }),
    (s, name, x) => s.add(name, { kind: "resize", sizes: [3, 2] }, [x]),
    (s, name, x) => s.add(name, { kind: "reduce", function: "mean", axes: [1, 2], keepsAxes: true }, [x]),
  ];
  for (const [first, a] of steps.entries()) {
    for (const [second, b] of steps.entries()) {
      for (const [third, c] of steps.entries()) {
        const graph = sketch([7, 5, 2], (s, x) => c(s, "c", b(s, "b", a(s, "a", s.conv("conv", x, 1, 4)))));
        const after = runPasses(graph, [poolFirst, thresholdForm, depthwiseForm, mergeBias]);
        const feed = feedFor(graph, 1 + ((first + second + third) % 3));
        expectSameValues(interpret(after, feed), interpret(graph, feed), 1e-5);
      }
    }
  }
});
