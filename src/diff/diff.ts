/** What changed between two reports: operations, the shapes that follow from them, and what all of it costs. */
import { groupBy } from "../base/group.ts";
import type { SpanJson } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { printWindow } from "../ir/lowered-print.ts";
import type { Counts } from "../ops/counts.ts";
import type { CountsJson, ReportGroupJson, ReportJson, ReportRowJson } from "../report/json.ts";
import { nameOf, parentOf, partsAbove, pathInModel } from "../report/paths.ts";
import { type Amount, longestField, type Quantity, quantitiesOf } from "../report/quantity.ts";
import { sumOfCounts } from "../report/sums.ts";
import { type Alignment, align, type Pair } from "./align.ts";

export const MEASURES = ["params", "buffers", "macs"] as const;
export type Measure = (typeof MEASURES)[number];

/** Of one measure. */
export interface Delta<T extends Amount = bigint> {
  readonly before: T;
  readonly after: T;
}

export type Deltas = Readonly<Record<Measure, Delta>>;

/** A number of the whole model that both reports tell. */
export interface TotalDelta extends Delta<Amount> {
  readonly quantity: Quantity;
}

/** What an operation is in one report. */
export interface Side {
  /** Without the model's name. */
  readonly path: string;
  readonly op: string;
  /** `conv 7x7 /2 pad 3`. */
  readonly described: string;
  readonly in: readonly (readonly number[])[];
  readonly out: readonly number[];
  readonly span: SpanJson;
}

/** Operations that come or go together: a part of the model, several repetitions of a loop, or one operation. */
export interface Section extends Counts {
  /** `dense/25…32` of repetitions. */
  readonly path: string;
  readonly firstPath: string;
  /** How many repetitions it is, or 1. */
  readonly times: number;
  readonly ops: number;
  /** Of one operation. */
  readonly described: string;
  /** Of the last operation. */
  readonly out: readonly number[];
  /** Of the first operation. */
  readonly span: SpanJson;
}

export interface Change {
  readonly before: Side;
  readonly after: Side;
  readonly deltas: Deltas;
}

/** The first operation whose result has another shape. */
export interface Divergence {
  readonly before: Side;
  readonly after: Side;
  /** What is responsible: a change of the operation itself, or the first operation before it that came or went. */
  readonly cause: string;
}

export interface Diff {
  readonly before: ReportJson;
  readonly after: ReportJson;
  readonly totals: readonly TotalDelta[];
  readonly added: readonly Section[];
  readonly removed: readonly Section[];
  /** What they do to the same input is another thing. */
  readonly changed: readonly Change[];
  /** The same at another place. */
  readonly moved: readonly { readonly before: Side; readonly after: Side }[];
  /** How many operations have other shapes only because their inputs have. */
  readonly following: number;
  readonly divergence?: Divergence;
  /** The parts of the spec that cost another amount, down to the stages; each before those inside it. */
  readonly parts: readonly PartDelta[];
  /** The paths of operations that went, came, or do another thing. */
  readonly touched: Readonly<Record<"before" | "after", ReadonlySet<string>>>;
}

export interface PartDelta {
  readonly path: string;
  readonly deltas: Deltas;
  /** The most bytes of activations alive at once, where both reports tell it. */
  readonly live?: Delta;
  /** Along the axis where it is longest. */
  readonly field?: Delta<number>;
}

export function diffReports(before: ReportJson, after: ReportJson): Diff {
  const alignment = align(before.rows, after.rows);
  const kinds = alignment.pairs.map((pair) => ({ pair, kind: kindOf(pair) }));
  const changedPairs = kinds.filter(({ kind }) => kind === "changed").map(({ pair }) => pair);
  const added = sectionsOf(alignment.added, after.rows);
  const removed = sectionsOf(alignment.removed, before.rows);
  const divergence = divergenceOf(before, after, alignment, { added, removed });
  return {
    before,
    after,
    totals: totalsOf(before, after),
    added,
    removed,
    changed: changedPairs.map(pairChange),
    moved: alignment.pairs.flatMap((pair) =>
      pathInModel(pair.before) === pathInModel(pair.after)
        ? []
        : [{ before: sideOf(pair.before), after: sideOf(pair.after) }],
    ),
    following: kinds.filter(({ kind }) => kind === "following").length,
    ...(divergence && { divergence }),
    parts: partsOf(before, after),
    touched: {
      before: pathsOf([...alignment.removed, ...changedPairs.map((pair) => pair.before)]),
      after: pathsOf([...alignment.added, ...changedPairs.map((pair) => pair.after)]),
    },
  };
}

function pathsOf(rows: readonly ReportRowJson[]): ReadonlySet<string> {
  return new Set(rows.map(({ path }) => path));
}

/** Whether two reports differ in anything. */
export function isSame({ added, removed, changed, moved, following }: Diff): boolean {
  return added.length + removed.length + changed.length + moved.length + following === 0;
}

function kindOf({ before, after }: Pair): "same" | "changed" | "following" {
  const differs = (...keys: readonly (keyof ReportRowJson)[]): boolean =>
    keys.some((key) => !isEqual(before[key], after[key]));
  if (differs("window")) return "changed";
  if (differs("in")) return "following";
  return differs("out", "params", "buffers", "macs") ? "changed" : "same";
}

