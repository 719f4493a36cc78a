/**
 * How each primitive works on bands: which rows of its operand some rows of its result need, and what it is for these
 * alone. Rows are positions along one axis, whichever is cut; an operation without a rule takes its operands whole.
 */
import { greatestCommonDivisor } from "../base/integers.ts";
import type { LoweredNode, Padding, Primitive, PrimitiveOf, Window } from "../ir/lowered.ts";

/** From `begin` on, before `end`. */
export interface Rows {
  readonly begin: number;
  readonly end: number;
}

export interface BandRule {
  /** Where the result is best cut when the operand is cut before row `at`; it need not be whole, nor within bounds. */
  readonly cut: (at: number) => number;
  /** What makes these rows of the result; `undefined` where it needs no row of the operand at all. */
  readonly band: (rows: Rows) => BandPart | undefined;
  /** Whether other operands than the first are cut where they have its rows; they are whole otherwise. */
  readonly isElementwise?: boolean;
}

export interface BandPart {
  /** Of the operands that are cut. */
  readonly rows: Rows;
  readonly primitive: Primitive;
  /** Which rows of its result are meant; absent: all. */
  readonly kept?: Rows;
}

/** `shape` is that of the first operand, batch included; `axis` is cut, and is neither its first nor its last one. */
export function bandRuleOf(
  { primitive, outputs }: LoweredNode,
  shape: readonly number[],
  axis: number,
): BandRule | undefined {
  const result = outputs[0]?.shape.map((size) => size ?? 1) ?? [];
  const length = shape[axis] ?? 1;
  switch (primitive.kind) {
    case "bias":
    case "batch-normalization":
    case "pointwise":
    case "leaky-relu":
    case "power":
    case "softmax":
    case "local-response-normalization":
    case "identity":
      return rowByRow(() => primitive);
    case "add":
    case "subtract":
    case "multiply":
    case "maximum":
      return { ...rowByRow(() => primitive), isElementwise: true };
    case "concat":
      return primitive.axis === axis ? undefined : { ...rowByRow(() => primitive), isElementwise: true };
    case "reduce":
      // Axes behind the rows may go away, axes before would move them.
      return primitive.axes.some((each) => each === axis || (each < axis && !primitive.keepsAxes))
        ? undefined
        : rowByRow(() => primitive);
    case "transpose":
      return primitive.permutation[axis] === axis ? rowByRow(() => primitive) : undefined;
    case "gather":
      return primitive.axis === axis ? undefined : rowByRow(() => primitive);
    case "reshape":
      return shape.slice(0, axis + 1).every((size, each) => size === result[each]) && axis < result.length - 1
        ? rowByRow(({ begin, end }) => ({
            ...primitive,
            shape: primitive.shape.with(axis - 1, end - begin),
          }))
        : undefined;
    case "slice":
      return sliceRule(primitive, axis - 1);
    case "pad":
      return padRule(primitive, axis, length);
    case "convolution":
    case "depthwise-convolution":
    case "max-pool":
    case "average-pool":
      return windowRule(primitive, axis - 1, length);
    case "transposed-convolution":
      return transposedRule(primitive, axis - 1, length);
    case "resize":
      return resizeRule(primitive, axis - 1, length);
    default:
      return undefined;
  }
}

function rowByRow(primitive: (rows: Rows) => Primitive): BandRule {
  return { cut: (at) => at, band: (rows) => ({ rows, primitive: primitive(rows) }) };
}

function sliceRule(primitive: PrimitiveOf<"slice">, axis: number): BandRule {
  const [first = 0, step = 1] = [primitive.begin[axis], primitive.step[axis]];
  return {
    cut: (at) => (at - first) / step,
    band({ begin, end }) {
      const rows = { begin: first + begin * step, end: first + (end - 1) * step + 1 };
      const own = {
        begin: primitive.begin.with(axis, 0),
        end: primitive.end.with(axis, rows.end - rows.begin),
      };
      return { rows, primitive: { ...primitive, ...own } };
    },
  };
}

