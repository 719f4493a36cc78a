/** Arithmetic of whole numbers that JavaScript lacks. */

export function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** The remainder that is never negative. */
export function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}

/** For so many numbers that as arguments of `Math.max` they would exhaust the stack. */
export function largestOf(values: Iterable<number>, atLeast: number): number {
  let largest = atLeast;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}

/** How many of some items, which ascend by their numbers, are below `bound`. */
export function countBelow<T>(ordered: readonly T[], bound: number, numberOf: (item: T) => number): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = ordered[middle];
    if (item !== undefined && numberOf(item) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of finite numbers and infinity, which every number divides. */
export function leastCommonMultiple(a: number, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  return a === 0 || b === 0 ? 0 : (Math.abs(a) / greatestCommonDivisor(a, b)) * Math.abs(b);
}
