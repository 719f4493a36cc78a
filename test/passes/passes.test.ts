/** Each pass by example, as text before and after; and all of them on random graphs, by the values computed. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { InternalError } from "../../src/base/invariant.ts";
import type { LoweredGraph } from "../../src/ir/lowered.ts";
import { printLowered } from "../../src/ir/lowered-print.ts";
import { evenDilation } from "../../src/passes/even-dilation.ts";
import { explicitPadding } from "../../src/passes/explicit-padding.ts";
import { fetchOutputs } from "../../src/passes/fetch-outputs.ts";
import { foldBatchNorm } from "../../src/passes/fold-batch-norm.ts";
import { groupConvolutions } from "../../src/passes/group-convolutions.ts";
import { imageRank } from "../../src/passes/image-rank.ts";
import { savedModelPasses } from "../../src/passes/index.ts";
import { type Pass, type PassResult, runPasses } from "../../src/passes/pass.ts";
import { removeDeadCode } from "../../src/passes/remove-dead-code.ts";
import { removeIdentity } from "../../src/passes/remove-identity.ts";
import { resizeImages } from "../../src/passes/resize-images.ts";
import { interpret } from "./interpret.ts";
import { feedFor, randomGraph } from "./random-graph.ts";
import { sketch } from "./sketch.ts";
import { expectSameGraphs, expectSameValues } from "./support.ts";

interface Example {
  readonly pass: Pass;
  /** The golden's name; with the pass's name it makes a sentence. */
  readonly name: string;
  readonly graph: LoweredGraph;
}

const padding = [1, 1] as const;
const nowhere = [0, 0] as const;

