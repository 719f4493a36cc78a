/** Computes a lowered graph by naive loops in float64: what passes and targets are compared with. */
import { roundToBfloat16 } from "../../src/base/bfloat16.ts";
import { invariant } from "../../src/base/invariant.ts";
import type {
  FormName,
  LoweredGraph,
  Padding,
  PointwiseFunction,
  Primitive,
  PrimitiveOf,
  Window,
} from "../../src/ir/lowered.ts";
import { printRef } from "../../src/ir/lowered.ts";

export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Values = Readonly<Record<string, Value>>;

/** The outputs by port, for these inputs by port; those of the form of that name, if any is given. */
export function interpret(graph: LoweredGraph, feeds: Values, form?: FormName): Values {
  const outputs =
    form === undefined ? graph.outputs : graph.forms?.find(({ name }) => name === form)?.outputs;
  invariant(outputs !== undefined, `the graph has no form ${form}`);
  const known = new Map<string, Value>();
  const fed = new Map(graph.inputs.map(({ name, ref }) => [ref.node, feeds[name]]));
  for (const { name, primitive, inputs } of graph.nodes) {
    const operands = inputs.map((ref) => known.get(printRef(ref)));
    known.set(name, fed.get(name) ?? compute(primitive, operands as readonly Value[]));
  }
  const read = (ref: string): Value => {
    const value = known.get(ref);
    invariant(value !== undefined, `nothing computed ${ref}`);
    return value;
  };
  return Object.fromEntries(outputs.map(({ name, ref }) => [name, read(printRef(ref))]));
}

type Index = readonly number[];

export function sizeOf(shape: Index): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A value of this shape, computed element by element. */
export function fill(shape: Index, element: (index: Index) => number): Value {
  const data = new Float64Array(sizeOf(shape));
  let at = 0;
  for (const index of indexes(shape)) data[at++] = element(index);
  return { shape, data };
}

function* indexes(shape: Index): Generator<Index> {
  const [size, ...rest] = shape;
  if (size === undefined) return yield [];
  for (let first = 0; first < size; first += 1) for (const others of indexes(rest)) yield [first, ...others];
}

/** The element at `index`, or `outside` where the value has none. */
function at({ shape, data }: Value, index: Index, outside?: number): number {
  let flat = 0;
  for (const [axis, size] of shape.entries()) {
    const position = index[axis] ?? 0;
    if (position < 0 || position >= size) {
      invariant(outside !== undefined, `[${index}] is outside of [${shape}]`);
      return outside;
    }
    flat = flat * size + position;
  }
  return data[flat] ?? Number.NaN;
}

