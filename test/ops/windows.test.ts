/** Convolutions and pools of any rank, stride, dilation and padding against a second, slower formulation. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Tensor } from "../../src/ir/tensor.ts";
import { avgpool } from "../../src/ops/avgpool.ts";
import { conv } from "../../src/ops/conv.ts";
import { maxpool } from "../../src/ops/maxpool.ts";
import type { Operands } from "../../src/ops/op.ts";
import { upconv } from "../../src/ops/upconv.ts";
import { hashUniform } from "../../src/weights/hash.ts";
import { applyOp, expectClose, noWeights, quietSite, shapeOf, tensor } from "./apply.ts";

type Index = readonly number[];

const count = (shape: Index): number => shape.reduce((result, size) => result * size, 1);

function indices(shape: Index): readonly Index[] {
  const [size, ...rest] = shape;
  if (size === undefined) return [[]];
  return Array.from({ length: size }, (_, first) => first).flatMap((first) =>
    indices(rest).map((others) => [first, ...others]),
  );
}

function hashed(shape: Index, first: number): Tensor {
  return tensor(
    shape,
    Array.from({ length: count(shape) }, (_, element) => 2 * hashUniform(first + element) - 1),
  );
}

/** The element at an index, or `undefined` outside. */
function elementAt({ shape, data }: Tensor, index: Index): number | undefined {
  const inside = index.every((at, axis) => at >= 0 && at < (shape[axis] ?? 0));
  return inside ? data[index.reduce((offset, at, axis) => offset * (shape[axis] ?? 0) + at, 0)] : undefined;
}

interface Axis {
  readonly length: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: readonly [number, number];
}

const reachOf = ({ size, dilation }: Axis): number => dilation * (size - 1) + 1;
const paddedLength = ({ length, padding: [before, after] }: Axis): number => before + length + after;

/** An axis of at most `length` positions on which at least one window fits. */
function axisOf(length: number, dilation: number, padding: (size: number) => number): fc.Arbitrary<Axis> {
  return fc
    .integer({ min: 1, max: 3 })
    .chain((size) =>
      fc.record({
        length: fc.integer({ min: 1, max: length }),
        size: fc.constant(size),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: dilation }),
        padding: fc.tuple(fc.nat(padding(size)), fc.nat(padding(size))),
      }),
    )
    .filter((axis) => paddedLength(axis) >= reachOf(axis));
}

function axes(dilation: number, padding: (size: number) => number): fc.Arbitrary<readonly Axis[]> {
  return fc
    .integer({ min: 1, max: 3 })
    .chain((rank) =>
      fc.array(axisOf(rank === 3 ? 4 : 7, dilation, padding), { minLength: rank, maxLength: rank }),
    );
}

/** The call that asks for these windows. */
function callOf(window: readonly Axis[]) {
  return {
    kernel: window.map(({ size }) => size),
    stride: window.map(({ stride }) => stride),
    arguments: {
      dilation: window.map(({ dilation }) => dilation),
      pad: window.map(({ padding }) => padding),
    },
  };
}

/** Where the element lies, in coordinates of the input, that window `at` reads at `step`. */
function positionOf(window: readonly Axis[], at: Index, step: Index): Index {
  return window.map(
    ({ stride, dilation, padding: [before] }, axis) =>
      (at[axis] ?? 0) * stride + (step[axis] ?? 0) * dilation - before,
  );
}

/** How many groups, and how many channels of each side belong to one. */
const GROUPED = {
  groups: fc.integer({ min: 1, max: 3 }),
  inputs: fc.integer({ min: 1, max: 2 }),
  outputs: fc.integer({ min: 1, max: 3 }),
};