const examples: readonly Example[] = [
  {
    pass: foldBatchNorm,
    name: "after-convolution",
    graph: sketch([8, 8, 3], (s, x) =>
      s.relu("relu", s.norm("bn", s.conv("conv", x, 3, 4, { stride: 2, padding }))),
    ),
  },
  {
    pass: foldBatchNorm,
    name: "after-biased-matmul",
    graph: sketch([8], (s, x) => s.norm("bn", s.bias("bias", s.matmul("fc", x, 4)))),
  },
  {
    pass: foldBatchNorm,
    name: "not-after-concat",
    graph: sketch([8, 8, 3], (s, x) =>
      s.norm("bn", s.add("concat", { kind: "concat" }, [s.conv("a", x, 1, 2), s.conv("b", x, 1, 2)])),
    ),
  },
  {
    pass: removeIdentity,
    name: "keeps-outputs",
    graph: sketch([4], (s, x) => {
      const inner = s.add("inner", { kind: "identity" }, [x]);
      return s.add("named", { kind: "identity" }, [s.relu("relu", inner)]);
    }),
  },
  {
    pass: removeIdentity,
    name: "keeps-order",
    graph: sketch([4], (s, x) => {
      s.add("first", { kind: "identity" }, [x]);
      return s.add("relu", { kind: "pointwise", function: "relu" }, [x], ["first"]);
    }),
  },
  {
    pass: evenDilation,
    name: "unequal",
    graph: sketch([4, 9, 9, 2], (s, x) => {
      const kernel = s.constant("kernel", [2, 3, 2, 2, 3]);
      const window = {
        size: [2, 3, 2],
        stride: [1, 2, 1],
        dilation: [3, 2, 4],
        padding: [padding, padding, padding],
      };
      return s.add("conv", { kind: "convolution", window, groups: 1 }, [x, kernel]);
    }),
  },
  {
    pass: evenDilation,
    name: "equal",
    graph: sketch([4, 9, 9, 2], (s, x) => s.conv("conv", x, 2, 3, { dilation: 3 })),
  },
  {
    pass: foldBatchNorm,
    name: "after-transposed-convolution-in-groups",
    graph: sketch([4, 4, 4], (s, x) => {
      const window = { size: [2, 2], stride: [2, 2], dilation: [1, 1], padding: [nowhere, nowhere] };
      const kernel = s.constant("kernel", [2, 2, 3, 4]);
      const upconv = { kind: "transposed-convolution", window, sizes: [8, 8], groups: 2 } as const;
      return s.norm("bn", s.add("upconv", upconv, [x, kernel]));
    }),
  },
  {
    pass: groupConvolutions,
    name: "some-groups",
    graph: sketch([6, 6, 4], (s, x) => {
      const kernel = s.constant("kernel", [3, 3, 2, 6]);
      const window = { size: [3, 3], stride: [2, 1], dilation: [1, 1], padding: [padding, padding] };
      return s.add("conv", { kind: "convolution", window, groups: 2 }, [x, kernel]);
    }),
  },
  {
    pass: groupConvolutions,
    name: "a-group-for-each-channel",
    graph: sketch([1, 9, 4], (s, x) => {
      const kernel = s.constant("kernel", [1, 3, 1, 8]);
      const window = { size: [1, 3], stride: [1, 2], dilation: [1, 1], padding: [nowhere, padding] };
      return s.add("conv", { kind: "convolution", window, groups: 4 }, [x, kernel]);
    }),
  },
  {
    pass: groupConvolutions,
    name: "a-group-for-each-channel-dilated",
    graph: sketch([7, 7, 2], (s, x) => {
      const kernel = s.constant("kernel", [2, 1, 1, 4]);
      const window = { size: [2, 1], stride: [2, 1], dilation: [3, 1], padding: [padding, nowhere] };
      return s.add("conv", { kind: "convolution", window, groups: 2 }, [x, kernel]);
    }),
  },
  {
    pass: explicitPadding,
    name: "depthwise-convolution",
    graph: sketch([5, 5, 2], (s, x) => {
      const kernel = s.constant("kernel", [3, 3, 2, 1]);
      const window = { size: [3, 3], stride: [1, 1], dilation: [1, 1], padding: [padding, padding] };
      return s.add("conv", { kind: "depthwise-convolution", window }, [x, kernel]);
    }),
  },
  {
    pass: explicitPadding,
    name: "transposed-convolution-over-volumes",
    graph: sketch([2, 3, 2, 2], (s, x) => {
      const kernel = s.constant("kernel", [3, 3, 3, 4, 2]);
      const ones = [1, 1, 1];
      const window = {
        size: [3, 3, 3],
        stride: [2, 2, 2],
        dilation: ones,
        padding: [padding, padding, padding],
      };
      const upconv = { kind: "transposed-convolution", window, sizes: [4, 6, 3], groups: 1 } as const;
      return s.add("upconv", upconv, [x, kernel]);
    }),
  },
  {
    pass: imageRank,
    name: "batch-norm-on-vectors",
    graph: sketch([4], (s, x) => s.norm("bn", x)),
  },
  {
    pass: imageRank,
    name: "batch-norm-not-on-volumes",
    graph: sketch([2, 3, 4, 5], (s, x) => s.norm("bn", x)),
  },
  {
    pass: imageRank,
    name: "response-norm-on-volumes",
    graph: sketch([2, 3, 4, 5], (s, x) => {
      const attrs = { radius: 2, bias: 1, alpha: 1e-4, beta: 0.75 } as const;
      return s.add("lrn", { kind: "local-response-normalization", ...attrs }, [x]);
    }),
  },
  {
    pass: explicitPadding,
    name: "max-pool-of-anything",
    graph: sketch([8, 8, 3], (s, x) => s.maxPool("pool", x, 3, { stride: 2, padding })),
  },
  {
    pass: explicitPadding,
    name: "max-pool-after-relu",
    graph: sketch([8, 8, 3], (s, x) => s.maxPool("pool", s.relu("relu", x), 3, { stride: 2, padding })),
  },
  {
    pass: explicitPadding,
    name: "max-pool-after-concat-of-relus",
    graph: sketch([8, 8, 3], (s, x) => {
      const pooled = s.averagePool("average", s.relu("relu1", x), 3, { padding });
      const concat = s.add("concat", { kind: "concat" }, [pooled, s.relu("relu2", s.conv("conv", x, 1, 2))]);
      return s.maxPool("pool", concat, 3, { padding: [0, 1] });
    }),
  },
  {
    pass: explicitPadding,
    name: "max-pool-after-the-larger-of-two",
    graph: sketch([8, 8, 3], (s, x) => {
      const leaky = s.add("leaky", { kind: "leaky-relu", slope: 0.1 }, [s.relu("relu", x)]);
      const larger = s.add("larger", { kind: "maximum" }, [x, leaky]);
      const smaller = s.add("smaller", { kind: "subtract" }, [larger, leaky]);
      return s.add("concat", { kind: "concat" }, [
        s.maxPool("zero", larger, 3, { padding }),
        s.maxPool("infinity", smaller, 3, { padding }),
      ]);
    }),
  },
  {
    pass: explicitPadding,
    name: "max-pool-after-relu-and-bias",
    graph: sketch([8, 8, 3], (s, x) => s.maxPool("pool", s.bias("bias", s.relu("relu", x)), 3, { padding })),
  },
  {
    pass: explicitPadding,
    name: "max-pool-after-sigmoid-and-negative-pad",
    graph: sketch([8, 8, 3], (s, x) => {
      const sigmoid = s.add("sigmoid", { kind: "pointwise", function: "sigmoid" }, [x]);
      const pad = s.add("pad", { kind: "pad", padding: [nowhere, padding, padding, nowhere], value: -1 }, [
        sigmoid,
      ]);
      return { a: s.maxPool("pool1", sigmoid, 3, { padding }), b: s.maxPool("pool2", pad, 3, { padding }) };
    }),
  },
  {
    pass: explicitPadding,
    name: "average-pool-counting",
    graph: sketch([8, 8, 3], (s, x) => s.averagePool("pool", x, 3, { stride: 2, padding })),
  },
  {
    pass: explicitPadding,
    name: "average-pool-not-counting",
    graph: sketch([8, 8, 3], (s, x) =>
      s.averagePool("pool", x, 3, { padding: [0, 2], countsPadding: false }),
    ),
  },
  {
    pass: explicitPadding,
    name: "convolution-over-volumes",
    graph: sketch([4, 4, 4, 2], (s, x) => s.conv("conv", x, 3, 2, { padding: [1, 2] })),
  },
  {
    pass: explicitPadding,
    name: "not-in-images",
    graph: sketch([4, 4, 2], (s, x) => s.conv("conv", x, 3, 2, { padding: [1, 2] })),
  },
  {
    pass: resizeImages,
    name: "volume",
    graph: sketch([3, 4, 5, 2], (s, x) => s.add("resize", { kind: "resize", sizes: [6, 7, 8] }, [x])),
  },
  {
    pass: resizeImages,
    name: "not-images",
    graph: sketch([3, 4, 2], (s, x) => s.add("resize", { kind: "resize", sizes: [6, 7] }, [x])),
  },
  {
    pass: fetchOutputs,
    name: "of-inputs",
    graph: sketch([4], (s, x) => ({ same: x, again: x, y: s.relu("x/output", x) })),
  },
  {
    pass: removeDeadCode,
    name: "unused-branch",
    graph: sketch([4, 4, 2], (s, x) => {
      s.relu("unused", s.conv("conv", x, 3, 2));
      s.add("awaited", { kind: "identity" }, [s.constant("seed", [1])]);
      return s.add("relu", { kind: "pointwise", function: "relu" }, [x], ["awaited"]);
    }),
  },
];

