/** Larger maps without weights, as PyTorch's `interpolate` makes them. */
import { boundShape, rankOf } from "../ir/shape.ts";
import { boundSize, mapSize, type Size } from "../ir/size.ts";
import { type PerAxis, tensor, word } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";
import { type Blend, blendAxes, only } from "./reference-rows.ts";
import { lowerTakenRows } from "./take-rows.ts";
import { templateSizes } from "./template.ts";
import { checkMap, spread } from "./window.ts";

export interface UpsampleAttrs {
  readonly mode: "nearest" | "bilinear";
  /** Factors of the sizes, or the sizes. */
  readonly factors?: PerAxis;
  readonly sizes?: readonly Size[];
}

export const upsample: OpStage<UpsampleAttrs> = defineOp({
  name: "upsample",
  group: "shape",
  summary:
    "Resizes a map by whole factors or to the sizes of another value: `nearest` repeats rows, `bilinear` interpolates (linearly, at any rank) between the centers of elements.",
  slots: { kernel: "unless-to" },
  arguments: {
    mode: { type: word("nearest", "bilinear"), summary: "how elements are made", default: "nearest" },
    to: { type: tensor, summary: "the value whose sizes the result has, in place of factors" },
  },
  examples: [
    {
      source: "upsample 2",
      input: { channels: 64, sizes: [14, 14] },
      output: { channels: 64, sizes: [28, 28] },
      parameters: 0,
    },
    {
      source: "upsample 3 (mode=bilinear)",
      input: { channels: 4, sizes: [5, 7] },
      output: { channels: 4, sizes: [15, 21] },
      parameters: 0,
    },
    {
      source: "maxpool 3 /2; upsample(mode=bilinear, to=in)",
      input: { channels: 4, sizes: [5, 7] },
      output: { channels: 4, sizes: [5, 7] },
      parameters: 0,
    },
  ],
  attrs({ kernel, arguments: { mode = "nearest", to } }, [input], site) {
    if (to !== undefined) {
      const sizes = templateSizes("upsample", input, to, site);
      return sizes && { mode, sizes };
    }
    if (kernel === undefined || !checkMap("upsample", input, site)) return undefined;
    return { mode, factors: spread(kernel, rankOf(input), "factor", "kernel", site) };
  },
  shape: ([{ channels, sizes }], attrs) => ({
    channels,
    sizes: sizes.map((length, axis) => sizeAfter(attrs, length, axis)),
  }),
  memory: () => ({ keeps: "nothing" }),
  reference: ([x], _weight, attrs) =>
    blendAxes(x, (length, axis) => {
      const size = boundSize(sizeAfter(attrs, length, axis));
      return Array.from({ length: size }, (_, index) =>
        attrs.mode === "nearest" ? only(nearestRow(index, size, length)) : interpolation(index, size, length),
      );
    }),
  lower(lowering, [x], attrs) {
    const shape = boundShape(lowering.shapes[0]);
    const sizes = shape.sizes.map((length, axis) => boundSize(sizeAfter(attrs, length, axis)));
    if (attrs.mode === "bilinear")
      return lowering.add({ kind: "resize", sizes: sizes.length === 1 ? [1, ...sizes] : sizes }, [x]);
    const rows = sizes.map((size, axis) =>
      Array.from({ length: size }, (_, index) => nearestRow(index, size, shape.sizes[axis] ?? 1)),
    );
    return lowerTakenRows(lowering, x, rows);
  },
});

function sizeAfter({ factors, sizes }: UpsampleAttrs, length: Size, axis: number): Size {
  const factor = factors?.[axis] ?? 1;
  return sizes?.[axis] ?? mapSize(length, (n) => n * factor, { every: 1, by: factor });
}

/** PyTorch's `nearest`, without the rounding of its scale: the quotient of integers is exact where it is whole. */
function nearestRow(index: number, size: number, length: number): number {
  return Math.floor((index * length) / size);
}

/** Between the two elements whose centers are nearest, and as the outermost one beyond them. */
function interpolation(index: number, size: number, length: number): Blend {
  const position = Math.max(0, ((index + 0.5) * length) / size - 0.5);
  const row = Math.floor(position);
  const share = position - row;
  return [
    { row, share: 1 - share },
    { row: Math.min(row + 1, length - 1), share },
  ];
}
