/** What is bound from outside the spec: `--set` and `--input`. */
import type { Given } from "./bind.ts";

/** What the caller binds from outside: `--set` and `--input`. */
export interface Bindings {
  readonly parameters: ReadonlyMap<string, Given>;
  /** Channels and sizes by input, or one size by symbol. */
  readonly inputs: ReadonlyMap<string, readonly number[]>;
}

export const NO_BINDINGS: Bindings = { parameters: new Map(), inputs: new Map() };
