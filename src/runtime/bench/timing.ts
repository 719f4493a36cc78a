/** What many timed runs say: the least time, the median, and how two contestants compare that took turns. */

/** Milliseconds of runs, by rounds. */
export type Rounds = readonly (readonly number[])[];

export interface Timing {
  readonly minMs: number;
  readonly medianMs: number;
}

export function timingOf(rounds: Rounds): Timing {
  const all = rounds.flat();
  return { minMs: Math.min(...all), medianMs: median(all) };
}

/**
 * How many times as long it takes as `base`: the median over the rounds of the ratio of what both took in one. What
 * slows the machine down for a while slows both, and goes out of the ratio.
 */
export function ratioOf(rounds: Rounds, base: Rounds): number {
  const ratios = rounds.map((times, round) => median(times) / median(base[round] ?? []));
  return median(ratios);
}

/** Of none: not a number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const [upper = Number.NaN, lower = Number.NaN] = [sorted[half], sorted[half - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}
