/**
 * Which elements the windows of convolutions and pools read, found by walking over them. The lowering and the shape
 * rules have formulas for this; none is used here, so that one can be held against the other.
 */
import type { Padding, Window } from "../ir/lowered.ts";

/** What a tap reads that lies in the padding, … */
const PADDING = -1;
/** … and behind it, where ceil mode lets the last window stand out. */
const BEYOND = -2;

/** Positions are tuples of one index per axis. */
type Position = readonly number[];

/**
 * One place in the window. For each window, row-major: the offset in the plane of the element that it reads there, or
 * a negative number.
 */
export type Tap = Int32Array;

export interface WindowReads {
  /** How many windows there are along each axis. */
  readonly sizes: readonly number[];
  /** Row-major, as kernels are stored. */
  readonly taps: readonly Tap[];
}

/** All windows on a plane of these sizes. `overhang` is how far the last may stand out behind the padding, per axis. */
export function windowReads(
  plane: readonly number[],
  window: Window,
  overhang: readonly number[] = [],
): WindowReads {
  const perAxis = plane.map((length, axis) => ({
    length,
    size: window.size[axis] ?? 1,
    stride: window.stride[axis] ?? 1,
    dilation: window.dilation[axis] ?? 1,
    padding: window.padding[axis] ?? ([0, 0] as const),
    overhang: overhang[axis] ?? 0,
  }));
  const starts = perAxis.map(startsAlong);
  const steps = perAxis.map(({ size, dilation }) =>
    Array.from({ length: size }, (_, step) => step * dilation),
  );
  const windows = combinations(starts);
  return {
    sizes: starts.map((along) => along.length),
    taps: combinations(steps).map((step) =>
      Int32Array.from(windows, (start) =>
        readAt(
          start.map((first, axis) => first + (step[axis] ?? 0)),
          perAxis,
        ),
      ),
    ),
  };
}

interface AxisWindow {
  readonly length: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
  readonly overhang: number;
}

/** Where windows start along an axis: from the first row of the padding on, as long as the window fits. */
function startsAlong({ length, size, stride, dilation, padding, overhang }: AxisWindow): readonly number[] {
  const [before, after] = padding;
  const starts: number[] = [];
  for (let start = -before; start + dilation * (size - 1) < length + after + overhang; start += stride) {
    starts.push(start);
  }
  return starts;
}

function readAt(position: Position, axes: readonly AxisWindow[]): number {
  const isBeyond = axes.some(
    ({ length, padding: [, after] }, axis) => (position[axis] ?? 0) >= length + after,
  );
  if (isBeyond) return BEYOND;
  const isInside = axes.every(({ length }, axis) => {
    const index = position[axis] ?? 0;
    return index >= 0 && index < length;
  });
  if (!isInside) return PADDING;
  return axes.reduce((offset, { length }, axis) => offset * length + (position[axis] ?? 0), 0);
}

/** Every way to take one number from each list, the last list varying fastest. */
function combinations(lists: readonly (readonly number[])[]): readonly Position[] {
  return lists.reduce<readonly Position[]>(
    (heads, list) => heads.flatMap((head) => list.map((last) => [...head, last])),
    [[]],
  );
}

export function readsElement(read: number): boolean {
  return read >= 0;
}

export function readsPadding(read: number): boolean {
  return read === PADDING;
}
