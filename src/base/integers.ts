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

export function leastCommonMultiple(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : (Math.abs(a) / greatestCommonDivisor(a, b)) * Math.abs(b);
}
