/** A report as a JSON document (`dnc/report-1`). */
import { type SpanJson, spanToJson } from "../base/source.ts";
import { jsonInteger } from "../base/text.ts";
import type { Padding } from "../ir/lowered.ts";
import { dimensions, printShape } from "../ir/shape.ts";
import type { Counts } from "../ops/counts.ts";
import {
  CONVENTION,
  groupsIn,
  type Report,
  type ReportGroup,
  type ReportPort,
  type ReportRow,
} from "./report.ts";

export interface ReportJson {
  readonly schema: "dnc/report-1";
  readonly model: string;
  readonly inputs: readonly ReportPortJson[];
  readonly outputs: readonly ReportPortJson[];
  /** What `macs` counts. */
  readonly convention: string;
  readonly totals: CountsJson;
  readonly rows: readonly ReportRowJson[];
  /** Each before those inside it. */
  readonly groups: readonly ReportGroupJson[];
}

/** Strings past 2^53. */
export interface CountsJson {
  readonly params: number | string;
  readonly buffers: number | string;
  readonly macs: number | string;
}

export interface ReportPortJson {
  readonly name: string;
  /** Channels, then sizes. */
  readonly shape: readonly number[];
  /** As the language writes it: `[3 @ 224x224]`. */
  readonly printed: string;
}

export interface ReportRowJson extends CountsJson {
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
  readonly span: SpanJson;
}

export interface ReportGroupJson extends CountsJson {
  readonly path: string;
  readonly ops: number;
  readonly out: readonly number[];
}

export function reportToJson({ model, inputs, outputs, totals, rows, parts }: Report): ReportJson {
  return {
    schema: "dnc/report-1",
    model,
    inputs: inputs.map(portToJson),
    outputs: outputs.map(portToJson),
    convention: CONVENTION,
    totals: countsToJson(totals),
    rows: rows.map(rowToJson),
    groups: groupsIn(parts).map(groupToJson),
  };
}

function portToJson({ name, shape }: ReportPort): ReportPortJson {
  return { name, shape: dimensions(shape), printed: printShape(shape) };
}

function countsToJson({ params, buffers, macs }: Counts): CountsJson {
  return { params: jsonInteger(params), buffers: jsonInteger(buffers), macs: jsonInteger(macs) };
}

function rowToJson(row: ReportRow): ReportRowJson {
  const { path, op, out, window, span } = row;
  return {
    path,
    op,
    in: row.in.map(dimensions),
    out: dimensions(out),
    ...(window === undefined ? {} : { window }),
    ...countsToJson(row),
    span: spanToJson(span),
  };
}

function groupToJson(group: ReportGroup): ReportGroupJson {
  return { path: group.path, ops: group.ops, out: dimensions(group.out), ...countsToJson(group) };
}