function compute(primitive: Primitive, operands: readonly Value[]): Value {
  const [x, second] = operands as readonly [Value, Value];
  const map = (element: (value: number, index: Index) => number): Value =>
    fill(x.shape, (index) => element(at(x, index), index));
  const channel = (index: Index): number => index.at(-1) ?? 0;
  const channels = x?.shape.at(-1) ?? 0;
  switch (primitive.kind) {
    case "input":
      throw new Error("an input was not fed");
    case "constant": {
      const values = Float64Array.from(primitive.values());
      return {
        shape: primitive.shape,
        data: primitive.element === "bfloat16" ? values.map(roundToBfloat16) : values,
      };
    }
    case "cast":
      return map(primitive.to === "bfloat16" ? roundToBfloat16 : (value) => value);
    case "convolution":
      return slide(x, primitive.window, second.shape.at(-1) ?? 0, (taps, out) => {
        let sum = 0;
        const perGroup = channels / primitive.groups;
        const group = Math.floor((channel(out) * primitive.groups) / (second.shape.at(-1) ?? 1));
        for (const { tap, position } of taps) {
          for (let c = 0; c < perGroup; c += 1) {
            const element = at(x, [out[0] ?? 0, ...position, group * perGroup + c], 0);
            sum += element * at(second, [...tap, c, channel(out)]);
          }
        }
        return sum;
      });
    case "depthwise-convolution": {
      const multiplier = second.shape.at(-1) ?? 1;
      return slide(x, primitive.window, channels * multiplier, (taps, out) => {
        const [c, copy] = [Math.floor(channel(out) / multiplier), channel(out) % multiplier];
        return taps.reduce(
          (sum, { tap, position }) =>
            sum + at(x, [out[0] ?? 0, ...position, c], 0) * at(second, [...tap, c, copy]),
          0,
        );
      });
    }
    case "transposed-convolution":
      return transposedConvolution(primitive, x, second);
    case "max-pool":
      return slide(x, primitive.window, channels, (taps, out) =>
        Math.max(...taps.map(({ position }) => at(x, [out[0] ?? 0, ...position, channel(out)], -Infinity))),
      );
    case "average-pool":
      return slide(x, primitive.window, channels, (taps, out) => {
        const read = (outside: number) =>
          taps.map(({ position }) => at(x, [out[0] ?? 0, ...position, channel(out)], outside));
        const counted = primitive.countsPadding
          ? taps.length
          : read(Number.NaN).filter((value) => !Number.isNaN(value)).length;
        return read(0).reduce((sum, value) => sum + value, 0) / counted;
      });
    case "bias":
      return map((value, index) => value + at(second, [channel(index)]));
    case "batch-normalization": {
      const [scale, offset, mean, variance] = operands.slice(1) as [Value, Value, Value, Value];
      return map((value, index) => {
        const c = [channel(index)];
        const deviation = Math.sqrt(at(variance, c) + primitive.epsilon);
        return ((value - at(mean, c)) / deviation) * at(scale, c) + at(offset, c);
      });
    }
    case "pointwise":
      return map(POINTWISE[primitive.function]);
    case "leaky-relu":
      return map((value) => (value > 0 ? value : primitive.slope * value));
    case "power":
      return map((value) => value ** primitive.exponent);
    case "softmax": {
      const row = (index: Index): readonly number[] =>
        Array.from({ length: channels }, (_, c) => Math.exp(at(x, [...index.slice(0, -1), c])));
      return map((value, index) => Math.exp(value) / row(index).reduce((sum, term) => sum + term, 0));
    }
    case "reduce": {
      const { axes, keepsAxes } = primitive;
      const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const reduced = fill(kept, (index) => {
        const values = Array.from(indexes(axes.map((axis) => x.shape[axis] ?? 1)), (within) =>
          at(
            x,
            index.map((position, axis) => within[axes.indexOf(axis)] ?? position),
          ),
        );
        if (primitive.function === "max") return Math.max(...values);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      });
      return keepsAxes
        ? reduced
        : { shape: x.shape.filter((_, axis) => !axes.includes(axis)), data: reduced.data };
    }
    case "local-response-normalization": {
      const { radius, bias, alpha, beta } = primitive;
      return map((value, index) => {
        let sum = 0;
        for (let offset = -radius; offset <= radius; offset += 1)
          sum += at(x, [...index.slice(0, -1), channel(index) + offset], 0) ** 2;
        return value / (bias + alpha * sum) ** beta;
      });
    }
    case "matmul":
      return fill([x.shape[0] ?? 0, second.shape[1] ?? 0], ([row = 0, column = 0]) => {
        let sum = 0;
        for (let c = 0; c < channels; c += 1) sum += at(x, [row, c]) * at(second, [c, column]);
        return sum;
      });
    case "concat":
      return joined(operands, primitive.axis ?? x.shape.length - 1);
    case "batch-share": {
      const [batch = 0] = x.shape;
      const size = Math.ceil(batch / primitive.of);
      const first = Math.min(primitive.index * size, batch - 1);
      return samples(x, first, Math.max(first + 1, Math.min(first + size, batch)));
    }
    case "batch-join": {
      const shares = operands.slice(0, -1);
      const [batch = 0] = operands.at(-1)?.shape ?? [];
      const size = Math.ceil(batch / shares.length);
      return joined(
        shares.map((share, index) => samples(share, index * size < batch ? 0 : 1, share.shape[0] ?? 0)),
        0,
      );
    }
    case "add":
    case "subtract":
    case "multiply":
    case "maximum": {
      const ofTwo = OF_TWO[primitive.kind];
      return map((value, index) => ofTwo(value, at(second, broadcast(index, second.shape))));
    }
    case "reshape":
      return { shape: [x.shape[0] ?? 0, ...primitive.shape], data: x.data };
    case "transpose": {
      const { permutation } = primitive;
      return fill(
        permutation.map((axis) => x.shape[axis] ?? 0),
        (index) =>
          at(
            x,
            x.shape.map((_, axis) => index[permutation.indexOf(axis)] ?? 0),
          ),
      );
    }
    case "slice": {
      const { begin, end, step } = primitive;
      const sizes = begin.map((first, axis) => Math.ceil(((end[axis] ?? 0) - first) / (step[axis] ?? 1)));
      return fill([x.shape[0] ?? 0, ...sizes], ([sample = 0, ...index]) =>
        at(x, [sample, ...index.map((position, axis) => (begin[axis] ?? 0) + position * (step[axis] ?? 1))]),
      );
    }
    case "gather": {
      const { axis, indices } = primitive;
      return fill(x.shape.with(axis, indices.length), (index) =>
        at(x, index.with(axis, indices[index[axis] ?? 0] ?? Number.NaN)),
      );
    }
    case "resize":
      return resized(x, primitive.sizes);
    case "pad":
      return fill(
        x.shape.map((size, axis) => padded(size, primitive.padding[axis])),
        (index) =>
          at(
            x,
            index.map((position, axis) => position - (primitive.padding[axis]?.[0] ?? 0)),
            primitive.value,
          ),
      );
    case "identity":
      return x;
  }
}

