/** Sizes of axes. Shape rules change them through `mapSize`, which says how the change goes on beyond one number. */

export type Size = number;

/** A change f of a size: f(n + every) = f(n) + by for every n, as all windows, crops and upsamplings have it. */
export interface Step {
  readonly every: number;
  readonly by: number;
}

/** Leaves lengths apart as they are: padding, cropping. */
export const SHIFT: Step = { every: 1, by: 1 };

/** The size after a change: `mapSize(n, (n) => Math.floor((n - 3) / 2) + 1, { every: 2, by: 1 })`. */
export function mapSize(size: Size, change: (size: number) => number, _step: Step): Size {
  return change(size);
}
