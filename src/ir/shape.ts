/** Shapes of the checked graph, without layout and batch: channels, and one size an axis. A vector has no sizes. */
import { boundSize, printSize, type Size } from "./size.ts";
import type { Term } from "./term.ts";
import { LANGUAGE, printTerm } from "./term-print.ts";

export interface Shape {
  readonly channels: number;
  /** How the channels depend on unknowns, in the check of a block for all its parameters; absent: they do not. */
  readonly formula?: Term;
  /** `[L]`, `[H, W]` or `[D, H, W]`; empty for a vector. */
  readonly sizes: readonly Size[];
}

/** A shape of numbers only, as everything that computes needs it. */
export interface BoundShape extends Shape {
  readonly sizes: readonly number[];
}

export function isBoundShape(shape: Shape): shape is BoundShape {
  return shape.sizes.every((size) => typeof size === "number");
}

/** Throws an `InternalError` where a size is still symbolic. */
export function boundShape({ channels, sizes }: Shape): BoundShape {
  return { channels, sizes: sizes.map(boundSize) };
}

/** An axis of a shape: 0 is the channels, 1 the first size and so on. */
export type Axis = number;

const AXIS_NAMES: readonly (readonly string[])[] = [["C"], ["C", "L"], ["C", "H", "W"], ["C", "D", "H", "W"]];

/** How many spatial axes there can be. */
export const MAX_RANK = 3;

export function rankOf(shape: Shape): number {
  return shape.sizes.length;
}

/** `C`, `D`, `H`, `W` or `L`. */
export function axisName(rank: number, axis: Axis): string {
  return AXIS_NAMES[rank]?.[axis] ?? `axis ${axis}`;
}

/** The axis that `.c`, `.d`, `.h`, `.w` or `.l` names in a shape of this rank, if it has one. */
export function axisByName(rank: number, name: string): Axis | undefined {
  const axis = AXIS_NAMES[rank]?.findIndex((known) => known.toLowerCase() === name) ?? -1;
  return axis < 0 ? undefined : axis;
}

export function sizeAt(shape: Shape, axis: Axis): Size | undefined {
  return axis === 0 ? shape.channels : shape.sizes[axis - 1];
}

/** Channels, then sizes: `[64, 56, 56]`. */
export function dimensions(shape: Shape): readonly number[] {
  return [shape.channels, ...boundShape(shape).sizes];
}

/** All axes of a shape of this rank. */
export function axesOf(rank: number): readonly Axis[] {
  return Array.from({ length: rank + 1 }, (_, axis) => axis);
}

/** The number of elements of one sample; exact. */
export function elementCount(shape: Shape): bigint {
  return product(dimensions(shape));
}

export function product(values: readonly Size[]): bigint {
  // As a number, which is faster by far, for as long as that is exact.
  const result = values.reduce<number>((factor, value) => factor * boundSize(value), 1);
  return Number.isSafeInteger(result)
    ? BigInt(result)
    : values.reduce<bigint>((factor, value) => factor * BigInt(boundSize(value)), 1n);
}

/** As the language writes it: `[64 @ 56x56]`, `[64 @ ceil(H/2), W]`, `[1000]`. */
export function printShape(shape: Shape): string {
  const { sizes } = shape;
  const channels = printAxis(shape, 0);
  return sizes.length === 0 ? `[${channels}]` : `[${channels} @ ${printSizes(sizes)}]`;
}

/** The size of one axis, as the language writes it. */
export function printAxis(shape: Shape, axis: Axis): string {
  const { formula } = shape;
  return axis === 0 && formula !== undefined
    ? printTerm(formula, LANGUAGE)
    : printSize(sizeAt(shape, axis) ?? 0);
}

/** The same of `dimensions`. */
export function printDimensions([channels = 1, ...sizes]: readonly number[]): string {
  return printShape({ channels, sizes });
}

export function printSizes(sizes: readonly Size[]): string {
  return sizes.map(printSize).join(sizes.every((size) => typeof size === "number") ? "x" : ", ");
}