function samples(x: Value, begin: number, end: number): Value {
  return fill(x.shape.with(0, end - begin), ([sample = 0, ...index]) => at(x, [begin + sample, ...index]));
}

function joined(operands: readonly Value[], axis: number): Value {
  const total = operands.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  return fill((operands[0]?.shape ?? []).with(axis, total), (index) => {
    let position = index[axis] ?? 0;
    for (const operand of operands) {
      const own = operand.shape[axis] ?? 0;
      if (position < own) return at(operand, index.with(axis, position));
      position -= own;
    }
    return Number.NaN;
  });
}

const OF_TWO = {
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  maximum: Math.max,
} as const;

const POINTWISE: Record<PointwiseFunction, (value: number) => number> = {
  relu: (value) => Math.max(value, 0),
  relu6: (value) => Math.min(Math.max(value, 0), 6),
  elu: (value) => (value > 0 ? value : Math.expm1(value)),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: Math.tanh,
  // Beyond 6 it is 1 in every digit.
  erf: (value) =>
    simpson((t) => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t), Math.min(Math.max(value, -6), 6)),
};

/** The integral from 0 to `end`, from 64 parabolas. */
function simpson(density: (t: number) => number, end: number): number {
  const weights = Array.from({ length: 129 }, (_, at) => (at % 128 === 0 ? 1 : at % 2 === 0 ? 2 : 4));
  const step = end / 128;
  return (step / 3) * weights.reduce((sum, weight, at) => sum + weight * density(at * step), 0);
}

function padded(size: number, [before, after]: Padding = [0, 0]): number {
  return size + before + after;
}

function broadcast(index: Index, shape: Index): Index {
  return shape.map((size, axis) => (size === 1 ? 0 : (index[axis + index.length - shape.length] ?? 0)));
}

/** Each element of x goes where the taps of the window, stepped over the result, come from. */
function transposedConvolution(
  { window, sizes, groups }: PrimitiveOf<"transposed-convolution">,
  x: Value,
  kernel: Value,
): Value {
  const [inputs, outputs] = [x.shape.at(-1) ?? 1, kernel.shape.at(-2) ?? 1];
  const result = fill([x.shape[0] ?? 0, ...sizes, outputs * groups], () => 0);
  slide(result, window, inputs, (taps, [sample = 0, ...from]) => {
    const c = from.at(-1) ?? 0;
    const group = Math.floor((c * groups) / inputs);
    for (const { tap, position } of taps) {
      if (position.some((place, axis) => place < 0 || place >= (sizes[axis] ?? 0))) continue;
      for (let out = 0; out < outputs; out += 1) {
        const to = [sample, ...position, group * outputs + out];
        const flat = to.reduce((offset, place, axis) => offset * (result.shape[axis] ?? 1) + place, 0);
        result.data[flat] =
          (result.data[flat] ?? 0) + at(x, [sample, ...from]) * at(kernel, [...tap, out, c]);
      }
    }
    return 0;
  });
  return result;
}

/** Between the two elements around each center, one axis after the other. */
function resized(x: Value, sizes: Index): Value {
  return sizes.reduce((value, size, position) => {
    const axis = position + 1;
    const length = value.shape[axis] ?? 1;
    return fill(value.shape.with(axis, size), (index) => {
      const center = (((index[axis] ?? 0) + 0.5) * length) / size - 0.5;
      const inside = Math.min(Math.max(center, 0), length - 1);
      const [low, high] = [Math.floor(inside), Math.ceil(inside)];
      const share = inside - low;
      return (1 - share) * at(value, index.with(axis, low)) + share * at(value, index.with(axis, high));
    });
  }, x);
}

interface Tap {
  readonly tap: Index;
  readonly position: Index;
}

/** One element an output position and channel, from the taps of the window there. */
function slide(
  x: Value,
  { size, stride, dilation, padding }: Window,
  channels: number,
  element: (taps: readonly Tap[], out: Index) => number,
): Value {
  const sizes = x.shape.slice(1, -1).map((length, axis) => {
    const reach = (dilation[axis] ?? 1) * ((size[axis] ?? 1) - 1) + 1;
    return Math.floor((padded(length, padding[axis]) - reach) / (stride[axis] ?? 1)) + 1;
  });
  return fill([x.shape[0] ?? 0, ...sizes, channels], (out) => {
    const taps = Array.from(indexes(size), (tap) => ({
      tap,
      position: tap.map(
        (step, axis) =>
          (out[axis + 1] ?? 0) * (stride[axis] ?? 1) -
          (padding[axis]?.[0] ?? 0) +
          step * (dilation[axis] ?? 1),
      ),
    }));
    return element(taps, out);
  });
}
