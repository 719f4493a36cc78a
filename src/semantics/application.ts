/** A stage, block or shared instance that is applied to operands at a place. */
import type { Span } from "../base/source.ts";
import type { Operands, Value } from "../ops/op.ts";
import type { Place } from "./build.ts";
import type { CallForm } from "./call-form.ts";
import type { Flow } from "./scope.ts";

export interface Application {
  readonly form: CallForm;
  /** Of the whole call. */
  readonly span: Span;
  /** Where the call stands. */
  readonly place: Place;
  /** What `in` and `it` are there. */
  readonly flow: Flow;
  readonly operands: Operands<Value>;
  /** Of what it makes. */
  readonly path: string;
}
