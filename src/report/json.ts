/** A report as a JSON document (`dnc/report-1`). */
import { type SpanJson, spanToJson } from "../base/source.ts";
import { jsonInteger } from "../base/text.ts";
import type { Padding } from "../ir/lowered.ts";
import { dimensions, printShape } from "../ir/shape.ts";
import type { Phase } from "../measure/convention.ts";
import type { ReceptiveField } from "../measure/receptive-field.ts";
import type { Counts } from "../ops/counts.ts";
import { groupsIn } from "./parts.ts";
import type { PublishedJson } from "./published.ts";
import type { ConventionTotal, ParameterKind, Report, ReportGroup, ReportPort, ReportRow } from "./report.ts";
import { MACS } from "./summary.ts";
import type { Sums } from "./sums.ts";

/** What may be absent is in every report of this version, and not in those that older ones wrote. */
export interface ReportJson {
  readonly schema: "dnc/report-1";
  readonly model: string;
  readonly inputs: readonly ReportPortJson[];
  readonly outputs: readonly ReportPortJson[];
  /** What `macs` counts. */
  readonly convention: string;
  readonly circumstances?: CircumstancesJson;
  /** Those that were asked for. */
  readonly conventions?: readonly ConventionJson[];
  /** Where the model was held against a published network. */
  readonly published?: PublishedJson;
  readonly totals: TotalsJson;
  readonly rows: readonly ReportRowJson[];
  /** Each before those inside it. */
  readonly groups: readonly ReportGroupJson[];
}

export interface CircumstancesJson {
  readonly batch: number;
  readonly phase: Phase;
  readonly norms: "kept" | "folded";
  readonly params: ParameterKind;
  readonly bytesPerElement: number;
  readonly device?: { readonly flopsPerSecond: number; readonly bytesPerSecond: number };
}

export interface ConventionJson {
  readonly name: string;
  readonly version: string;
  readonly tool: string;
  readonly source: string;
  readonly evidence: "measured" | "source";
  readonly unit: string;
  readonly batch: number;
  readonly norms: "kept" | "folded";
  readonly total: number | string;
  readonly kinds?: Readonly<Record<string, number | string>>;
  /** How often each operation without a rule occurs; they count 0. */
  readonly withoutRule: Readonly<Record<string, number>>;
}

/** Strings past 2^53. */
export interface CountsJson {
  readonly params: number | string;
  readonly buffers: number | string;
  readonly macs: number | string;
}

/** Bytes of results, and bytes moved. */
interface BytesJson {
  readonly outBytes?: number | string;
  readonly trafficBytes?: number | string;
  readonly fusedTrafficBytes?: number | string;
  /** By the name of the convention. */
  readonly conventions?: Readonly<Record<string, number | string>>;
  readonly picoseconds?: number | string;
}

export interface TotalsJson extends CountsJson, BytesJson {
  readonly peakBytes?: number | string;
  readonly peakAt?: string;
  readonly peakBytesFlatConcat?: number | string;
  readonly keptBytes?: number | string;
  readonly keptBytesRecomputed?: number | string;
  readonly norms?: number;
  readonly foldableNorms?: number;
  readonly foldedParams?: number | string;
  /** Of the head. */
  readonly receptiveField?: ReceptiveFieldJson;
}

/** One an axis; `max` is null where every position is read. */
export type ReceptiveFieldJson = readonly {
  readonly min: number;
  readonly max: number | null;
  readonly jump: number;
}[];

export interface ReportPortJson {
  readonly name: string;
  /** Channels, then sizes. */
  readonly shape: readonly number[];
  /** As the language writes it: `[3 @ 224x224]`. */
  readonly printed: string;
}

export interface ReportRowJson extends CountsJson, BytesJson {
  readonly path: string;
  readonly op: string;
  readonly in: readonly (readonly number[])[];
  readonly out: readonly number[];
  readonly window?: {
    readonly size: readonly number[];
    readonly stride: readonly number[];
    readonly dilation: readonly number[];
    readonly padding: readonly Padding[];
  };
  readonly groups?: number;
  readonly liveBytes?: number | string;
  readonly receptiveField?: ReceptiveFieldJson;
  readonly fanIn?: number;
  readonly span: SpanJson;
}

export interface ReportGroupJson extends CountsJson, BytesJson {
  readonly path: string;
  readonly ops: number;
  readonly out: readonly number[];
  readonly liveBytes?: number | string;
  readonly receptiveField?: ReceptiveFieldJson;
}

