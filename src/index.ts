/** The public door: pure functions of source text and options. Running models is in `./runtime/index.ts`. */
export type { Diagnostic, Frame, Label, Reporter } from "./base/diagnostic.ts";
export type { SourceFile, Span } from "./base/source.ts";
export {
  type CheckResult,
  type CompileOptions,
  type CompileResult,
  check,
  compile,
  type ElaborateOptions,
  type ElaborateResult,
  elaborate,
  type WeightsChoice,
} from "./compile.ts";
export type { CheckedGraph } from "./ops/op.ts";
export { parseInputSizes, parseSetting } from "./semantics/bindings.ts";
export type { Bindings } from "./semantics/instantiate.ts";
export type { Loader } from "./semantics/module.ts";
