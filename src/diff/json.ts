/** A comparison as a JSON document (`dnc/diff-1`). */
import type { SpanJson } from "../base/source.ts";
import { jsonInteger } from "../base/text.ts";
import type { CountsJson, ReportJson, ReportPortJson } from "../report/json.ts";
import { type Amount, growth } from "../report/quantity.ts";
import {
  type Delta,
  type Deltas,
  type Diff,
  MEASURES,
  type Measure,
  type PartDelta,
  type Section,
  type Side,
} from "./diff.ts";

export interface DiffJson {
  readonly schema: "dnc/diff-1";
  readonly before: ComparedModelJson;
  readonly after: ComparedModelJson;
  /** What `macs` counts. */
  readonly convention: string;
  /** By the name of the quantity, as limits name it: `params`, `peak`, `rf`, `fvcore`. */
  readonly totals: Readonly<Record<string, DeltaJson>>;
  readonly added: readonly SectionJson[];
  readonly removed: readonly SectionJson[];
  readonly changed: readonly ChangeJson[];
  readonly moved: readonly { readonly before: Side; readonly after: Side }[];
  /** Operations of another shape only because their inputs have another. */
  readonly following: number;
  readonly divergence?: { readonly before: Side; readonly after: Side; readonly cause: string };
  /** Each before those inside it. */
  readonly parts: readonly PartJson[];
}

export interface ComparedModelJson {
  readonly model: string;
  readonly inputs: readonly ReportPortJson[];
  readonly outputs: readonly ReportPortJson[];
}

export type DeltasJson = Readonly<Record<Measure, DeltaJson>>;

/** Counts and bytes are strings past 2^53; positions are null where there is no limit to them. */
export interface DeltaJson {
  readonly before: number | string | null;
  readonly after: number | string | null;
  readonly change: number | string | null;
}

export interface PartJson extends DeltasJson {
  readonly path: string;
  readonly live?: DeltaJson;
  readonly receptiveField?: DeltaJson;
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
    totals: Object.fromEntries(totals.map((delta) => [delta.quantity.name, deltaToJson(delta)])),
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
    parts: parts.map(partToJson),
  };
}

function modelToJson({ model, inputs, outputs }: ReportJson): ComparedModelJson {
  return { model, inputs, outputs };
}

function deltasToJson({ params, buffers, macs }: Deltas): DeltasJson {
  return { params: deltaToJson(params), buffers: deltaToJson(buffers), macs: deltaToJson(macs) };
}

function deltaToJson(delta: Delta<Amount>): DeltaJson {
  const json = (amount: Amount): number | string | null => {
    if (typeof amount === "bigint") return jsonInteger(amount);
    return Number.isFinite(amount) ? amount : null;
  };
  return { before: json(delta.before), after: json(delta.after), change: json(growth(delta)) };
}

function partToJson({ path, deltas, live, field }: PartDelta): PartJson {
  return {
    path,
    ...deltasToJson(deltas),
    ...(live && { live: deltaToJson(live) }),
    ...(field && { receptiveField: deltaToJson(field) }),
  };
}

function sectionToJson(section: Section): SectionJson {
  const { path, times, ops, out, span } = section;
  const [params, buffers, macs] = MEASURES.map((measure) => jsonInteger(section[measure]));
  return { path, times, ops, out, span, params: params ?? 0, buffers: buffers ?? 0, macs: macs ?? 0 };
}
