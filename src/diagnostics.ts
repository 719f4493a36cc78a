/**
 * Every kind of diagnostic there is: `dnc explain` and the reference are made from this list. A kind is defined and
 * exported by the module that reports it, and such a module has one line here.
 */
import * as syntaxErrors from "../grammar/syntax-errors.ts";
import type { DiagnosticKind } from "./base/diagnostic.ts";
import * as faults from "./base/faults.ts";
import * as pipeline from "./compile.ts";
import * as allowProblems from "./lints/allow.ts";
import * as allowComments from "./lints/allow-comments.ts";
import { LINTS } from "./lints/index.ts";
import * as callProblems from "./ops/call-problems.ts";
import * as concat from "./ops/concat.ts";
import * as elementwise from "./ops/elementwise.ts";
import * as flatten from "./ops/flatten.ts";
import * as groups from "./ops/groups.ts";
import * as unsupported from "./ops/unsupported.ts";
import * as windows from "./ops/window.ts";
import * as artifacts from "./runtime/artifact.ts";
import * as artifactProblems from "./runtime/artifact-problems.ts";
import * as bench from "./runtime/bench/race.ts";
import * as arrays from "./runtime/inputs/array.ts";
import * as images from "./runtime/inputs/image.ts";
import * as inputs from "./runtime/inputs/index.ts";
import * as inputProblems from "./runtime/inputs/problems.ts";
import * as safetensors from "./runtime/inputs/safetensors.ts";
import * as native from "./runtime/native.ts";
import * as labels from "./runtime/outputs/labels.ts";
import * as reportProblems from "./runtime/report-problems.ts";
import * as runtimes from "./runtime/runtime.ts";
import * as sessions from "./runtime/session.ts";
import * as addon from "./runtime/setup/addon.ts";
import * as download from "./runtime/setup/download.ts";
import * as environmentFaults from "./runtime/setup/environment-faults.ts";
import * as platform from "./runtime/setup/platform.ts";
import * as probe from "./runtime/setup/probe.ts";
import * as sourceFiles from "./runtime/source-files.ts";
import * as bindingsProblems from "./semantics/bindings.ts";
import * as buildProblems from "./semantics/build.ts";
import * as deadValuesProblems from "./semantics/dead-values.ts";
import * as evaluateProblems from "./semantics/evaluate.ts";
import * as expectProblems from "./semantics/expect.ts";
import * as inputSymbolProblems from "./semantics/input-symbols.ts";
import * as metricProblems from "./semantics/metrics.ts";
import * as modelInputProblems from "./semantics/model-inputs.ts";
import * as moduleProblems from "./semantics/module.ts";
import * as recursionProblems from "./semantics/recursion.ts";
import * as resolveProblems from "./semantics/resolve.ts";
import * as resolveBodyProblems from "./semantics/resolve-body.ts";
import * as resolveCallsProblems from "./semantics/resolve-calls.ts";
import * as resolveNamesProblems from "./semantics/resolve-names.ts";
import * as resolveSlotsProblems from "./semantics/resolve-slots.ts";
import * as resolveTensorsProblems from "./semantics/resolve-tensors.ts";
import * as siteProblems from "./semantics/site.ts";
import * as symbolicProblems from "./semantics/symbolic.ts";
import * as symbolProblems from "./semantics/symbols.ts";
import * as typesProblems from "./semantics/types.ts";
import * as unknownCalleeProblems from "./semantics/unknown-callee.ts";
import * as unusedProblems from "./semantics/unused.ts";
import * as savedModelTarget from "./targets/savedmodel/target.ts";
import * as pictures from "./viz/draw.ts";

const MODULES: readonly Readonly<Record<string, unknown>>[] = [
  syntaxErrors,
  callProblems,
  unsupported,
  windows,
  elementwise,
  concat,
  flatten,
  groups,
  bindingsProblems,
  buildProblems,
  deadValuesProblems,
  evaluateProblems,
  expectProblems,
  metricProblems,
  inputSymbolProblems,
  modelInputProblems,
  symbolicProblems,
  symbolProblems,
  moduleProblems,
  recursionProblems,
  resolveProblems,
  resolveCallsProblems,
  resolveSlotsProblems,
  resolveNamesProblems,
  resolveBodyProblems,
  resolveTensorsProblems,
  siteProblems,
  typesProblems,
  unknownCalleeProblems,
  unusedProblems,
  Object.fromEntries(LINTS.flatMap(({ kinds }) => kinds).map((kind) => [kind.code, kind])),
  allowComments,
  allowProblems,
  pipeline,
  savedModelTarget,
  pictures,
  native,
  runtimes,
  bench,
  sessions,
  reportProblems,
  artifacts,
  artifactProblems,
  sourceFiles,
  inputs,
  inputProblems,
  images,
  arrays,
  safetensors,
  labels,
  addon,
  download,
  environmentFaults,
  platform,
  probe,
  faults,
];

/** In the order of their codes. */
export const diagnosticKinds: readonly DiagnosticKind[] = MODULES.flatMap((module) => Object.values(module))
  .filter(isDiagnosticKind)
  .sort((a, b) => (a.code < b.code ? -1 : 1));

function isDiagnosticKind(value: unknown): value is DiagnosticKind {
  return typeof value === "object" && value !== null && "code" in value && "explanation" in value;
}
