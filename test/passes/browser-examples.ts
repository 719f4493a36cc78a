/** Examples of the passes that are for tfjs. */
import { strideOrDilation } from "../../src/passes/stride-or-dilation.ts";
import { transposedVolumes } from "../../src/passes/transposed-volumes.ts";
import { volumeMaxPools } from "../../src/passes/volume-max-pools.ts";
import type { Example } from "./example.ts";
import { sketch } from "./sketch.ts";

const padding = [1, 1] as const;
const nowhere = [0, 0] as const;

export const browserExamples: readonly Example[] = [
  {
    pass: strideOrDilation,
    name: "both-along-different-axes",
    graph: sketch([9, 9, 2], (s, x) => {
      const kernel = s.constant("kernel", [3, 2, 2, 3]);
      const window = { size: [3, 2], stride: [2, 1], dilation: [1, 3], padding: [padding, nowhere] };
      return s.add("conv", { kind: "convolution", window, groups: 1 }, [x, kernel]);
    }),
  },
  {
    pass: strideOrDilation,
    name: "not-one-of-them",
    graph: sketch([9, 9, 2], (s, x) =>
      s.conv("b", s.conv("a", x, 3, 2, { stride: 2 }), 2, 2, { dilation: 2 }),
    ),
  },
  {
    pass: transposedVolumes,
    name: "in-groups",
    graph: sketch([2, 3, 2, 4], (s, x) => {
      const kernel = s.constant("kernel", [3, 2, 1, 3, 4]);
      const window = {
        size: [3, 2, 1],
        stride: [2, 2, 1],
        dilation: [1, 1, 1],
        padding: [padding, nowhere, nowhere],
      };
      const upconv = { kind: "transposed-convolution", window, sizes: [3, 6, 2], groups: 2 } as const;
      return s.add("upconv", upconv, [x, kernel]);
    }),
  },
  {
    pass: transposedVolumes,
    name: "with-more-padding-than-the-window-reaches",
    graph: sketch([4, 3, 3, 1], (s, x) => {
      const kernel = s.constant("kernel", [2, 1, 1, 2, 1]);
      const window = {
        size: [2, 1, 1],
        stride: [1, 2, 1],
        dilation: [1, 1, 1],
        padding: [[2, 1], nowhere, padding],
      } as const;
      const upconv = { kind: "transposed-convolution", window, sizes: [2, 6, 1], groups: 1 } as const;
      return s.add("upconv", upconv, [x, kernel]);
    }),
  },
  {
    pass: transposedVolumes,
    name: "not-images",
    graph: sketch([3, 2, 2], (s, x) => {
      const window = { size: [2, 2], stride: [2, 2], dilation: [1, 1], padding: [nowhere, nowhere] };
      const upconv = { kind: "transposed-convolution", window, sizes: [6, 4], groups: 1 } as const;
      return s.add("upconv", upconv, [x, s.constant("kernel", [2, 2, 3, 2])]);
    }),
  },
  {
    pass: volumeMaxPools,
    name: "padded",
    graph: sketch([5, 4, 6, 2], (s, x) => s.maxPool("pool", x, 3, { stride: 2, padding })),
  },
];
