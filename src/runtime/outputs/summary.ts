/** What there is to say about an output in a few numbers. */
import type { Output } from "./output.ts";

export interface Summary {
  /** Over the finite values; undefined when there are none. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly mean: number | undefined;
  /** How many values are infinite or no numbers. */
  readonly nonFinite: number;
}

export function summarize({ data }: Output): Summary {
  let [min, max, sum, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    finite += 1;
  }
  const nonFinite = data.length - finite;
  if (finite === 0) return { min: undefined, max: undefined, mean: undefined, nonFinite };
  return { min, max, mean: sum / finite, nonFinite };
}

/** One of the largest values of a sample. */
export interface Ranked {
  /** From 0. */
  readonly index: number;
  readonly value: number;
  /** The value itself when the sample is a distribution, else its share by softmax, which is for display only. */
  readonly probability: number;
}

export interface Ranking {
  /** Best first; among equals the lower index. */
  readonly ranked: readonly Ranked[];
  /** Whether the probabilities are the values, because those are probabilities already. */
  readonly isDistribution: boolean;
}

/** The largest values of each sample; undefined for outputs that are not one vector of scores a sample. */
export function rank({ shape, data }: Output, top: number): readonly Ranking[] | undefined {
  const [batch = 0, classes = 0] = shape;
  if (shape.length !== 2 || classes < 2) return undefined;
  return Array.from({ length: batch }, (_, sample) =>
    rankSample(Float64Array.from(data.subarray(sample * classes, (sample + 1) * classes)), top),
  );
}

function rankSample(values: Float64Array, top: number): Ranking {
  const isDistribution = isProbabilities(values);
  const probabilities = isDistribution ? values : softmax(values);
  const indices = Array.from(values.keys()).filter((index) => !Number.isNaN(values[index]));
  const ranked = indices
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b)
    .slice(0, top)
    .map((index) => ({ index, value: values[index] ?? 0, probability: probabilities[index] ?? 0 }));
  return { ranked, isDistribution };
}

/** The sum of float32 numbers is off by a little. */
function isProbabilities(values: Float64Array): boolean {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-3;
}

/** Less the largest value, so that nothing overflows. */
function softmax(values: Float64Array): Float64Array {
  const largest = values.reduce((result, value) => Math.max(result, value), Number.NEGATIVE_INFINITY);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
