/** What the SavedModel target writes, run on the real library and compared with naive loops. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { LoweredGraph, Padding, PrimitiveKind } from "../../src/ir/lowered.ts";
import { interpret } from "../passes/interpret.ts";
import { constantOf, feedFor, randomGraph } from "../passes/random-graph.ts";
import { sketch } from "../passes/sketch.ts";
import { expectSameValues } from "../passes/support.ts";
import { runFormsNatively, runNatively } from "./run-natively.ts";

async function expectNativeAgrees(graph: LoweredGraph, batch = 2): Promise<void> {
  const feed = feedFor(graph, batch);
  const expected = interpret(graph, feed);
  for (const values of (await runFormsNatively(graph, feed)).values())
    expectSameValues(values, expected, 1e-4);
}

it("a network worked out by hand gives its numbers", async () => {
  const graph = sketch([4, 4, 1], (s, x) => {
    // Each output of the convolution is the sum of a 2x2 square, and that sum negated; the bias is -1 and 30.
    const kernel = s.add(
      "kernel",
      constantOf([2, 2, 1, 2], (index) => (index % 2 === 0 ? 1 : -1)),
      [],
    );
    const window = {
      size: [2, 2],
      stride: [2, 2],
      dilation: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
    } as const;
    const conv = s.add("conv", { kind: "convolution", window, groups: 1 }, [x, kernel]);
    const shift = s.add(
      "shift",
      constantOf([2], (index) => [-1, 30][index] ?? 0),
      [],
    );
    const relu = s.relu("relu", s.add("bias", { kind: "bias" }, [conv, shift]));
    const pool = s.maxPool("pool", relu, 2);
    const flat = s.add("flat", { kind: "reshape", shape: [2] }, [pool]);
    const weight = s.add(
      "weight",
      constantOf([2, 3], (index) => [1, 10, 100, 2, 20, 200][index] ?? 0),
      [],
    );
    return s.add("fc", { kind: "matmul" }, [flat, weight]);
  });
  // The squares of 0 … 15 sum to 10, 18, 42, 50: the largest of [9 17 41 49] is 49, of [20 12 0 0] it is 20.
  const x = { shape: [1, 4, 4, 1], data: Float64Array.from({ length: 16 }, (_, index) => index) };
  const { y } = await runNatively(graph, { x });
  expect(y?.shape).toEqual([1, 3]);
  expect([...(y?.data ?? [])]).toEqual([49 + 40, 490 + 400, 4900 + 4000]);
});

it("every kind of primitive, at every rank, computes what the loops compute", async () => {
  const seen = new Map<PrimitiveKind, Set<number>>();
  await fc.assert(
    fc.asyncProperty(randomGraph, fc.integer({ min: 1, max: 3 }), async (graph, batch) => {
      for (const { primitive, outputs } of graph.nodes) {
        const ranks = seen.get(primitive.kind) ?? new Set();
        seen.set(primitive.kind, ranks.add(outputs[0]?.shape.length ?? 0));
      }
      await expectNativeAgrees(graph, batch);
    }),
    { numRuns: 100 },
  );
  for (const kind of [
    "convolution",
    "transposed-convolution",
    "slice",
    "gather",
    "max-pool",
    "average-pool",
    "bias",
    "batch-normalization",
    "concat",
    "leaky-relu",
    "local-response-normalization",
    "power",
    "reduce",
    "subtract",
    "maximum",
  ] as const) {
    expect([...(seen.get(kind) ?? [])], `the ranks at which ${kind} was run`).toEqual(
      expect.arrayContaining([4, 5]),
    );
  }
});

it("negative values survive a padded max pool", async () => {
  const graph = sketch([5, 5, 2], (s, x) => {
    const negative = s.add(
      "shift",
      constantOf([2], () => -9),
      [],
    );
    return s.maxPool("pool", s.add("bias", { kind: "bias" }, [x, negative]), 3, {
      stride: 2,
      padding: [1, 1],
    });
  });
  const feed = feedFor(graph, 2);
  const { y } = await runNatively(graph, feed);
  expect(Math.max(...(y?.data ?? []))).toBeLessThan(-6);
  await expectNativeAgrees(graph);
});

it("a convolution of a value with padded channels sees those channels", async () => {
  for (const shape of [
    [5, 5, 2],
    [4, 5, 5, 2],
  ]) {
    await expectNativeAgrees(
      sketch(shape, (s, x) => {
        const spatial = shape.slice(1).map((): Padding => [0, 1]);
        const padding: readonly Padding[] = [[0, 0], ...spatial, [1, 2]];
        return s.conv("conv", s.add("pad", { kind: "pad", padding, value: 0 }, [x]), 2, 3);
      }),
    );
  }
});

it("a leaky ReLU behind a convolution has its slope, with a bias of any numbers or none", async () => {
  for (const shape of [
    [5, 6, 2],
    [4, 5, 6, 2],
  ]) {
    for (const bias of [undefined, 0, 0.5]) {
      await expectNativeAgrees(
        sketch(shape, (s, x) => {
          const conv = s.conv("conv", x, 3, 4, { padding: [1, 1] });
          const biased =
            bias === undefined
              ? conv
              : s.add("bias", { kind: "bias" }, [conv, s.constant("b", [4], 0, bias)]);
          return s.conv("next", s.add("leaky", { kind: "leaky-relu", slope: 0.5 }, [biased]), 1, 2);
        }),
      );
    }
  }
});

it("dilated and strided convolutions over images and volumes agree", async () => {
  for (const shape of [
    [1, 11, 2],
    [9, 8, 2],
    [7, 6, 5, 2],
  ]) {
    for (const [stride, dilation] of [
      [1, 2],
      [2, 1],
      [2, 2],
    ]) {
      await expectNativeAgrees(
        sketch(shape, (s, x) =>
          s.conv("conv", x, 3, 3, { stride: stride ?? 1, dilation: dilation ?? 1, padding: [3, 2] }),
        ),
      );
    }
  }
});

it("a batch norm that cannot fold is right on vectors, images and volumes", async () => {
  for (const shape of [[5], [4, 5], [3, 4, 5], [2, 3, 4, 5]]) {
    await expectNativeAgrees(sketch(shape, (s, x) => s.relu("relu", s.norm("bn", x, 0.25))));
  }
});

it("nodes run after those that they wait for", async () => {
  const graph = sketch([3], (s, x) => {
    s.add("first", { kind: "identity" }, [x]);
    return s.add("relu", { kind: "pointwise", function: "relu" }, [x], ["first"]);
  });
  await expectNativeAgrees(graph);
});

it("an output may be an input, and one value may leave under two names", async () => {
  await expectNativeAgrees(sketch([3], (s, x) => ({ raw: x, a: s.relu("relu", x), b: s.relu("again", x) })));
});

it("a node may be called like a constant that the target adds", async () => {
  const graph = sketch([4, 4, 2], (s, x) => {
    const mean = s.mean("mean", x);
    const other = s.relu("mean/axes", mean);
    return s.add("mean/axes_", { kind: "identity" }, [other]);
  });
  await expectNativeAgrees(graph);
});

it("each form is right for batches of any size, with an odd map that windows cut in every way", async () => {
  const graph = sketch([17, 13, 3], (s, x) => {
    const stem = s.relu("relu", s.norm("norm", s.conv("stem", x, 7, 6, { stride: 2, padding: [3, 3] })));
    let features = s.maxPool("pool", stem, 3, { stride: 2, padding: [1, 1] });
    for (const layer of ["1", "2"]) {
      const narrow = s.conv(
        `narrow${layer}`,
        s.relu(`relu${layer}`, s.positiveNorm(`bn${layer}`, features)),
        1,
        4,
      );
      const fresh = s.conv(`fresh${layer}`, s.relu(`inner${layer}`, s.norm(`in${layer}`, narrow)), 3, 3, {
        padding: [1, 1],
      });
      features = s.add(`concat${layer}`, { kind: "concat" }, [features, fresh]);
    }
    return {
      map: features,
      mean: s.bias("fc/bias", s.matmul("fc", s.mean("gap", s.relu("last", features)), 5)),
    };
  });
  for (let batch = 1; batch <= 9; batch += 1) {
    const feed = feedFor(graph, batch);
    const forms = await runFormsNatively(graph, feed);
    expect([...forms.keys()].toSorted()).toEqual(["serving_bands", "serving_default", "serving_towers"]);
    for (const values of forms.values()) expectSameValues(values, interpret(graph, feed), 1e-5);
  }
});
