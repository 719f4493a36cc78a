/** Each pass that adds a form to a graph, by example. */
import { batchTowers } from "../../src/passes/batch-towers.ts";
import { rowBands } from "../../src/passes/row-bands.ts";
import type { Example } from "./example.ts";
import { sketch } from "./sketch.ts";

const padding = [1, 1] as const;
const nowhere = [0, 0] as const;

export const formExamples: readonly Example[] = [
  {
    pass: rowBands,
    name: "windows-read-the-rows-of-neighbors",
    graph: sketch([14, 14, 3], (s, x) => {
      const relu = s.relu("relu", s.bias("bias", s.conv("conv", x, 3, 4, { stride: 2, padding })));
      return s.conv("dilated", s.maxPool("pool", relu, 2), 3, 2, { dilation: 2, padding: [2, 2] });
    }),
  },
  {
    pass: rowBands,
    name: "a-mean-of-bands-is-weighted",
    graph: sketch([7, 7, 3], (s, x) => {
      const conv = s.conv("conv", x, 1, 4);
      const most = s.add("most", { kind: "reduce", function: "max", axes: [1, 2], keepsAxes: true }, [conv]);
      return s.mean("gap", s.add("less", { kind: "subtract" }, [conv, most]));
    }),
  },
  {
    pass: rowBands,
    name: "growing-maps",
    graph: sketch([8, 6, 2], (s, x) => {
      const window = { size: [3, 3], stride: [2, 2], dilation: [1, 1], padding: [padding, padding] };
      const kernel = s.constant("kernel", [3, 3, 2, 2]);
      const upconv = { kind: "transposed-convolution", window, sizes: [16, 12], groups: 1 } as const;
      const up = s.add("up", upconv, [x, kernel]);
      const resized = s.add("resize", { kind: "resize", sizes: [24, 18] }, [up]);
      const crop = { kind: "slice", begin: [1, 1, 0], end: [23, 17, 2], step: [1, 1, 1] } as const;
      return s.conv("conv", s.add("crop", crop, [resized]), 3, 2);
    }),
  },
  {
    pass: rowBands,
    name: "signals-are-cut-along-their-width",
    graph: sketch([1, 9, 2], (s, x) => {
      const window = { size: [1, 3], stride: [1, 1], dilation: [1, 1], padding: [nowhere, padding] };
      const kernel = s.constant("kernel", [1, 3, 2, 2]);
      return s.add("conv", { kind: "convolution", window, groups: 1 }, [x, kernel]);
    }),
  },
  {
    pass: rowBands,
    name: "not-of-few-rows",
    graph: sketch([3, 3, 2], (s, x) => s.conv("conv", x, 3, 2, { padding })),
  },
  {
    pass: batchTowers,
    name: "each-share-on-its-way",
    graph: sketch([4, 4, 2], (s, x) => {
      const conv = s.bias("bias", s.conv("conv", x, 3, 4, { padding }));
      return { map: s.relu("relu", conv), mean: s.mean("gap", conv) };
    }),
  },
  {
    pass: batchTowers,
    name: "not-without-convolutions",
    graph: sketch([4], (s, x) => s.relu("relu", s.bias("bias", s.matmul("fc", x, 3)))),
  },
];