it("a convolution is the sum of its products over a padded array, and `macs` counts them", () => {
  const property = fc.property(
    axes(3, () => 2),
    fc.record({ batch: fc.integer({ min: 1, max: 2 }), ...GROUPED }),
    (window, { batch, groups, inputs, outputs }) => {
      const x = hashed([batch, groups * inputs, ...window.map(({ length }) => length)], 0);
      const kernel = hashed([groups * outputs, inputs, ...window.map(({ size }) => size)], 5000);
      const { arguments: given, ...slots } = callOf(window);
      const call = { ...slots, channels: groups * outputs, arguments: { ...given, groups } };
      const actual = applyOp(conv, call, [x], () => kernel);
      let multiplyAdds = 0n;
      const expected = indices(actual.shape).map(([sample = 0, output = 0, ...at]) => {
        let sum = 0;
        const first = Math.floor(output / outputs) * inputs;
        for (const [input = 0, ...step] of indices(kernel.shape.slice(1))) {
          const element = elementAt(x, [sample, first + input, ...positionOf(window, at, step)]) ?? 0;
          sum += element * (elementAt(kernel, [output, input, ...step]) ?? Number.NaN);
          multiplyAdds += 1n;
        }
        return sum;
      });
      expectClose(actual, tensor(actual.shape, expected));
      const shapes = [shapeOf(x)] as const;
      const attrs = conv.attrs(call, shapes, quietSite);
      if (attrs === undefined) throw new Error("the call is rejected");
      expect(conv.macs(shapes, shapeOf(actual), attrs) * BigInt(batch)).toBe(multiplyAdds);
    },
  );
  fc.assert(property, { numRuns: 150, seed: 1 });
});

it("a transposed convolution sums what elements times taps give, each at its place, and `macs` counts them", () => {
  const axis = fc
    .record({
      length: fc.integer({ min: 1, max: 4 }),
      size: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 3 }),
      pad: fc.integer({ min: 0, max: 2 }),
      odd: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ odd, ...rest }) => ({ ...rest, outpad: odd % rest.stride }))
    .map((choice) => ({
      ...choice,
      output: (choice.length - 1) * choice.stride - 2 * choice.pad + choice.size + choice.outpad,
    }))
    .filter(({ output }) => output >= 1);
  const axesOfAnyRank = fc.array(axis, { minLength: 1, maxLength: 3 });
  const property = fc.property(axesOfAnyRank, fc.record(GROUPED), (plane, { groups, inputs, outputs }) => {
    const x = hashed([2, groups * inputs, ...plane.map(({ length }) => length)], 0);
    const kernel = hashed([groups * inputs, outputs, ...plane.map(({ size }) => size)], 5000);
    const call = {
      kernel: plane.map(({ size }) => size),
      stride: plane.map(({ stride }) => stride),
      channels: groups * outputs,
      arguments: {
        pad: plane.map(({ pad }) => pad),
        outpad: plane.map(({ outpad }) => outpad),
        bias: false,
        groups,
      },
    };
    const actual = applyOp(upconv, call, [x], () => kernel);
    const sums = new Map<string, number>();
    let multiplyAdds = 0n;
    for (const [sample = 0, input = 0, ...from] of indices(x.shape)) {
      for (const [output = 0, ...step] of indices(kernel.shape.slice(1))) {
        const channel = Math.floor(input / inputs) * outputs + output;
        const at = plane.map(({ stride, pad }, axis) => (from[axis] ?? 0) * stride - pad + (step[axis] ?? 0));
        const key = [sample, channel, ...at].join();
        const product =
          (elementAt(x, [sample, input, ...from]) ?? Number.NaN) *
          (elementAt(kernel, [input, output, ...step]) ?? Number.NaN);
        sums.set(key, (sums.get(key) ?? 0) + product);
        multiplyAdds += 1n;
      }
    }
    const shape = [2, groups * outputs, ...plane.map(({ output }) => output)];
    expectClose(
      actual,
      tensor(
        shape,
        indices(shape).map((index) => sums.get(index.join()) ?? 0),
      ),
    );
    const shapes = [shapeOf(x)] as const;
    const attrs = upconv.attrs(call, shapes, quietSite);
    if (attrs === undefined) throw new Error("the call is rejected");
    expect(upconv.macs(shapes, shapeOf(actual), attrs) * 2n).toBe(multiplyAdds);
  });
  fc.assert(property, { numRuns: 150, seed: 5 });
});

