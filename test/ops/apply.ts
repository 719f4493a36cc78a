/** Applies an operation to tensors as a call of its stage would, without a graph around it. */

import { expect } from "vitest";
import { InternalError } from "../../src/base/invariant.ts";
import { dimensions, type Shape } from "../../src/ir/shape.ts";
import type { Tensor } from "../../src/ir/tensor.ts";
import type { Call, Expansion, Operands, OpStage, WeightSpec } from "../../src/ops/op.ts";

/** A model that sets nothing, and in which nothing may go wrong. */
export const quietSite: Expansion = {
  stageName: "stage",
  settings: {},
  growth: () => undefined,
  emit: () => {
    throw new InternalError("nothing is expanded here");
  },
  demand: (size, holds) => typeof size === "number" && holds(size),
  equal: () => true,
  atMost: () => true,
  report: (kind, args) => {
    throw new InternalError(`reported ${kind.code} with ${args.join(", ")}`);
  },
};

export type WeightMaker = (spec: WeightSpec, index: number) => Tensor;

export function noWeights(spec: WeightSpec): Tensor {
  throw new InternalError(`no weights here, also not ${spec.name}`);
}

/** The result, after checking that its shape is the one that the shape rule says. */
export function applyOp(
  op: OpStage<unknown>,
  call: Partial<Call>,
  inputs: Operands<Tensor>,
  makeWeight: WeightMaker = noWeights,
): Tensor {
  const shapes: Operands<Shape> = [shapeOf(inputs[0]), ...inputs.slice(1).map(shapeOf)];
  const attrs = op.attrs({ arguments: {}, ...call }, shapes, quietSite);
  const weights = new Map(
    op.weights(shapes, attrs).map((spec, index) => [spec.name, makeWeight(spec, index)]),
  );
  const result = op.reference(
    inputs,
    (name) => weights.get(name) ?? noWeights({ name, role: "kernel", shape: [] }),
    attrs,
  );
  expect(result.shape).toEqual([inputs[0].shape[0], ...dimensions(op.shape(shapes, attrs, quietSite))]);
  return result;
}

export function shapeOf({ shape: [, channels = 0, ...sizes] }: Tensor): Shape {
  return { channels, sizes };
}

/** A tensor of the numbers in order. */
export function tensor(shape: readonly number[], data: readonly number[]): Tensor {
  expect(data.length).toBe(shape.reduce((result, size) => result * size, 1));
  return { shape, data: Float64Array.from(data) };
}

/** Equal shapes, and values equal within `tolerance`, absolute near zero and relative above one. */
export function expectClose(actual: Tensor, expected: Tensor, tolerance = 1e-12): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.data.length).toBe(expected.data.length);
  expected.data.forEach((value, index) => {
    const bound = tolerance * Math.max(1, Math.abs(value));
    const difference = Math.abs((actual.data[index] ?? Number.NaN) - value);
    expect(difference, `element ${index}: ${actual.data[index]} instead of ${value}`).toBeLessThanOrEqual(
      bound,
    );
  });
}

/** As many numbers, and each within a relative `tolerance`. */
export function expectSame(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, index) => {
    const error = Math.abs((actual[index] ?? Number.NaN) - value) / Math.abs(value);
    expect(error, `number ${index}: ${actual[index]} instead of ${value}`).toBeLessThanOrEqual(tolerance);
  });
}
