/**
 * Average pooling to given sizes, as PyTorch's `adaptive_avg_pool`: row i of m is the mean of the rows from
 * floor(i * n / m) to before ceil((i + 1) * n / m) of n.
 */
import type { Ref } from "../ir/lowered.ts";
import { boundShape } from "../ir/shape.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { PerAxis } from "./argument.ts";
import { liftWindow } from "./layout.ts";
import type { Lowering } from "./op.ts";
import { blendAxes } from "./reference-rows.ts";
import { lowerTakenRows } from "./take-rows.ts";

export interface AdaptiveAttrs {
  /** The sizes that come out, one an axis. */
  readonly to: PerAxis;
}

export function adaptiveMeans(x: Tensor, { to }: AdaptiveAttrs): Tensor {
  return blendAxes(x, (length, axis) =>
    windowsAlong(length, to[axis] ?? 1).map(({ first, end }) =>
      Array.from({ length: end - first }, (_, index) => ({ row: first + index, share: 1 / (end - first) })),
    ),
  );
}

/**
 * A pool whose windows are equally long and equally far apart. Where they are not, their rows are first put one window
 * behind the other, each as long as the longest: its last row stands there more than once, with a smaller share.
 */
export function lowerAdaptiveMeans(lowering: Lowering, x: Ref, { to }: AdaptiveAttrs): Ref {
  const shape = boundShape(lowering.shapes[0]);
  const axes = shape.sizes.map((length, axis) => evenWindows(length, to[axis] ?? 1));
  const rows = lowerTakenRows(
    lowering,
    x,
    axes.map((axis) => axis.rows),
    "rows",
  );
  const window = liftWindow({
    size: axes.map(({ size }) => size),
    stride: axes.map(({ stride }) => stride),
    dilation: axes.map(() => 1),
    padding: axes.map(() => [0, 0]),
  });
  return lowering.add({ kind: "average-pool", window, countsPadding: true }, [
    weighted(
      lowering,
      rows,
      axes.map(({ shares }) => shares),
    ),
  ]);
}

interface RowWindow {
  readonly first: number;
  readonly end: number;
}

function windowsAlong(length: number, size: number): readonly RowWindow[] {
  return Array.from({ length: size }, (_, index) => ({
    first: Math.floor((index * length) / size),
    end: Math.ceil(((index + 1) * length) / size),
  }));
}

/** The most rows of an axis of this length that one of `size` means is made of. */
export function longestMean(length: number, size: number): number {
  return Math.max(...windowsAlong(length, size).map(({ first, end }) => end - first));
}

interface EvenWindows {
  readonly size: number;
  readonly stride: number;
  /** The rows that they slide over, and by what each is multiplied. */
  readonly rows: readonly number[];
  readonly shares: readonly number[];
}

function evenWindows(length: number, size: number): EvenWindows {
  const windows = windowsAlong(length, size);
  const lengths = windows.map(({ first, end }) => end - first);
  const longest = Math.max(...lengths);
  const stride = windows[1]?.first ?? 1;
  if (
    stride > 0 &&
    windows.every(({ first, end }, index) => first === index * stride && end === first + longest)
  ) {
    const rows = Array.from({ length }, (_, row) => row);
    return { size: longest, stride, rows, shares: rows.map(() => 1) };
  }
  const taps = windows.flatMap(({ first, end }) =>
    Array.from({ length: longest }, (_, tap) => {
      const repeated = longest - (end - first) + 1;
      const isLast = first + tap >= end - 1;
      return {
        row: isLast ? end - 1 : first + tap,
        share: longest / (end - first) / (isLast ? repeated : 1),
      };
    }),
  );
  const [rows, shares] = [taps.map(({ row }) => row), taps.map(({ share }) => share)];
  return { size: longest, stride: longest, rows, shares };
}

/** Each row of each axis times its share. */
function weighted(lowering: Lowering, x: Ref, shares: readonly (readonly number[])[]): Ref {
  if (shares.flat().every((share) => share === 1)) return x;
  const lifted = shares.length === 1 ? [[1], ...shares] : shares;
  const shape = [1, ...lifted.map((along) => along.length), 1];
  const values = (): Float32Array =>
    Float32Array.from(
      lifted.reduce((products, along) => products.flatMap((p) => along.map((share) => p * share)), [1]),
    );
  return lowering.add(
    { kind: "multiply" },
    [x, lowering.add({ kind: "constant", shape, values }, [], "shares")],
    "weighted",
  );
}
