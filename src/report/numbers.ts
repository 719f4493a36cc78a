/** Numbers of a report for people. */
import { withByteUnit, withSeparators } from "../base/text.ts";
import type { ReceptiveField } from "../measure/receptive-field.ts";

/** What a column holds. */
export type Unit = "text" | "count" | "bytes" | "percent" | "number";
export type Value = bigint | number | string;

/** What stands in a cell: nothing is a dash. */
export function valueText(value: Value | undefined, unit: Unit): string {
  if (typeof value === "string") return value;
  if (value === undefined || Number(value) === 0) return unit === "text" ? "" : "–";
  switch (unit) {
    case "bytes":
      return withByteUnit(Number(value));
    case "percent":
      return Number(value).toFixed(1);
    case "count":
      return withSeparators(value);
    default:
      return fractionText(Number(value));
  }
}

/** `459.5 MiB`; powers of 1024. */
export function byteText(amount: bigint): string {
  return withByteUnit(Number(amount));
}

/** `12.3`, `0.50`, `1,204`. */
export function fractionText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const places = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(places).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");
}

/** `39…2,071`, of each axis where they differ; `all` where every position is read. */
export function fieldText(field: ReceptiveField): string {
  return perAxis(field, ({ min, max }) => {
    if (min === max) return fractionText(min);
    return `${fractionText(min)}…${max === Number.POSITIVE_INFINITY ? "all" : fractionText(max)}`;
  });
}

export function jumpText(field: ReceptiveField): string {
  return perAxis(field, ({ jump }) => fractionText(jump));
}

function perAxis(field: ReceptiveField, print: (axis: ReceptiveField[number]) => string): string {
  const texts = field.map(print);
  return new Set(texts).size === 1 ? (texts[0] ?? "") : texts.join(" x ");
}