function divergenceOf(
  before: ReportJson,
  after: ReportJson,
  { pairs }: Alignment,
  { added, removed }: Pick<Diff, "added" | "removed">,
): Divergence | undefined {
  const pair = pairs.find((each) => !isEqual(each.before.out, each.after.out));
  if (pair === undefined) return undefined;
  const cause =
    kindOf(pair) === "changed"
      ? "the stage itself was changed"
      : (firstBefore(pair.after, added, after, "was added") ??
        firstBefore(pair.before, removed, before, "was removed") ??
        "its input has another shape");
  return { before: sideOf(pair.before), after: sideOf(pair.after), cause };
}

/** The first of the sections, where it begins before the row. */
function firstBefore(
  row: ReportRowJson,
  sections: readonly Section[],
  { rows }: ReportJson,
  verb: string,
): string | undefined {
  const [first] = sections;
  if (first === undefined) return undefined;
  const start = rows.findIndex((each) => isWithin(pathInModel(each), first.firstPath));
  return start >= 0 && start < rows.indexOf(row) ? `${quoted(first.path)} ${verb}` : undefined;
}

function isWithin(path: string, part: string): boolean {
  return path === part || path.startsWith(`${part}/`);
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function pairChange({ before, after }: Pair): Change {
  return { before: sideOf(before), after: sideOf(after), deltas: deltasOf(before, after) };
}

function sideOf(row: ReportRowJson): Side {
  const { op, out, span, in: inputs } = row;
  return { path: pathInModel(row), op, described: describe(row), in: inputs, out, span };
}

function describe({ op, window }: ReportRowJson): string {
  return window === undefined ? op : `${op} ${printWindow(window)}`;
}

/** Rows of which a whole part of the model consists make one section. */
function sectionsOf(rows: readonly ReportRowJson[], all: readonly ReportRowJson[]): readonly Section[] {
  const some = new Set(rows);
  const isWhole = new Map<string, boolean>();
  for (const row of all) {
    for (const part of partsAbove(pathInModel(row)))
      isWhole.set(part, (isWhole.get(part) ?? true) && some.has(row));
  }
  const members = groupBy(rows, (row) => {
    const path = pathInModel(row);
    return partsAbove(path).find((part) => isWhole.get(part) === true) ?? path;
  });
  return joinedRepetitions([...members].map(([path, part]) => sectionOf(path, part)));
}

function sectionOf(path: string, rows: readonly [ReportRowJson, ...ReportRowJson[]]): Section {
  const [first] = rows;
  const last = rows.at(-1) ?? first;
  const sum = (measure: Measure): bigint => rows.reduce((total, row) => total + BigInt(row[measure]), 0n);
  return {
    path,
    firstPath: path,
    times: 1,
    ops: rows.length,
    described: rows.length === 1 ? describe(last) : "",
    out: last.out,
    span: first.span,
    params: sum("params"),
    buffers: sum("buffers"),
    macs: sum("macs"),
  };
}

/** `dense/25` and the seven repetitions behind it are `dense/25…32`. */
function joinedRepetitions(sections: readonly Section[]): readonly Section[] {
  const joined: Section[] = [];
  for (const section of sections) {
    const last = joined.at(-1);
    const [parent, number] = [parentOf(section.path), Number(nameOf(section))];
    const isNext =
      last !== undefined &&
      parentOf(last.firstPath) === parent &&
      Number(nameOf({ path: last.firstPath })) + last.times === number;
    if (!isNext) {
      joined.push(section);
      continue;
    }
    joined[joined.length - 1] = {
      ...section,
      firstPath: last.firstPath,
      path: `${last.firstPath}…${number}`,
      times: last.times + 1,
      span: last.span,
      ops: last.ops + section.ops,
      ...sumOfCounts([last, section]),
    };
  }
  return joined;
}

function deltasOf(before: CountsJson | undefined, after: CountsJson | undefined): Deltas {
  const of = (measure: Measure): Delta => ({
    before: BigInt(before?.[measure] ?? 0),
    after: BigInt(after?.[measure] ?? 0),
  });
  return { params: of("params"), buffers: of("buffers"), macs: of("macs") };
}

function totalsOf(before: ReportJson, after: ReportJson): readonly TotalDelta[] {
  return quantitiesOf(after).flatMap((quantity) => {
    const [from, to] = [before, after].map(({ totals }) => quantity.total(totals));
    return from === undefined || to === undefined ? [] : [{ quantity, before: from, after: to }];
  });
}

function partsOf(before: ReportJson, after: ReportJson): readonly PartDelta[] {
  const earlier = new Map(before.groups.map((group) => [pathInModel(group), group]));
  const later = new Map(after.groups.map((group) => [pathInModel(group), group]));
  return [...new Set([...later.keys(), ...earlier.keys()])]
    .map((path) => partDelta(path, earlier.get(path), later.get(path)))
    .filter(({ deltas, live, field }) =>
      [...MEASURES.map((measure) => deltas[measure]), live, field].some(isChanged),
    );
}

function partDelta(path: string, before?: ReportGroupJson, after?: ReportGroupJson): PartDelta {
  const [liveBefore, liveAfter] = [before, after].map((group) => group?.liveBytes);
  const [fieldBefore, fieldAfter] = [before, after].map((group) => group?.receptiveField);
  return {
    path,
    deltas: deltasOf(before, after),
    ...(liveBefore !== undefined &&
      liveAfter !== undefined && { live: { before: BigInt(liveBefore), after: BigInt(liveAfter) } }),
    ...(fieldBefore &&
      fieldAfter && { field: { before: longestField(fieldBefore), after: longestField(fieldAfter) } }),
  };
}

export function isChanged(delta: Delta<Amount> | undefined): boolean {
  return delta !== undefined && delta.before !== delta.after;
}
