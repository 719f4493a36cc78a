/** Folding batch normalization: what folds, what must not, and that the numbers stay. */
import { expect, it } from "vitest";
import type { LoweredGraph } from "../../src/ir/lowered.ts";
import { foldBatchNorm } from "../../src/passes/fold-batch-norm.ts";
import { interpret } from "./interpret.ts";
import { feedFor } from "./random-graph.ts";
import { type Sketch, sketch } from "./sketch.ts";
import { expectSameGraphs, expectSameValues } from "./support.ts";

function normsIn(graph: LoweredGraph): number {
  return graph.nodes.filter(({ primitive }) => primitive.kind === "batch-normalization").length;
}

function expectUnfolded(graph: LoweredGraph): void {
  const after = foldBatchNorm.run(graph);
  expect(normsIn(after)).toBe(normsIn(graph));
  expectSameGraphs(after, graph);
}

it("a batch norm after a convolution becomes a bias of the same name", () => {
  const graph = sketch([5, 5, 2], (s, x) => s.norm("bn", s.conv("conv", x, 3, 4)));
  const after = foldBatchNorm.run(graph);
  expect(after.nodes.find(({ name }) => name === "bn")?.primitive.kind).toBe("bias");
  expect(after.outputs).toEqual(graph.outputs);
  expectSameGraphs(after, graph);
});

it("a large epsilon counts", () => {
  const graph = sketch([5, 5, 2], (s, x) => s.norm("bn", s.conv("conv", x, 3, 4), 0.7));
  expect(normsIn(foldBatchNorm.run(graph))).toBe(0);
  expectSameGraphs(foldBatchNorm.run(graph), graph);
});

it("a bias between convolution and batch norm is folded too", () => {
  const graph = sketch([5, 5, 2], (s, x) => s.norm("bn", s.bias("bias", s.conv("conv", x, 3, 4)), 0.3));
  const after = foldBatchNorm.run(graph);
  expect(after.nodes.some(({ name }) => name === "bias")).toBe(false);
  expectSameGraphs(after, graph);
});

it("a batch norm after a matmul folds, with and without its bias", () => {
  for (const withBias of [false, true]) {
    const graph = sketch([6], (s, x) => {
      const product = s.matmul("fc", x, 3);
      return s.norm("bn", withBias ? s.bias("bias", product) : product, 0.3);
    });
    const after = foldBatchNorm.run(graph);
    expect(normsIn(after)).toBe(0);
    expectSameGraphs(after, graph);
  }
});

it("in a chain of convolutions every batch norm folds", () => {
  const graph = sketch([9, 9, 2], (s, x) => {
    const first = s.relu("relu", s.norm("bn1", s.conv("conv1", x, 3, 4)));
    return s.norm("bn2", s.conv("conv2", first, 3, 3));
  });
  expect(normsIn(foldBatchNorm.run(graph))).toBe(0);
  expectSameGraphs(foldBatchNorm.run(graph), graph);
});

it("a convolution over volumes folds", () => {
  const graph = sketch([4, 4, 4, 2], (s, x) => s.norm("bn", s.conv("conv", x, 2, 3)));
  expect(normsIn(foldBatchNorm.run(graph))).toBe(0);
  expectSameGraphs(foldBatchNorm.run(graph), graph);
});

it("a convolution whose values another node or an output needs keeps its batch norm", () => {
  expectUnfolded(
    sketch([5, 5, 2], (s, x) => {
      const conv = s.conv("conv", x, 3, 4);
      return s.add("concat", { kind: "concat" }, [conv, s.norm("bn", conv)]);
    }),
  );
  expectUnfolded(
    sketch([5, 5, 2], (s, x) => {
      const conv = s.conv("conv", x, 3, 4);
      return { raw: conv, y: s.norm("bn", conv) };
    }),
  );
  expectUnfolded(
    sketch([5, 5, 2], (s, x) => {
      const conv = s.conv("conv", x, 3, 4);
      const bias = s.bias("bias", conv);
      return { raw: conv, y: s.norm("bn", bias) };
    }),
  );
});

it("two batch norms on one convolution stay", () => {
  expectUnfolded(
    sketch([5, 5, 2], (s, x) => {
      const conv = s.conv("conv", x, 3, 4);
      return { a: s.norm("bn1", conv), b: s.norm("bn2", conv) };
    }),
  );
});

it("a batch norm on anything that is not linear stays", () => {
  expectUnfolded(sketch([5, 5, 2], (s, x) => s.norm("bn", x)));
  expectUnfolded(sketch([5, 5, 2], (s, x) => s.norm("bn", s.relu("relu", s.conv("conv", x, 3, 4)))));
  expectUnfolded(
    sketch([5, 5, 2], (s, x) => {
      const concat = s.add("concat", { kind: "concat" }, [s.conv("a", x, 3, 2), s.conv("b", x, 3, 2)]);
      return s.norm("bn", concat);
    }),
  );
});

