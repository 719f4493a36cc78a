/** Shapes of the checked graph, without layout and batch: channels, and one size an axis. A vector has no sizes. */

export interface Shape {
  readonly channels: number;
  /** `[L]`, `[H, W]` or `[D, H, W]`; empty for a vector. */
  readonly sizes: readonly number[];
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
  const axis = AXIS_NAMES[rank]?.indexOf(name.toUpperCase()) ?? -1;
  return axis < 0 ? undefined : axis;
}

export function sizeAt(shape: Shape, axis: Axis): number | undefined {
  return axis === 0 ? shape.channels : shape.sizes[axis - 1];
}

/** Channels, then sizes: `[64, 56, 56]`. */
export function dimensions(shape: Shape): readonly number[] {
  return [shape.channels, ...shape.sizes];
}

/** All axes of a shape of this rank. */
export function axesOf(rank: number): readonly Axis[] {
  return Array.from({ length: rank + 1 }, (_, axis) => axis);
}

/** The number of elements of one sample; exact. */
export function elementCount(shape: Shape): bigint {
  return product(dimensions(shape));
}

export function product(values: readonly number[]): bigint {
  return values.reduce((result, value) => result * BigInt(value), 1n);
}

/** As the language writes it: `[64 @ 56x56]`, `[1000]`. */
export function printShape(shape: Shape): string {
  return shape.sizes.length === 0 ? `[${shape.channels}]` : `[${shape.channels} @ ${shape.sizes.join("x")}]`;
}