export function reportToJson(report: Report): ReportJson {
  const { model, inputs, outputs, circumstances, conventions, rows, parts } = report;
  const { batch, phase, norms, params, bytes, device } = circumstances;
  const names = namesOf(conventions);
  return {
    schema: "dnc/report-1",
    model,
    inputs: inputs.map(portToJson),
    outputs: outputs.map(portToJson),
    convention: `${MACS}, batch ${batch}`,
    circumstances: {
      batch,
      phase,
      norms,
      params,
      bytesPerElement: bytes,
      ...(device && { device: { flopsPerSecond: device.peak, bytesPerSecond: device.bandwidth } }),
    },
    conventions: conventions.map((each, index) => conventionToJson(each, names[index] ?? "", batch)),
    totals: totalsToJson(report, names),
    rows: rows.map((row) => rowToJson(row, names)),
    groups: groupsIn(parts).map((group) => groupToJson(group, names)),
  };
}

/** Two versions of one convention are told apart. */
export function namesOf(conventions: readonly ConventionTotal[]): readonly string[] {
  const ids = conventions.map(({ convention }) => convention.data.id);
  return conventions.map(({ convention: { data, name } }) =>
    ids.filter((id) => id === data.id).length === 1 ? data.id : name,
  );
}

function portToJson({ name, shape }: ReportPort): ReportPortJson {
  return { name, shape: dimensions(shape), printed: printShape(shape) };
}

function conventionToJson(total: ConventionTotal, name: string, batch: number): ConventionJson {
  const { version, tool, source, evidence, unit, batch: counted } = total.convention.data;
  const kinds = Object.entries(total.kinds).map(([kind, amount]) => [kind, jsonInteger(amount)] as const);
  return {
    name,
    version,
    tool,
    source,
    evidence,
    unit,
    batch: counted === "one" ? 1 : batch,
    norms: total.folds ? "folded" : "kept",
    total: jsonInteger(total.total),
    ...(kinds.length > 0 && { kinds: Object.fromEntries(kinds) }),
    withoutRule: Object.fromEntries(total.unknown),
  };
}

function countsToJson({ params, buffers, macs }: Counts): CountsJson {
  return { params: jsonInteger(params), buffers: jsonInteger(buffers), macs: jsonInteger(macs) };
}

function sumsToJson(sums: Sums, names: readonly string[]): CountsJson & BytesJson {
  return {
    ...countsToJson(sums),
    outBytes: jsonInteger(sums.written),
    trafficBytes: jsonInteger(sums.traffic),
    fusedTrafficBytes: jsonInteger(sums.fusedTraffic),
    conventions: Object.fromEntries(
      names.map((name, index) => [name, jsonInteger(sums.counts[index] ?? 0n)]),
    ),
    ...(sums.picoseconds > 0n && { picoseconds: jsonInteger(sums.picoseconds) }),
  };
}

function totalsToJson({ totals, memory, norms, field }: Report, names: readonly string[]): TotalsJson {
  const { naive, recomputed } = memory.kept;
  return {
    ...sumsToJson(totals, names),
    peakBytes: jsonInteger(memory.peak),
    peakAt: memory.at,
    peakBytesFlatConcat: jsonInteger(memory.flatPeak),
    keptBytes: jsonInteger(naive),
    ...(recomputed !== undefined && { keptBytesRecomputed: jsonInteger(recomputed) }),
    norms: norms.count,
    foldableNorms: norms.foldable,
    foldedParams: jsonInteger(norms.foldedParams),
    receptiveField: fieldToJson(field),
  };
}

function fieldToJson(field: ReceptiveField): ReceptiveFieldJson {
  return field.map(({ min, max, jump }) => ({ min, max: Number.isFinite(max) ? max : null, jump }));
}

function rowToJson(row: ReportRow, names: readonly string[]): ReportRowJson {
  const { path, op, out, window, windowSizes, live, field, fanIn, span } = row;
  return {
    path,
    op,
    in: row.in.map(dimensions),
    out: dimensions(out),
    ...(window === undefined ? {} : { window }),
    ...(windowSizes === undefined ? {} : { groups: windowSizes.groups }),
    ...sumsToJson(row, names),
    liveBytes: jsonInteger(live),
    receptiveField: fieldToJson(field),
    fanIn,
    span: spanToJson(span),
  };
}

function groupToJson(group: ReportGroup, names: readonly string[]): ReportGroupJson {
  return {
    path: group.path,
    ops: group.ops,
    out: dimensions(group.out),
    ...sumsToJson(group, names),
    liveBytes: jsonInteger(group.live),
    receptiveField: fieldToJson(group.field),
  };
}