it("a batch norm whose statistics are computed stays", () => {
  expectUnfolded(
    sketch([5, 5, 1], (s, x) => {
      const conv = s.conv("conv", x, 3, 4);
      const scale = s.constant("scale", [4]);
      const computed = s.add("computed", { kind: "identity" }, [scale]);
      const others = ["offset", "mean"].map((name) => s.constant(name, [4]));
      const variance = s.constant("variance", [4], 0.5, 1);
      return s.add("bn", { kind: "batch-normalization", epsilon: 0.1 }, [
        conv,
        computed,
        ...others,
        variance,
      ]);
    }),
  );
});

it("a bias that other nodes wait for stays, and with it the batch norm", () => {
  expectUnfolded(
    sketch([5, 5, 2], (s, x) => {
      const bias = s.bias("bias", s.conv("conv", x, 3, 4));
      const norm = s.norm("bn", bias);
      return s.add("last", { kind: "identity" }, [norm], ["bias"]);
    }),
  );
});

it("a bias that waits for another node stays, and with it the batch norm", () => {
  expectUnfolded(
    sketch([5, 5, 2], (s, x) => {
      s.add("first", { kind: "identity" }, [x]);
      const shift = s.constant("shift", [4]);
      return s.norm("bn", s.add("bias", { kind: "bias" }, [s.conv("conv", x, 3, 4), shift], ["first"]));
    }),
  );
});

it("a kernel that two convolutions share is scaled for its own only", () => {
  const graph = sketch([5, 5, 2], (s, x) => {
    const kernel = s.constant("kernel", [3, 3, 2, 4]);
    const window = {
      size: [3, 3],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
    } as const;
    const first = s.add("conv1", { kind: "convolution", window, groups: 1 }, [x, kernel]);
    const second = s.add("conv2", { kind: "convolution", window, groups: 1 }, [x, kernel]);
    return { a: s.norm("bn", first), b: second };
  });
  const after = foldBatchNorm.run(graph);
  expect(normsIn(after)).toBe(0);
  expectSameGraphs(after, graph);
});

it("the kernel is scaled in float64 and rounded once", () => {
  const graph = sketch([1, 1, 1], (s, x) => s.norm("bn", s.conv("conv", x, 1, 1)));
  const values = (name: string): number => {
    const primitive = graph.nodes.find((node) => node.name === name)?.primitive;
    return primitive?.kind === "constant" ? (primitive.values()[0] ?? Number.NaN) : Number.NaN;
  };
  const scale = values("bn/scale") / Math.sqrt(values("bn/variance") + 1e-5);
  const kernel = Math.fround(values("conv/weight") * scale);
  const bias = Math.fround(values("bn/offset") - values("bn/mean") * scale);
  const feed = feedFor(graph, 1);
  const expected = { y: { shape: [1, 1, 1, 1], data: feed.x.data.map((value) => value * kernel + bias) } };
  expectSameValues(interpret(foldBatchNorm.run(graph), feed), expected, 0);
});

it("folding makes no values until someone reads them", () => {
  let made = 0;
  const graph = sketch([5, 5, 2], (s, x) => {
    const values = (): Float32Array => {
      made += 1;
      return new Float32Array(72);
    };
    const kernel = s.add("kernel", { kind: "constant", shape: [3, 3, 2, 4], values }, []);
    const window = {
      size: [3, 3],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
    } as const;
    return s.norm("bn", s.add("conv", { kind: "convolution", window, groups: 1 }, [x, kernel]));
  });
  const after = foldBatchNorm.run(graph);
  expect(made).toBe(0);
  interpret(after, feedFor(after, 1));
  expect(made).toBeGreaterThan(0);
});

/** Huang et al. 2017, table 1: the network without its numbers. */
function densenet121(): LoweredGraph {
  const preActivated = (s: Sketch, name: string, x: Parameters<Sketch["norm"]>[1]) =>
    s.relu(`${name}/relu`, s.norm(`${name}/bn`, x));
  return sketch([224, 224, 3], (s, x) => {
    let features = s.conv("stem", x, 7, 64, { stride: 2, padding: [3, 3] });
    features = s.maxPool("pool", preActivated(s, "stem0", features), 3, { stride: 2, padding: [1, 1] });
    let channels = 64;
    for (const [block, nLayers] of [6, 12, 24, 16].entries()) {
      if (block > 0) {
        channels /= 2;
        features = s.conv(`t${block}/conv`, preActivated(s, `t${block}`, features), 1, channels);
        features = s.averagePool(`t${block}/pool`, features, 2, { stride: 2 });
      }
      for (let layer = 0; layer < nLayers; layer += 1) {
        const name = `b${block}/l${layer}`;
        const narrow = s.conv(`${name}/conv1`, preActivated(s, `${name}/n1`, features), 1, 128);
        const fresh = s.conv(`${name}/conv2`, preActivated(s, `${name}/n2`, narrow), 3, 32, {
          padding: [1, 1],
        });
        features = s.add(`${name}/concat`, { kind: "concat" }, [features, fresh]);
        channels += 32;
      }
    }
    const mean = s.mean("gap", preActivated(s, "last", features));
    return s.bias("fc/bias", s.matmul("fc", mean, 1000));
  });
}

it("of the 121 batch norms of DenseNet-121, 59 fold", () => {
  const graph = densenet121();
  expect(normsIn(graph)).toBe(121);
  expect(normsIn(foldBatchNorm.run(graph))).toBe(121 - 59);
});
