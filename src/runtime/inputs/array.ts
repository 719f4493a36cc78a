/** Arrays as inputs: whatever the format, their shape must be the model's and their values finite. */
import { basename } from "node:path";
import {
  type Diagnostic,
  type DiagnosticKind,
  defineDiagnostic,
  type Reporter,
} from "../../base/diagnostic.ts";
import { quoted } from "../../base/text.ts";
import { dimensions } from "../../ir/shape.ts";
import { elementsOf } from "../../ops/reference-tensor.ts";
import type { Input, InputReader, Wanted } from "./input.ts";
import { malformedInput } from "./problems.ts";
import { readBytes } from "./read-bytes.ts";

export const inputShape: DiagnosticKind<[path: string, found: string, input: string, wanted: string]> =
  defineDiagnostic({
    code: "DN0908",
    message: (path, found, input, wanted) =>
      `${quoted(path)} holds ${found}, but the input ${quoted(input)} takes ${wanted}`,
    explain: {
      title: "input-shape",
      text: "An array has the shape of the input, channels first as in the language: `[C, H, W]` for one picture, or `[N, C, H, W]` for a batch of N. Nothing is reshaped, resized or transposed in silence.",
    },
  });

export const nonFiniteInput: DiagnosticKind<[path: string, value: number, position: string]> =
  defineDiagnostic({
    code: "DN0909",
    message: (path, value, position) => `${quoted(path)} holds ${value} at ${position}`,
    explain: {
      title: "non-finite-input",
      text: "One value that is no number, or infinite, makes every output that depends on it meaningless. Values beyond the range of float32, about 3.4e38, become infinite when they are fed.",
    },
  });

/** What the header of an array file promises; the values are decoded only when the shape is right. */
export interface StoredArray {
  readonly shape: readonly number[];
  /** Of the elements, for the person. */
  readonly type: string;
  /** Row-major. Called only when the file holds as many elements as the shape says. */
  decode(): Float32Array;
}

/** Why the bytes are not what they should be. */
export interface Malformed {
  readonly malformed: string;
}

export interface ArrayFormat {
  /** The largest file that is read. */
  readonly limit: number;
  /** How such files are made, for whoever has a broken one. */
  readonly advice: string;
  parse(bytes: Uint8Array, wanted: Wanted, path: string): StoredArray | Malformed | Diagnostic;
}

/** A reader of inputs for files of this format. */
export function arrayReader(format: ArrayFormat): InputReader {
  return async (path, wanted, reporter) => {
    const bytes = readBytes(path, { limit: format.limit }, reporter);
    if (bytes === undefined) return undefined;
    const array = bytes.length === 0 ? { malformed: "it is empty" } : format.parse(bytes, wanted, path);
    if ("malformed" in array) {
      reporter.report(malformedInput.at({ help: [format.advice] }, path, array.malformed));
      return undefined;
    }
    if ("code" in array) {
      reporter.report(array);
      return undefined;
    }
    return inputFrom(array, path, wanted, reporter);
  };
}

function inputFrom(array: StoredArray, path: string, wanted: Wanted, reporter: Reporter): Input | undefined {
  const sample = dimensions(wanted.shape);
  const batch = batchOf(array.shape, sample);
  if (batch === undefined) {
    reporter.report(misfit(array.shape, path, wanted));
    return undefined;
  }
  const data = array.decode();
  const nonFinite = data.findIndex((value) => !Number.isFinite(value));
  if (nonFinite >= 0) {
    const position = `[${positionOf(nonFinite, array.shape).join(", ")}]`;
    const help = ["replace values that are not finite in float32 before saving the array"];
    reporter.report(nonFiniteInput.at({ help }, path, data[nonFinite] ?? Number.NaN, position));
    return undefined;
  }
  return { batch, data, description: `${basename(path)} ${array.type} ${printArrayShape(array.shape)}` };
}

/** One sample without an axis for it, or at least one with; undefined when the shape does not fit. */
function batchOf(found: readonly number[], sample: readonly number[]): number | undefined {
  if (isEqual(found, sample)) return 1;
  const [batch = 0, ...rest] = found;
  return batch > 0 && isEqual(rest, sample) ? batch : undefined;
}

function misfit(found: readonly number[], path: string, { name, shape }: Wanted): Diagnostic {
  const sample = dimensions(shape);
  const wanted = `${printArrayShape(sample)} or ${printArrayShape(["N", ...sample])}`;
  return inputShape.at({ help: [helpFor(found, sample)] }, path, printArrayShape(found), name, wanted);
}

function helpFor(found: readonly number[], sample: readonly number[]): string {
  const [channels = 0, ...sizes] = sample;
  const channelsLast = [...sizes, channels];
  if (isEqual(found, channelsLast)) {
    return "its channels seem to come last: move them first, in numpy with `np.moveaxis(x, -1, 0)`";
  }
  if (found.length > 1 && isEqual(found.slice(1), channelsLast)) {
    return "its channels seem to come last: move them behind the batch, in numpy with `np.moveaxis(x, -1, 1)`";
  }
  if (channels === 1 && isEqual(found, sizes)) {
    return "it seems to lack the axis of the one channel: add it, in numpy with `x[None]`";
  }
  if (channels === 1 && isEqual(found.slice(1), sizes)) {
    return "it seems to lack the axis of the one channel: add it, in numpy with `x[:, None]`";
  }
  if (found[0] === 0 && isEqual(found.slice(1), sample)) return "give it at least one sample";
  return "give the array that shape, channels first";
}

function isEqual(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((size, axis) => size === other[axis]);
}

function printArrayShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}

/** The index on each axis. */
export function positionOf(element: number, shape: readonly number[]): readonly number[] {
  let rest = element;
  const position = shape.toReversed().map((size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return index;
  });
  return position.reverse();
}

/** Whether a header's shape is one, and how many bytes it promises; never more than numbers can count. */
export function promisedBytes(shape: readonly number[], elementSize: number): number | undefined {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return undefined;
  const bytes = shape.includes(0) ? 0 : elementsOf(shape) * elementSize;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
