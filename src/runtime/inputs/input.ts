/** What an input is, and what its readers are told about the input of the model that it is for. */
import type { Reporter } from "../../base/diagnostic.ts";
import type { BoundShape } from "../../ir/shape.ts";

export interface Input {
  /** How many samples. */
  readonly batch: number;
  /** Row-major `[batch, channels, ...sizes]`. */
  readonly data: Float32Array;
  /** Where the values come from and what was done to them, for the person. */
  readonly description: string;
}

/** The input of the model. */
export interface Wanted {
  readonly name: string;
  readonly shape: BoundShape;
}

/** Undefined when the file is of no use, which has been reported. */
export type InputReader = (path: string, wanted: Wanted, reporter: Reporter) => Promise<Input | undefined>;
