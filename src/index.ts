/** The public door: pure functions of source text and options. Running models is in `./runtime/index.ts`. */
export { type FormatResult, format } from "../grammar/format.ts";
export {
  collectDiagnostics,
  type Diagnostic,
  type Frame,
  hasErrors,
  type Label,
  type Reporter,
} from "./base/diagnostic.ts";
export type { SourceFile, Span } from "./base/source.ts";
export {
  type CheckedModel,
  type CheckResult,
  type CompileOptions,
  type CompileResult,
  check,
  compile,
  describeWeights,
  type ElaborateOptions,
  type ElaborateResult,
  elaborate,
  passNames,
  precisionsOf,
  quantizationsOf,
  targetNames,
  type WeightsChoice,
  weightsOf,
} from "./compile.ts";
export {
  describeModel,
  describeSignature,
  type ModelDescription,
  printModel,
  type SignatureDescription,
} from "./describe.ts";
export { diffReports } from "./diff/diff.ts";
export { type DiffJson, diffToJson } from "./diff/json.ts";
export { type DiffLine, diffLines, diffMarkdown } from "./diff/render.ts";
export { diffTables } from "./diff/tables.ts";
export { type GraphJson, graphToJson } from "./ir/json.ts";
export { printLowered } from "./ir/lowered-print.ts";
export { sizeOfGraph } from "./ir/lowered-size.ts";
export { type Convention, SPELLINGS, type Spelling } from "./measure/convention.ts";
export { conventionIds, conventionNamed, isConvention } from "./measure/conventions.ts";
export type { CheckedGraph } from "./ops/op.ts";
export { printGraph } from "./ops/print.ts";
export { GROUP_TITLES, lookUpStage, STAGE_REFERENCE, type StageReference } from "./ops/stage-reference.ts";
export { diffPage } from "./pages/diff-page.ts";
export { reportPage } from "./pages/report-page.ts";
export { sweepPage } from "./pages/sweep-page.ts";
export { type Amount, parseAmount } from "./report/amount.ts";
export {
  type Exceeded,
  exceededGrowth,
  exceededLimits,
  type Limit,
  type Place,
  parseGrowth,
  startOfModel,
} from "./report/budget.ts";
export { DEFAULT_COLUMNS } from "./report/columns.ts";
export { csvOf } from "./report/csv.ts";
export { FilterError, parseFilter } from "./report/filter.ts";
export { type ReportJson, reportToJson } from "./report/json.ts";
export { ledgerLines, ledgerOf } from "./report/ledger.ts";
export { markdownOf } from "./report/markdown.ts";
export { GROUPINGS, type Grouping } from "./report/parts.ts";
export {
  type Comparison,
  comparedWith,
  comparisonLines,
  comparisonToJson,
  differentFigures,
  publishedNetworks,
} from "./report/published.ts";
export { amountText, quantitiesOf } from "./report/quantity.ts";
export { type Change, type Outcome, smallestChanges } from "./report/remedy.ts";
export { PARAMETER_KINDS, type Report, type ReportOptions, reportOf } from "./report/report.ts";
export {
  type SweepPoint,
  sweepCsv,
  sweepLines,
  sweepMarkdown,
  sweepToJson,
} from "./report/sweep.ts";
export { type TableLine, tableOf } from "./report/table.ts";
export { ColumnError, type ViewOptions } from "./report/view.ts";
export { parseInputSizes, parseSetting } from "./semantics/bindings.ts";
export type { Bindings } from "./semantics/external.ts";
export type { Loader } from "./semantics/module.ts";
export type { Precision, Quantization } from "./targets/target.ts";
export {
  draw,
  FORMATS as PICTURE_FORMATS,
  type Picture,
  type PictureFormat,
  type PictureOptions,
} from "./viz/draw.ts";
export { type PictureStyle, STYLES as PICTURE_STYLES } from "./viz/layout/body.ts";
export { LAYOUTS as PICTURE_LAYOUTS, type PictureLayout } from "./viz/network.ts";
