/** What depends on the number of samples, which only the run knows: shares of the batch, and joining them again. */
import { invariant } from "../../base/invariant.ts";
import { type AttrValue, INT32, integerAttr, integers, typeAttr, vector } from "./attr-value.ts";
import type { Helper, Operation } from "./operation.ts";

/** An operand by its position, and the type of its elements. */
export interface Operand {
  readonly at: number;
  readonly T: AttrValue;
}

/** The number of samples of the operand, as a vector of one number. */
export function batchOf({ at, T }: Operand): Helper {
  return {
    suffix: "batch",
    op: "StridedSlice",
    attrs: stridedSliceAttrs({ wholeAxes: 0 }, typeAttr(INT32)),
    operands: [{ suffix: "shape", op: "Shape", attrs: { T, out_type: typeAttr(INT32) }, operands: [at] }],
    constants: { begin: vector([0]), end: vector([1]), step: vector([1]) },
  };
}

/** Of n samples and h = ceil(n / of): from min(index h, n - 1), so that one is left, to min(index h + h, n). */
export function batchShare(
  { index, of }: { readonly index: number; readonly of: number },
  T: AttrValue,
): Operation {
  const whole = { at: 0, T };
  return samples(whole, firstOf(whole, index, of), startOf(whole, index + 1, of));
}

/** Behind the first, each share leaves out the sample that it has only because none was left. */
export function batchJoin(shares: readonly Operand[], whole: Operand): Operation {
  const [first] = shares;
  invariant(first !== undefined, "nothing is joined");
  const of = shares.length;
  const samplesOf = (share: Operand, index: number): number | Helper => {
    if (index === 0) return share.at;
    const repeated = ofTwo("repeated", "Sub", startOf(whole, index, of), firstOf(whole, index, of));
    return { suffix: "share", ...samples(share, repeated, batchOf(share)) };
  };
  return {
    op: "ConcatV2",
    attrs: { N: integerAttr(of), T: first.T, Tidx: typeAttr(INT32) },
    operands: shares.map(samplesOf),
    constants: { axis: integers([], [0]) },
  };
}

function samples({ at, T }: Operand, begin: Helper, end: Helper): Operation {
  return {
    op: "StridedSlice",
    attrs: stridedSliceAttrs({ wholeAxes: 0 }, T),
    operands: [at, begin, end, number("step", 1)],
  };
}

/** Where the share would start: min(index h, n). */
function startOf(operand: Operand, index: number, of: number): Helper {
  return ofTwo("start", "Minimum", multipleOfShare(operand, index, of), batchOf(operand));
}

/** Where it starts, so that it has a sample: min(index h, n - 1). */
function firstOf(operand: Operand, index: number, of: number): Helper {
  const last = ofTwo("last", "Sub", batchOf(operand), number("one", 1));
  return ofTwo("first", "Minimum", multipleOfShare(operand, index, of), last);
}

function multipleOfShare(operand: Operand, index: number, of: number): Helper {
  const rounded = ofTwo("rounded", "AddV2", batchOf(operand), number("more", of - 1));
  return ofTwo(
    "multiple",
    "Mul",
    ofTwo("size", "FloorDiv", rounded, number("of", of)),
    number("index", index),
  );
}

function ofTwo(suffix: string, op: string, first: Helper, second: Helper): Helper {
  return { suffix, op, attrs: { T: typeAttr(INT32) }, operands: [first, second] };
}

function number(suffix: string, value: number): Helper {
  return { suffix, op: "Const", attrs: vector([value]), operands: [] };
}

/** `wholeAxes`: how many of the first axes are taken whole, whatever begin and end say. */
export function stridedSliceAttrs(
  { wholeAxes }: { readonly wholeAxes: number },
  T: AttrValue,
): Readonly<Record<string, AttrValue>> {
  const mask = integerAttr(2 ** wholeAxes - 1);
  return {
    Index: typeAttr(INT32),
    T,
    begin_mask: mask,
    ellipsis_mask: integerAttr(0),
    end_mask: mask,
    new_axis_mask: integerAttr(0),
    shrink_axis_mask: integerAttr(0),
  };
}
