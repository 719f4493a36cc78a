/**
 * Every kind of diagnostic there is: `dnc explain` and the reference are made from this list. A kind is defined and
 * exported by the module that reports it, and such a module has one line here.
 */
import * as syntaxErrors from "../grammar/syntax-errors.ts";
import type { DiagnosticKind } from "./base/diagnostic.ts";
import * as faults from "./base/faults.ts";
import * as callProblems from "./ops/call-problems.ts";
import * as unsupported from "./ops/unsupported.ts";
import * as windows from "./ops/window.ts";

const MODULES: readonly Readonly<Record<string, unknown>>[] = [
  syntaxErrors,
  callProblems,
  unsupported,
  windows,
  faults,
];

/** In the order of their codes. */
export const diagnosticKinds: readonly DiagnosticKind[] = MODULES.flatMap((module) => Object.values(module))
  .filter(isDiagnosticKind)
  .sort((a, b) => (a.code < b.code ? -1 : 1));

function isDiagnosticKind(value: unknown): value is DiagnosticKind {
  return typeof value === "object" && value !== null && "code" in value && "explanation" in value;
}
