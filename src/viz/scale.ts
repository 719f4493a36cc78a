/** Amounts as steps of color: each step stands for twice the one before, the last for the largest amount there is. */
import { STEPS } from "./style.ts";

export interface Scale {
  readonly largest: number;
  /** The class of an amount; `none` for nothing. */
  classOf(amount: number | bigint): string;
  /** The least amount of each step, from the first to the last. */
  readonly bounds: readonly number[];
}

export function scaleTo(largest: number): Scale {
  const bounds = Array.from({ length: STEPS }, (_, at) => largest / 2 ** (STEPS - 1 - at));
  return {
    largest,
    bounds,
    classOf(amount) {
      const value = Number(amount);
      if (value <= 0) return "none";
      // An amount belongs to the step that is nearest in ratio.
      const step = Math.round(STEPS - 1 + Math.log2(value / largest));
      return `s${Math.min(STEPS - 1, Math.max(0, step))}`;
    },
  };
}
