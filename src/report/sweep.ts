/** One model at several values of its parameters: a line of totals for each. */
import { jsonInteger } from "../base/text.ts";
import { csvText } from "./csv.ts";
import { namesOf } from "./json.ts";
import { fieldText, valueText } from "./numbers.ts";
import type { Report } from "./report.ts";

export interface SweepPoint {
  /** By parameter, as they were written. */
  readonly values: ReadonlyMap<string, string>;
  readonly report: Report;
}

export interface SweepJson {
  readonly schema: "dnc/sweep-1";
  readonly model: string;
  readonly points: readonly {
    readonly values: Readonly<Record<string, string>>;
    readonly params: number | string;
    readonly buffers: number | string;
    readonly macs: number | string;
    readonly conventions: Readonly<Record<string, number | string>>;
    readonly peakBytes: number | string;
    readonly keptBytes: number | string;
    readonly trafficBytes: number | string;
  }[];
}

export interface SweepColumn {
  readonly title: string;
  readonly unit: "text" | "count" | "bytes" | "number";
  print(point: SweepPoint): string;
  /** For CSV. */
  value(point: SweepPoint): bigint | string;
  /** For plots; of text there is none. */
  amount(point: SweepPoint): bigint | number;
}

export function sweepColumns([first]: readonly SweepPoint[]): readonly SweepColumn[] {
  if (first === undefined) return [];
  const exact = (title: string, unit: "count" | "bytes", of: (report: Report) => bigint): SweepColumn => ({
    title,
    unit,
    print: ({ report }) => valueText(of(report), unit),
    value: ({ report }) => of(report),
    amount: ({ report }) => of(report),
  });
  const amount = (title: string, of: (report: Report) => bigint): SweepColumn => exact(title, "count", of);
  const bytes = (title: string, of: (report: Report) => bigint): SweepColumn => exact(title, "bytes", of);
  return [
    ...[...first.values.keys()].map((name): SweepColumn => {
      const value = ({ values }: SweepPoint): string => values.get(name) ?? "";
      return { title: name, unit: "text", print: value, value, amount: () => Number.NaN };
    }),
    amount("params", ({ totals }) => totals.params),
    amount("macs", ({ totals }) => totals.macs),
    ...namesOf(first.report.conventions).flatMap((name, index) =>
      name === "macs" ? [] : [amount(name, ({ totals }) => totals.counts[index] ?? 0n)],
    ),
    bytes("peak", ({ memory }) => memory.peak),
    bytes("kept", ({ memory }) => memory.kept.naive),
    bytes("traffic", ({ totals }) => totals.traffic),
    {
      title: "field",
      unit: "number",
      print: ({ report }) => fieldText(report.field),
      value: ({ report }) => fieldText(report.field),
      amount: ({ report }) => Math.max(0, ...report.field.map(({ max }) => max)),
    },
  ];
}

export function sweepLines(points: readonly SweepPoint[]): readonly string[] {
  const columns = sweepColumns(points);
  const cells = [
    columns.map(({ title }) => title),
    ...points.map((point) => columns.map((each) => each.print(point))),
  ];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
}

export function sweepMarkdown(points: readonly SweepPoint[]): string {
  const columns = sweepColumns(points);
  const rows = [
    columns.map(({ title }) => title),
    columns.map(() => "--:"),
    ...points.map((point) => columns.map((each) => each.print(point))),
  ];
  return rows.map((row) => `| ${row.join(" | ")} |\n`).join("");
}

export function sweepCsv(points: readonly SweepPoint[]): string {
  const columns = sweepColumns(points);
  return csvText([
    columns.map(({ title }) => title),
    ...points.map((point) => columns.map((each) => each.value(point))),
  ]);
}

export function sweepToJson(points: readonly SweepPoint[]): SweepJson {
  return {
    schema: "dnc/sweep-1",
    model: points[0]?.report.model ?? "",
    points: points.map(({ values, report: { totals, memory, conventions } }) => ({
      values: Object.fromEntries(values),
      params: jsonInteger(totals.params),
      buffers: jsonInteger(totals.buffers),
      macs: jsonInteger(totals.macs),
      conventions: Object.fromEntries(
        namesOf(conventions).map((name, index) => [name, jsonInteger(totals.counts[index] ?? 0n)]),
      ),
      peakBytes: jsonInteger(memory.peak),
      keptBytes: jsonInteger(memory.kept.naive),
      trafficBytes: jsonInteger(totals.traffic),
    })),
  };
}