const folder = new URL("../golden/passes/", import.meta.url);

for (const { pass, name, graph } of examples) {
  it(`${pass.name}: ${name}`, async () => {
    const after = runPasses(graph, [pass]);
    const text = `// ${pass.why}\n\n// before\n${printLowered(graph)}\n// after\n${printLowered(after)}`;
    await expect(text).toMatchFileSnapshot(new URL(`${pass.name}/${name}.txt`, folder).pathname);
    expectSameGraphs(after, graph);
  });
}

it("every golden file belongs to an example, and every pass of a target has one", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".txt"),
  );
  expect(files.toSorted()).toEqual(examples.map(({ pass, name }) => `${pass.name}/${name}.txt`).toSorted());
  expect(new Set(examples.map(({ pass }) => pass))).toEqual(new Set(savedModelPasses));
});

it("no pass, alone or after the others, changes what a graph computes", () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const feed = feedFor(graph, 2);
      const expected = interpret(graph, feed);
      for (const pass of savedModelPasses)
        expectSameValues(interpret(runPasses(graph, [pass]), feed), expected, 1e-4);
      expectSameValues(interpret(runPasses(graph, savedModelPasses), feed), expected, 1e-4);
    }),
    { numRuns: 150 },
  );
});

it("passes but folding, which sees one batch norm of several in a row, are idempotent", () => {
  const passes = savedModelPasses.filter((pass) => pass !== foldBatchNorm);
  fc.assert(
    fc.property(randomGraph, (graph) => {
      for (const pass of passes) {
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
  expect(results).toEqual([
    { name: "remove-identity", before: 4, after: 3 },
    { name: "fold-batch-norm", before: 3, after: 2 },
    { name: "even-dilation", before: 2, after: 2 },
    { name: "group-convolutions", before: 2, after: 2 },
    { name: "image-rank", before: 2, after: 2 },
    { name: "resize-images", before: 2, after: 2 },
    { name: "explicit-padding", before: 2, after: 2 },
    { name: "fetch-outputs", before: 2, after: 2 },
    { name: "remove-dead-code", before: 2, after: 2 },
  ]);
});

it("a pass that leaves a broken graph is named", () => {
  const graph = sketch([4], (s, x) => s.relu("relu", x));
  const drop: Pass = {
    name: "drop-inputs",
    why: "It must not.",
    run: (g) => ({ ...g, nodes: g.nodes.slice(1) }),
  };
  expect(() => runPasses(graph, [drop])).toThrow(InternalError);
  expect(() => runPasses(graph, [drop])).toThrow("in drop-inputs: relu refers to x");
});
