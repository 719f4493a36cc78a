/** What `dnc bench` shows of a race: for people and as JSON. */
import { withByteUnit } from "../base/text.ts";
import type { Absent } from "../runtime/bench/line-up.ts";
import type { RaceEntry, RaceResult, RaceRow } from "../runtime/bench/race.ts";
import { type Column, tableLines } from "./columns.ts";
import type { Terminal } from "./command.ts";

export interface BenchFacts {
  readonly model: string;
  readonly weights: string;
  readonly machine: { readonly processor: string; readonly cores: number };
  readonly threads: number;
  readonly result: RaceResult;
  readonly absent: readonly Absent[];
}

export function benchText(facts: BenchFacts, { width, colors }: Pick<Terminal, "width" | "colors">): string {
  const { model, weights, machine, threads, result, absent } = facts;
  const batches = [...new Set(result.rows.map(({ batch }) => batch))];
  const base = result.rows[0]?.contestant.name ?? "";
  const tables = batches.map((batch) => [
    colors.bold(`batch ${batch}`),
    ...tableLines(
      result.rows.filter((row) => row.batch === batch),
      timeColumns(base),
      width,
    ),
  ]);
  const ways = new Set(result.entries.map(({ contestant }) => contestant.name));
  const lines = [
    `${model} in float32, ${threads} threads each; weights: ${weights}`,
    `${machine.processor}, ${machine.cores} cores`,
    ...tables.flatMap((table) => ["", ...table]),
    "",
    colors.bold("each in a process of its own"),
    ...tableLines(result.entries, entryColumns(ways.size < result.entries.length), width),
    ...(absent.length === 0 ? [] : [""]),
    ...absent.map(({ problem: { message, help = [] } }) => `not compared: ${[message, ...help].join("; ")}`),
  ];
  return `${lines.join("\n")}\n`;
}

function timeColumns(base: string): readonly Column<RaceRow>[] {
  return [
    { title: "", rank: 0, align: "left", cell: ({ contestant }) => contestant.name },
    { title: "form", rank: 3, align: "left", cell: ({ form }) => form },
    { title: "min", rank: 2, align: "right", cell: ({ minMs }) => milliseconds(minMs) },
    { title: "median", rank: 0, align: "right", cell: ({ medianMs }) => milliseconds(medianMs) },
    {
      title: "images/s",
      rank: 1,
      align: "right",
      cell: ({ imagesPerSecond }) => threeDigits(imagesPerSecond),
    },
    {
      title: `time / ${base}'s`,
      rank: 0,
      align: "right",
      cell: ({ ratio }) => (ratio === undefined ? "" : ratio.toFixed(2)),
    },
  ];
}

function entryColumns(hasWays: boolean): readonly Column<RaceEntry>[] {
  return [
    { title: "", rank: 0, align: "left", cell: ({ contestant }) => contestant.name },
    {
      title: "form",
      rank: 4,
      align: "left",
      cell: ({ contestant }) => (hasWays ? (contestant.formFor(2)?.name ?? "") : ""),
    },
    { title: "version", rank: 3, align: "left", cell: ({ version }) => version },
    { title: "first result", rank: 0, align: "right", cell: ({ startMs }) => milliseconds(startMs) },
    {
      title: "memory",
      rank: 1,
      align: "right",
      cell: ({ peakBytes }) => (peakBytes === undefined ? "" : withByteUnit(peakBytes)),
    },
    { title: "difference", rank: 2, align: "right", cell: ({ difference }) => difference.toExponential(0) },
  ];
}

function milliseconds(ms: number): string {
  return `${threeDigits(ms)} ms`;
}

/** As many digits as such a measurement deserves. */
function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function benchJson({ model, weights, machine, threads, result, absent }: BenchFacts): object {
  return {
    schema: "dnc/bench-1",
    model,
    weights,
    machine,
    threads,
    rows: result.rows.map(({ contestant, ...row }) => ({
      name: contestant.name,
      precision: "f32",
      threads: contestant.threads,
      ...row,
    })),
    contestants: result.entries.map(entryJson),
    disagreeing: result.disagreeing.map(entryJson),
    absent: absent.map(({ name, problem: { code, message, help = [] } }) => ({ name, code, message, help })),
  };
}

function entryJson({ contestant, ...entry }: RaceEntry): object {
  const { name, title, threads } = contestant;
  return { name, title, threads, ...entry };
}
