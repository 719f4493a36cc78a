/** A comparison as a JSON document (`dnc/diff-1`). */
import type { SpanJson } from "../base/source.ts";
import { jsonInteger } from "../base/text.ts";
import type { CountsJson, ReportJson, ReportPortJson } from "../report/json.ts";
import { type Deltas, type Diff, MEASURES, type Measure, type Section, type Side } from "./diff.ts";

export interface DiffJson {
  readonly schema: "dnc/diff-1";
  readonly before: ComparedModelJson;
  readonly after: ComparedModelJson;
  /** What `macs` counts. */
  readonly convention: string;
  readonly totals: DeltasJson;
  readonly added: readonly SectionJson[];
  readonly removed: readonly SectionJson[];
  readonly changed: readonly ChangeJson[];
  readonly moved: readonly { readonly before: Side; readonly after: Side }[];
  /** Operations of another shape only because their inputs have another. */
  readonly following: number;
  readonly divergence?: { readonly before: Side; readonly after: Side; readonly cause: string };
  /** Each before those inside it. */
  readonly parts: readonly (DeltasJson & { readonly path: string })[];
}

export interface ComparedModelJson {
  readonly model: string;
  readonly inputs: readonly ReportPortJson[];
  readonly outputs: readonly ReportPortJson[];
}

export type DeltasJson = Readonly<Record<Measure, DeltaJson>>;

/** Strings past 2^53. */
export interface DeltaJson {
  readonly before: number | string;
  readonly after: number | string;
  readonly change: number | string;
}

export interface ChangeJson extends DeltasJson {
  readonly before: Side;
  readonly after: Side;
}

export interface SectionJson extends CountsJson {
  readonly path: string;
  /** How many repetitions of a loop it is, or 1. */
  readonly times: number;
  readonly ops: number;
  readonly out: readonly number[];
  readonly span: SpanJson;
}

export function diffToJson(diff: Diff): DiffJson {
  const { before, after, totals, added, removed, changed, moved, following, divergence, parts } = diff;
  return {
    schema: "dnc/diff-1",
    before: modelToJson(before),
    after: modelToJson(after),
    convention: after.convention,
    totals: deltasToJson(totals),
    added: added.map(sectionToJson),
    removed: removed.map(sectionToJson),
    changed: changed.map((change) => ({
      before: change.before,
      after: change.after,
      ...deltasToJson(change.deltas),
    })),
    moved,
    following,
    ...(divergence && { divergence }),
    parts: parts.map(({ path, deltas }) => ({ path, ...deltasToJson(deltas) })),
  };
}

function modelToJson({ model, inputs, outputs }: ReportJson): ComparedModelJson {
  return { model, inputs, outputs };
}

function deltasToJson(deltas: Deltas): DeltasJson {
  const of = (measure: Measure): DeltaJson => {
    const { before, after } = deltas[measure];
    const [from, to, change] = [before, after, after - before].map(jsonInteger);
    return { before: from ?? 0, after: to ?? 0, change: change ?? 0 };
  };
  return { params: of("params"), buffers: of("buffers"), macs: of("macs") };
}

function sectionToJson(section: Section): SectionJson {
  const { path, times, ops, out, span } = section;
  const [params, buffers, macs] = MEASURES.map((measure) => jsonInteger(section[measure]));
  return { path, times, ops, out, span, params: params ?? 0, buffers: buffers ?? 0, macs: macs ?? 0 };
}
