/** Lowers what puts rows of a map elsewhere or repeats them: one gather an axis, the last axis first. */
import type { Ref } from "../ir/lowered.ts";
import { boundShape, rankOf } from "../ir/shape.ts";
import { sizeAxes } from "./layout.ts";
import type { Lowering } from "./op.ts";

/**
 * `rows` has one list an axis: which row of `x` each row of the result is. The result has the name of the node, or
 * `suffix` behind it.
 */
export function lowerTakenRows(
  lowering: Lowering,
  x: Ref,
  rows: readonly (readonly number[])[],
  suffix?: string,
): Ref {
  const shape = boundShape(lowering.shapes[0]);
  const axes = sizeAxes(shape).slice(-rankOf(shape));
  const gathers = rows.flatMap((indices, index) => {
    const axis = axes[index] ?? 1;
    return isIdentity(indices, shape.sizes[index] ?? 1) ? [] : [{ kind: "gather", axis, indices } as const];
  });
  // Rows along the first axis are the longest, and so the fastest to copy when there is most to copy.
  const [last, ...first] = gathers;
  if (last === undefined) return suffix === undefined ? lowering.add({ kind: "identity" }, [x]) : x;
  const taken = first.reduceRight<Ref>(
    (value, gather) => lowering.add(gather, [value], `${suffix ?? "rows"}.${gather.axis}`),
    x,
  );
  return lowering.add(last, [taken], suffix);
}

function isIdentity(indices: readonly number[], length: number): boolean {
  return indices.length === length && indices.every((row, index) => row === index);
}
