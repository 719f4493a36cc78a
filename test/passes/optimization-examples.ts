/** Each pass that makes graphs faster, by example. */
import { depthwiseForm } from "../../src/passes/depthwise-form.ts";
import { flattenConcat } from "../../src/passes/flatten-concat.ts";
import { foldBatchNorm } from "../../src/passes/fold-batch-norm.ts";
import { foldConstants } from "../../src/passes/fold-constants.ts";
import { mergeBias } from "../../src/passes/merge-bias.ts";
import { mergePadding } from "../../src/passes/merge-padding.ts";
import { poolFirst } from "../../src/passes/pool-first.ts";
import { removeDuplicates } from "../../src/passes/remove-duplicates.ts";
import { removeIdentity } from "../../src/passes/remove-identity.ts";
import { thresholdForm } from "../../src/passes/threshold-form.ts";
import type { Example } from "./example.ts";
import { sketch } from "./sketch.ts";

const padding = [1, 1] as const;
const nowhere = [0, 0] as const;

export const optimizationExamples: readonly Example[] = [
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
    name: "scales-in-a-row",
    graph: sketch([8, 8, 3], (s, x) => {
      const norm = s.norm("bn", s.bias("bias", s.conv("conv", x, 3, 4)));
      const halved = s.add("half", { kind: "multiply" }, [norm, s.constant("one-half", [], 0, 0.5)]);
      const scaled = s.add("scale", { kind: "multiply" }, [halved, s.constant("factor", [1, 1, 1, 4])]);
      return s.add("rows", { kind: "multiply" }, [scaled, s.constant("of-rows", [1, 6, 1, 1])]);
    }),
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
    pass: poolFirst,
    name: "before-a-transition",
    graph: sketch([8, 8, 6], (s, x) => {
      const conv = s.bias("bias", s.conv("conv", s.relu("relu", x), 1, 3));
      return s.averagePool("pool", s.norm("bn", conv), 2, { stride: 2 });
    }),
  },
  {
    pass: poolFirst,
    name: "before-two-convolutions",
    graph: sketch([6, 6, 2], (s, x) => {
      const wide = s.conv("wide", x, 1, 8);
      return s.averagePool("pool", s.conv("narrow", wide, 1, 2), 3, { stride: 3 });
    }),
  },
  {
    pass: poolFirst,
    name: "with-a-mean-makes-a-matmul",
    graph: sketch([4, 4, 5], (s, x) => s.mean("gap", s.bias("bias", s.conv("conv", x, 1, 3)))),
  },
  {
    pass: poolFirst,
    name: "not-where-padding-would-be-biased",
    graph: sketch([8, 8, 6], (s, x) =>
      s.averagePool("pool", s.bias("bias", s.conv("conv", x, 1, 3)), 3, { stride: 2, padding }),
    ),
  },
  {
    pass: poolFirst,
    name: "not-where-nothing-gets-smaller",
    graph: sketch([8, 8, 6], (s, x) => s.averagePool("pool", s.conv("conv", x, 1, 3), 3, { padding })),
  },
  {
    pass: thresholdForm,
    name: "before-a-convolution",
    graph: sketch([8, 8, 3], (s, x) => s.conv("conv", s.relu("relu", s.positiveNorm("bn", x)), 1, 4)),
  },
  {
    pass: thresholdForm,
    name: "through-pools-to-all-readers",
    graph: sketch([8, 8, 4], (s, x) => {
      const relu = s.relu("relu", s.positiveNorm("bn", x));
      const pooled = s.averagePool("pool", s.maxPool("max", relu, 3, { padding }), 2, { stride: 2 });
      const kernel = s.constant("kernel", [3, 3, 2, 6]);
      const window = { size: [3, 3], stride: [2, 2], dilation: [1, 1], padding: [nowhere, nowhere] };
      return {
        a: s.conv("conv", pooled, 1, 2),
        b: s.add("grouped", { kind: "convolution", window, groups: 2 }, [relu, kernel]),
        c: s.bias("bias", s.matmul("fc", s.mean("gap", relu), 3)),
      };
    }),
  },
  {
    pass: thresholdForm,
    name: "not-before-padding",
    graph: sketch([8, 8, 3], (s, x) =>
      s.conv("conv", s.relu("relu", s.positiveNorm("bn", x)), 3, 4, { padding }),
    ),
  },
  {
    pass: thresholdForm,
    name: "not-with-negative-scales",
    graph: sketch([8, 8, 3], (s, x) => s.conv("conv", s.relu("relu", s.norm("bn", x)), 1, 4)),
  },
  {
    pass: depthwiseForm,
    name: "before-padding",
    graph: sketch([8, 8, 3], (s, x) => s.conv("conv", s.relu("relu", s.norm("bn", x)), 3, 4, { padding })),
  },
  {
    pass: depthwiseForm,
    name: "not-on-volumes",
    graph: sketch([2, 3, 4, 5], (s, x) => s.norm("bn", x)),
  },
  {
    pass: mergeBias,
    name: "three",
    graph: sketch([4, 4, 3], (s, x) =>
      s.bias("third", s.bias("second", s.bias("first", s.conv("conv", x, 1, 2)))),
    ),
  },
  {
    pass: flattenConcat,
    name: "nested",
    graph: sketch([4, 4, 2], (s, x) => {
      const relu = s.relu("relu", x);
      const concat = { kind: "concat" } as const;
      const inner = s.add("inner", concat, [x, relu]);
      const shared = s.add("shared", concat, [relu, x]);
      const middle = s.add("middle", concat, [inner, shared]);
      return { y: s.add("outer", concat, [x, middle, shared]), z: shared };
    }),
  },
  {
    pass: mergePadding,
    name: "before-convolutions",
    graph: sketch([6, 6, 2], (s, x) => {
      const pad = { kind: "pad", padding: [nowhere, [1, 2], padding, nowhere], value: 0 } as const;
      const outer = s.add("outer", pad, [s.add("inner", pad, [x])]);
      return { a: s.conv("a", outer, 3, 2, { padding }), b: s.conv("b", outer, 1, 3) };
    }),
  },
  {
    pass: mergePadding,
    name: "not-before-pools-nor-of-ones",
    graph: sketch([6, 6, 2], (s, x) => {
      const around = [nowhere, padding, padding, nowhere];
      const zeros = s.add("zeros", { kind: "pad", padding: around, value: 0 }, [x]);
      const ones = s.add("ones", { kind: "pad", padding: around, value: 1 }, [x]);
      const channels = s.add(
        "channels",
        { kind: "pad", padding: [nowhere, padding, padding, padding], value: 0 },
        [x],
      );
      return {
        a: s.maxPool("pool", zeros, 3),
        b: s.conv("conv", zeros, 3, 2),
        c: s.conv("other", ones, 3, 2),
        d: s.conv("wide", channels, 3, 2),
      };
    }),
  },
  {
    pass: removeDuplicates,
    name: "twins",
    graph: sketch([6, 6, 2], (s, x) => {
      const left = s.maxPool("left", s.relu("relu", x), 3, { stride: 3 });
      const right = s.maxPool("right", s.relu("again", x), 3, { stride: 3 });
      const other = s.maxPool("other", x, 3, { stride: 3 });
      return { y: s.add("sum", { kind: "add" }, [left, right]), left, other };
    }),
  },
  {
    pass: removeIdentity,
    name: "of-other-kinds",
    graph: sketch([4, 4, 2], (s, x) => {
      const whole = s.add("whole", { kind: "slice", begin: [0, 0, 0], end: [4, 4, 2], step: [1, 1, 1] }, [x]);
      const same = s.add("same", { kind: "reshape", shape: [4, 4, 2] }, [whole]);
      const still = s.add("still", { kind: "transpose", permutation: [0, 1, 2, 3] }, [same]);
      const none = s.add("none", { kind: "pad", padding: [nowhere, nowhere, nowhere, nowhere], value: 3 }, [
        still,
      ]);
      return s.relu("relu", s.add("flat", { kind: "reshape", shape: [4, 8] }, [none]));
    }),
  },
  {
    pass: foldConstants,
    name: "slices-and-reshapes",
    graph: sketch([3], (s, x) => {
      const weight = s.constant("weight", [1, 3, 8]);
      const slice = { kind: "slice", begin: [0, 1], end: [3, 7], step: [1, 3] } as const;
      const part = s.add("part", slice, [weight]);
      const moved = s.add("moved", { kind: "reshape", shape: [2, 3] }, [part]);
      const flat = s.add("flat", { kind: "slice", begin: [0, 0], end: [1, 3], step: [1, 1] }, [moved]);
      return s.add("sum", { kind: "add" }, [x, s.add("last", { kind: "reshape", shape: [3] }, [flat])]);
    }),
  },
];
