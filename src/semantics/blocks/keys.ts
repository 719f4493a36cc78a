/** Mistakes, as keys. */
import type { Diagnostic } from "../../base/diagnostic.ts";
import { spanKey } from "../../base/source.ts";
import { concatMismatch } from "../../ops/concat.ts";
import { shapesDiffer } from "../../ops/elementwise.ts";
import { unsatisfiable } from "../symbols.ts";
import type { Comparison } from "../trace.ts";

export function comparisonKey({ span, operator }: Comparison): string {
  return `${spanKey(span)} ${operator}`;
}

/** What is wrong where: with free sizes, that operands differ is told of what their sizes would have to be. */
export function mistakeKey({
  code,
  span,
  axis,
}: Pick<Diagnostic, "code" | "span" | "axis">): string | undefined {
  const isJoin = code === concatMismatch.code || code === shapesDiffer.code;
  const kind = !isJoin ? code : axis === 0 ? "channels" : axis === "rank" ? "axes" : unsatisfiable.code;
  return span && `${kind} ${spanKey(span)}`;
}
