/** Each pass that makes graphs possible for a target, by example. */
import { bfloat16 } from "../../src/passes/bfloat16.ts";
import { evenDilation } from "../../src/passes/even-dilation.ts";
import { explicitPadding } from "../../src/passes/explicit-padding.ts";
import { fetchOutputs } from "../../src/passes/fetch-outputs.ts";
import { groupConvolutions } from "../../src/passes/group-convolutions.ts";
import { imageRank, lrnRank } from "../../src/passes/image-rank.ts";
import { removeDeadCode } from "../../src/passes/remove-dead-code.ts";
import { resizeImages } from "../../src/passes/resize-images.ts";
import type { Example } from "./example.ts";
import { sketch } from "./sketch.ts";

const padding = [1, 1] as const;
const nowhere = [0, 0] as const;

export const requirementExamples: readonly Example[] = [
  {
    pass: bfloat16,
    name: "inside",
    graph: sketch([6, 6, 3], (s, x) => {
      const conv = s.bias("bias", s.conv("conv", x, 3, 4));
      const normed = s.norm("norm", s.add("relu", { kind: "pointwise", function: "relu" }, [conv]));
      const mean = { kind: "reduce", function: "mean", axes: [1, 2], keepsAxes: false } as const;
      return s.add("gap", mean, [s.add("join", { kind: "concat" }, [normed, conv])]);
    }),
  },
  {
    pass: bfloat16,
    name: "two-readers-of-a-version",
    graph: sketch([6, 6, 3], (s, x) => {
      const left = s.conv("left", x, 1, 3);
      return s.add("sum", { kind: "add" }, [left, s.add("max", { kind: "maximum" }, [x, left])]);
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
    pass: groupConvolutions,
    name: "two-positions-are-not-one-at-a-larger-stride",
    graph: sketch([5, 4, 2], (s, x) => {
      const kernel = s.constant("kernel", [1, 3, 1, 2]);
      const window = { size: [1, 3], stride: [2, 1], dilation: [1, 1], padding: [nowhere, nowhere] };
      return s.add("conv", { kind: "convolution", window, groups: 2 }, [x, kernel]);
    }),
  },
  {
    pass: explicitPadding,
    name: "not-as-much-as-keeps-the-sizes",
    graph: sketch([5, 6, 2], (s, x) => {
      const kernel = s.constant("kernel", [3, 3, 2, 1]);
      const window = { size: [3, 3], stride: [1, 1], dilation: [1, 1], padding: [padding, padding] };
      const conv = s.add("conv", { kind: "depthwise-convolution", window }, [x, kernel]);
      const halved = { ...window, stride: [2, 2], padding: [padding, [0, 1]] } as const;
      const mean = { kind: "average-pool", window: halved, countsPadding: false } as const;
      const most = { kind: "max-pool", window: { ...halved, padding: [padding, [1, 0]] } } as const;
      return { a: s.add("mean", mean, [conv]), b: s.add("most", most, [conv]) };
    }),
  },
  {
    pass: explicitPadding,
    name: "depthwise-convolution",
    graph: sketch([6, 6, 2], (s, x) => {
      const kernel = s.constant("kernel", [3, 3, 2, 1]);
      const window = { size: [3, 3], stride: [2, 2], dilation: [1, 1], padding: [padding, padding] };
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
    pass: lrnRank,
    name: "response-norm-on-vectors",
    graph: sketch([4], (s, x) => {
      const attrs = { radius: 1, bias: 2, alpha: 0.5, beta: 0.75 } as const;
      return s.norm("bn", s.add("lrn", { kind: "local-response-normalization", ...attrs }, [x]));
    }),
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
        s.maxPool("zero", larger, 3, { stride: 2, padding }),
        s.maxPool("infinity", smaller, 3, { stride: 2, padding }),
      ]);
    }),
  },
  {
    pass: explicitPadding,
    name: "max-pool-after-relu-and-bias",
    graph: sketch([8, 8, 3], (s, x) =>
      s.maxPool("pool", s.bias("bias", s.relu("relu", x)), 3, { stride: 2, padding }),
    ),
  },
  {
    pass: explicitPadding,
    name: "max-pool-after-sigmoid-and-negative-pad",
    graph: sketch([8, 8, 3], (s, x) => {
      const sigmoid = s.add("sigmoid", { kind: "pointwise", function: "sigmoid" }, [x]);
      const pad = s.add("pad", { kind: "pad", padding: [nowhere, padding, padding, nowhere], value: -1 }, [
        sigmoid,
      ]);
      return {
        a: s.maxPool("pool1", sigmoid, 3, { stride: 2, padding }),
        b: s.maxPool("pool2", pad, 3, { stride: 2, padding }),
      };
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
