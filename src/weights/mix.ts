/** Scrambles 32 bits so that each bit of the result depends on all of them. */

/** The finalizer of MurmurHash3 (Appleby 2011), a bijection. The result is unsigned. */
export function mix(bits: number): number {
  let hash = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
