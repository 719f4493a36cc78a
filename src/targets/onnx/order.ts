/**
 * In which order the axes of a value lie in memory. The lowered graph counts the channels last, and ONNX's windows
 * want them first: the target chooses the order of each value and moves axes only where two orders meet, so that a
 * transpose of the graph is often no work at all, and a reshape stays one.
 */
import { invariant } from "../../base/invariant.ts";

/** Axis i in memory is axis `order[i]` of the value. The batch, where there is one, is the first in both. */
export type Order = readonly number[];

export type Sizes = readonly (number | null)[];

/** As the lowered graph counts them: `NHWC`. */
export function asCounted(rank: number): Order {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Batch, channels, sizes: `NCHW`. */
export function channelsFirst(rank: number): Order {
  return rank < 3
    ? asCounted(rank)
    : [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)];
}

export function sameOrder(a: Order, b: Order): boolean {
  return a.length === b.length && a.every((axis, at) => axis === b[at]);
}

/** Whether the elements lie the same way in both: where an axis of one element stands, nobody can tell. */
export function sameMemory(a: Order, b: Order, sizes: Sizes): boolean {
  const hasPlace = (axis: number): boolean => sizes[axis] !== 1;
  return sameOrder(a.filter(hasPlace), b.filter(hasPlace));
}

/** The sizes of a value as they lie in memory. */
export function sizesIn(order: Order, sizes: Sizes): Sizes {
  return order.map((axis) => sizes[axis] ?? null);
}

/** What to permute the memory by, so that a value in `from` comes to lie in `to`. */
export function permutationBetween(from: Order, to: Order): readonly number[] {
  return to.map((axis) => from.indexOf(axis));
}

/** The order of a transposed value in the memory of the value: no element moves. */
export function transposedOrder(order: Order, permutation: readonly number[]): Order {
  return order.map((axis) => permutation.indexOf(axis));
}

/** The order of what is left of a value without `axes`. */
export function withoutAxes(order: Order, axes: readonly number[]): Order {
  return order
    .filter((axis) => !axes.includes(axis))
    .map((axis) => axis - axes.filter((removed) => removed < axis).length);
}

export interface Regrouping {
  /** The order in which the value has to lie to be reshaped where it lies. */
  readonly before: Order;
  /** The order in which the result lies then. */
  readonly after: Order;
}

/**
 * A reshape keeps the row-major order of the elements as counted. It splits and joins axes within groups of equal
 * numbers of elements, and these groups may lie in any order: each must only lie together, its own axes as counted.
 */
export function regrouped(from: Sizes, to: Sizes, order: Order): Regrouping {
  const groups = commonGroups(from, to);
  const groupOf = (axis: number): number => groups.findIndex(({ before }) => before.includes(axis));
  const sequence = [...new Set(order.map(groupOf))].map((index) => {
    const group = groups[index];
    invariant(group !== undefined, "an axis belongs to no group");
    return group;
  });
  const after = sequence.flatMap((group) => group.after);
  // Axes of one element may stand where they will be wanted.
  const wanted = channelsFirst(to.length);
  return {
    before: sequence.flatMap((group) => group.before),
    after: sameMemory(after, wanted, to) ? wanted : after,
  };
}

interface Group {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The smallest groups of adjacent axes, as counted, with equally many elements before and after. */
function commonGroups(from: Sizes, to: Sizes): readonly Group[] {
  const groups: Group[] = [];
  let [start, target] = [0, 0];
  while (start < from.length) {
    let [end, targetEnd] = [start + 1, target + 1];
    let [elements, targetElements] = [from[start] ?? 1, to[target] ?? 1];
    while (elements !== targetElements) {
      if (elements < targetElements) elements *= from[end++] ?? 1;
      else targetElements *= to[targetEnd++] ?? 1;
    }
    // Axes of one element at the end belong to whatever stands before them.
    if (end === from.length || isAllOnes(from.slice(end))) end = from.length;
    if (end === from.length) targetEnd = to.length;
    groups.push({ before: range(start, end), after: range(target, targetEnd) });
    [start, target] = [end, targetEnd];
  }
  return groups;
}

function isAllOnes(sizes: Sizes): boolean {
  return sizes.every((size) => size === 1);
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