function padRule(primitive: PrimitiveOf<"pad">, axis: number, length: number): BandRule {
  const [before] = primitive.padding[axis] ?? [0];
  return {
    cut: (at) => at + before,
    band({ begin, end }) {
      const clipped = clip({ begin: begin - before, end: end - before }, length);
      return (
        clipped && {
          rows: clipped.rows,
          primitive: { ...primitive, padding: primitive.padding.with(axis, clipped.padding) },
        }
      );
    },
  };
}

type Windowed = PrimitiveOf<"convolution" | "depthwise-convolution" | "max-pool" | "average-pool">;

function windowRule(primitive: Windowed, axis: number, length: number): BandRule {
  const { window } = primitive;
  const { reach, stride, before } = onAxis(window, axis);
  return {
    // The middle of a window decides on which side it is.
    cut: (at) => (at + before - reach / 2) / stride,
    band({ begin, end }) {
      const seen = { begin: begin * stride - before, end: (end - 1) * stride - before + reach };
      const clipped = clip(seen, length);
      return (
        clipped && {
          rows: clipped.rows,
          primitive: { ...primitive, window: padded(window, axis, clipped.padding) },
        }
      );
    },
  };
}

/** Row i of the operand adds to rows i * stride - before, … + reach - 1 of the result. */
function transposedRule(
  primitive: PrimitiveOf<"transposed-convolution">,
  axis: number,
  length: number,
): BandRule {
  const { window, sizes } = primitive;
  const { reach, stride, before } = onAxis(window, axis);
  return {
    cut: (at) => at * stride - before + (reach - stride) / 2,
    band({ begin, end }) {
      // What stands before the first row is what the window at that row leaves out of its result.
      const first = Math.max(
        0,
        Math.min(ceilingOf(begin + before - reach + 1, stride), Math.floor((begin + before) / stride)),
      );
      const last = Math.min(length - 1, Math.floor((end - 1 + before) / stride));
      const leftOut = begin + before - first * stride;
      const after = (last - first) * stride + reach - leftOut - (end - begin);
      if (last < first || leftOut < 0 || leftOut >= reach) return undefined;
      // Rows behind the last window, which nothing adds to, are there as long as one more window does not fit.
      if (after <= -stride) return undefined;
      const own = {
        sizes: sizes.with(axis, end - begin),
        window: padded(window, axis, [leftOut, Math.max(0, after)]),
      };
      return { rows: { begin: first, end: last + 1 }, primitive: { ...primitive, ...own } };
    },
  };
}

/** Row o lies between two rows of the operand, (o + 1/2) / scale - 1/2. A whole number of both makes a band. */
function resizeRule(primitive: PrimitiveOf<"resize">, axis: number, length: number): BandRule {
  const size = primitive.sizes[axis] ?? 1;
  const common = greatestCommonDivisor(size, length);
  const [from, to] = [length / common, size / common];
  const center = (row: number): number => ((row + 0.5) * from) / to - 0.5;
  return {
    cut: (at) => (at * to) / from,
    band({ begin, end }) {
      const rows = {
        begin: Math.max(0, Math.floor(Math.floor(center(begin)) / from) * from),
        end: Math.min(length, ceilingOf(Math.floor(center(end - 1)) + 2, from) * from),
      };
      const offset = (rows.begin / from) * to;
      const sizes = primitive.sizes.with(axis, ((rows.end - rows.begin) / from) * to);
      return { rows, primitive: { ...primitive, sizes }, kept: { begin: begin - offset, end: end - offset } };
    },
  };
}

function onAxis({ size, stride, dilation, padding }: Window, axis: number) {
  const reach = (dilation[axis] ?? 1) * ((size[axis] ?? 1) - 1) + 1;
  return { reach, stride: stride[axis] ?? 1, before: padding[axis]?.[0] ?? 0 };
}

function padded(window: Window, axis: number, padding: Padding): Window {
  return { ...window, padding: window.padding.with(axis, padding) };
}

/** The rows that exist, and how many before and behind them do not; `undefined` when none exists. */
function clip({ begin, end }: Rows, length: number): { rows: Rows; padding: Padding } | undefined {
  const rows = { begin: Math.max(0, begin), end: Math.min(length, end) };
  if (rows.begin >= rows.end) return undefined;
  return { rows, padding: [rows.begin - begin, end - rows.end] };
}

function ceilingOf(value: number, divisor: number): number {
  return Math.ceil(value / divisor);
}