it("no window more would fit, and none that is there stands out", () => {
  const property = fc.property(
    axes(3, () => 2),
    (window) => {
      const x = hashed([1, 1, ...window.map(({ length }) => length)], 0);
      const { shape } = applyOp(conv, { ...callOf(window), channels: 1 }, [x], ({ shape: sizes }) =>
        hashed(sizes, 0),
      );
      window.forEach((axis, index) => {
        const last = ((shape[index + 2] ?? 0) - 1) * axis.stride + reachOf(axis);
        expect(last).toBeLessThanOrEqual(paddedLength(axis));
        expect(last + axis.stride).toBeGreaterThan(paddedLength(axis));
      });
    },
  );
  fc.assert(property, { numRuns: 150, seed: 2 });
});

/** Each window's elements, and how many of its positions lie in the padding. */
function gather(x: Tensor, window: readonly Axis[], [sample = 0, channel = 0, ...at]: Index) {
  const elements: number[] = [];
  let padding = 0;
  for (const step of indices(window.map(({ size }) => size))) {
    const position = positionOf(window, at, step);
    const element = elementAt(x, [sample, channel, ...position]);
    const beyond = window.some(
      ({ length, padding: [, after] }, axis) => (position[axis] ?? 0) >= length + after,
    );
    if (element !== undefined) elements.push(element);
    else if (!beyond) padding += 1;
  }
  return { elements, padding };
}

it("a pool gathers the elements of each window, in floor and in ceil mode", () => {
  const halfOf = (size: number): number => Math.floor(size / 2);
  const property = fc.property(axes(1, halfOf), fc.boolean(), fc.boolean(), (window, ceil, count_pad) => {
    const x = hashed([2, 2, ...window.map(({ length }) => length)], 0);
    const call = callOf(window);
    const inputs: Operands<Tensor> = [x];
    const { pad } = call.arguments;
    const maxima = applyOp(maxpool, { ...call, arguments: { pad, ceil } }, inputs);
    const means = applyOp(avgpool, { ...call, arguments: { pad, ceil, count_pad } }, inputs);
    const gathered = indices(maxima.shape).map((index) => gather(x, window, index));
    expectClose(
      maxima,
      tensor(
        maxima.shape,
        gathered.map(({ elements }) => Math.max(...elements)),
      ),
    );
    const mean = ({ elements, padding }: { elements: readonly number[]; padding: number }): number =>
      elements.reduce((sum, element) => sum + element, 0) / (elements.length + (count_pad ? padding : 0));
    expectClose(means, tensor(means.shape, gathered.map(mean)));
  });
  fc.assert(property, { numRuns: 150, seed: 3 });
});

it("ceil mode adds at most one window an axis, which starts before the end of the input", () => {
  const property = fc.property(
    axes(1, (size) => Math.floor(size / 2)),
    (window) => {
      const x = hashed([1, 1, ...window.map(({ length }) => length)], 0);
      const {
        kernel,
        stride,
        arguments: { pad },
      } = callOf(window);
      const [floor, ceil] = [false, true].map((mode) =>
        applyOp(maxpool, { kernel, stride, arguments: { pad, ceil: mode } }, [x], noWeights),
      );
      window.forEach((axis, index) => {
        const [less = 0, more = 0] = [floor?.shape[index + 2], ceil?.shape[index + 2]];
        const start = less * axis.stride - axis.padding[0];
        const covered = (less - 1) * axis.stride + axis.size >= paddedLength(axis);
        expect(more - less).toBe(!covered && start < axis.length ? 1 : 0);
      });
    },
  );
  fc.assert(property, { numRuns: 150, seed: 4 });
});
