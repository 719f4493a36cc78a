/** Random numbers that depend on a seed and a name alone, so that each weight has its own stream. */
import { mix } from "./mix.ts";

/** Numbers in [0, 1). */
export type Random = () => number;

/** Each name has a stream of its own. */
export function randomFor(seed: number, name: string): Random {
  const word = (index: number): number => mix(fnv1a(`${index}/${seed}/${name}`));
  const next = xoshiro128([word(0), word(1), word(2), word(3)]);
  return () => next() / 2 ** 32;
}

/** 32 bits a call: xoshiro128** 1.1 (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"). */
export function xoshiro128([first, second, third, fourth]: readonly [
  number,
  number,
  number,
  number,
]): () => number {
  let [a, b, c, d] = [first, second, third, fourth];
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function rotateLeft(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}

/** The hash of Fowler, Noll and Vo (RFC 9923), on UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** The standard normal distribution (Box and Muller 1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
