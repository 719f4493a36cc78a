/** Comparing values, and graphs by the values that they compute. */
import { expect } from "vitest";
import type { LoweredGraph } from "../../src/ir/lowered.ts";
import { interpret, type Values } from "./interpret.ts";
import { feedFor } from "./random-graph.ts";

/** Both have the same ports and shapes, and differ by at most `tolerance` of the largest number. */
export function expectSameValues(actual: Values, expected: Values, tolerance: number): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(actual[name]?.shape).toEqual(shape);
    const scale = data.filter(Number.isFinite).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const error = data.reduce(
      (most, value, at) => Math.max(most, difference(value, actual[name]?.data[at])),
      0,
    );
    expect(error / scale, `largest relative error of ${name}`).toBeLessThanOrEqual(tolerance);
  }
}

function difference(expected: number, actual: number | undefined): number {
  if (Object.is(expected, actual)) return 0;
  const error = Math.abs(expected - (actual ?? Number.NaN));
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** So in each form. Float32 constants are compared in float64, so only the rounding of rewritten constants may show. */
export function expectSameGraphs(actual: LoweredGraph, expected: LoweredGraph, tolerance = 1e-5): void {
  const feed = feedFor(expected, 2);
  const values = interpret(expected, feed);
  expectSameValues(interpret(actual, feed), values, tolerance);
  for (const { name } of actual.forms ?? [])
    expectSameValues(interpret(actual, feed, name), values, tolerance);
}
