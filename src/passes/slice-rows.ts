/** Parts of values, along one axis. */
import type { Ref } from "../ir/lowered.ts";
import type { Rows } from "./band-rule.ts";
import type { Rewriter } from "./rewrite.ts";

interface Slice {
  readonly name: string;
  readonly ref: Ref;
  readonly rows: Rows;
  readonly axis: number;
}

/** Itself where all of its rows are wanted. */
export function sliceRows({ name, ref, rows, axis }: Slice, rewriter: Rewriter): Ref {
  const sizes = sizesOf(ref, rewriter);
  if (rows.begin === 0 && rows.end === sizes[axis]) return ref;
  const whole = sizes.slice(1);
  const range = {
    begin: whole.map(() => 0).with(axis - 1, rows.begin),
    end: whole.with(axis - 1, rows.end),
    step: whole.map(() => 1),
  };
  return rewriter.addHelper(name, { kind: "slice", ...range }, [ref]);
}

/** With 1 for the batch. */
export function sizesOf(ref: Ref, rewriter: Rewriter): readonly number[] {
  return rewriter.typeOf(ref).shape.map((size) => size ?? 1);
}
