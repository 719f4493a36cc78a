/** Conditions on a comparison that fail a build: `macs>+1%`, `params>100K`. */
import { quoted, withSeparators } from "../base/text.ts";
import { type Diff, MEASURES, type Measure } from "./diff.ts";

export interface Threshold {
  readonly text: string;
  readonly measure: Measure;
  readonly limit: number;
  readonly unit: "percent" | "count";
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** `undefined`: it is none. */
export function parseThreshold(text: string): Threshold | undefined {
  const [, name, amount, unit = ""] =
    /^\s*([a-z]+)\s*>\s*\+?(\d+(?:\.\d+)?)\s*([%KMGT]?)\s*$/.exec(text) ?? [];
  const measure = MEASURES.find((each) => each === name);
  if (measure === undefined || amount === undefined) return undefined;
  return unit === "%"
    ? { text, measure, limit: Number(amount), unit: "percent" }
    : { text, measure, limit: Number(amount) * (UNITS[unit] ?? 1), unit: "count" };
}

/** What breaks the thresholds, a sentence each. */
export function brokenThresholds({ totals }: Diff, thresholds: readonly Threshold[]): readonly string[] {
  return thresholds.flatMap(({ text, measure, limit, unit }) => {
    const { before, after } = totals[measure];
    const growth = after - before;
    const allowed = unit === "count" ? limit : (Number(before) * limit) / 100;
    return Number(growth) > allowed
      ? [`${measure} grew by ${withSeparators(growth)}, which breaks ${quoted(text.trim())}`]
      : [];
  });
}
