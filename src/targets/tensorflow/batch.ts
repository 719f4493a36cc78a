/** What depends on the number of samples, which only the run knows: shares of the batch, and joining them again. */
import { type AttrValue, FLOAT, INT32, integerAttr, integers, typeAttr, vector } from "./attr-value.ts";
import type { Helper, Operation } from "./operation.ts";

/** The number of samples of the operand at this position, as a vector of one number. */
export function batchOf(operand: number): Helper {
  return {
    suffix: "batch",
    op: "StridedSlice",
    attrs: { ...stridedSliceAttrs({ wholeAxes: 0 }), T: typeAttr(INT32) },
    operands: [
      {
        suffix: "shape",
        op: "Shape",
        attrs: { T: typeAttr(FLOAT), out_type: typeAttr(INT32) },
        operands: [operand],
      },
    ],
    constants: { begin: vector([0]), end: vector([1]), step: vector([1]) },
  };
}

/** Of n samples and h = ceil(n / of): from min(index h, n - 1), so that one is left, to min(index h + h, n). */
export function batchShare({ index, of }: { readonly index: number; readonly of: number }): Operation {
  return samples(0, firstOf(0, index, of), startOf(0, index + 1, of));
}

/** Behind the first, each share leaves out the sample that it has only because none was left. */
export function batchJoin(of: number): Operation {
  const shares = Array.from({ length: of }, (_, index): number | Helper => {
    if (index === 0) return index;
    const repeated = ofTwo("repeated", "Sub", startOf(of, index, of), firstOf(of, index, of));
    return { suffix: "share", ...samples(index, repeated, batchOf(index)) };
  });
  return {
    op: "ConcatV2",
    attrs: { N: integerAttr(of), T: typeAttr(FLOAT), Tidx: typeAttr(INT32) },
    operands: shares,
    constants: { axis: integers([], [0]) },
  };
}

function samples(operand: number, begin: Helper, end: Helper): Operation {
  return {
    op: "StridedSlice",
    attrs: stridedSliceAttrs({ wholeAxes: 0 }),
    operands: [operand, begin, end, number("step", 1)],
  };
}

/** Where the share would start: min(index h, n). */
function startOf(operand: number, index: number, of: number): Helper {
  return ofTwo("start", "Minimum", multipleOfShare(operand, index, of), batchOf(operand));
}

/** Where it starts, so that it has a sample: min(index h, n - 1). */
function firstOf(operand: number, index: number, of: number): Helper {
  const last = ofTwo("last", "Sub", batchOf(operand), number("one", 1));
  return ofTwo("first", "Minimum", multipleOfShare(operand, index, of), last);
}

function multipleOfShare(operand: number, index: number, of: number): Helper {
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
export function stridedSliceAttrs({ wholeAxes }: { wholeAxes: number }): Readonly<Record<string, AttrValue>> {
  const mask = integerAttr(2 ** wholeAxes - 1);
  return {
    Index: typeAttr(INT32),
    T: typeAttr(FLOAT),
    begin_mask: mask,
    ellipsis_mask: integerAttr(0),
    end_mask: mask,
    new_axis_mask: integerAttr(0),
    shrink_axis_mask: integerAttr(0),
  };
}
