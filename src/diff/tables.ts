/** What a comparison shows to people, as tables of cells: a terminal aligns them, Markdown draws lines around them. */
import { count } from "../base/text.ts";
import { printDimensions } from "../ir/shape.ts";
import { partsAbove, pathInModel } from "../report/paths.ts";
import { type Amount, amountText, growth, type Quantity } from "../report/quantity.ts";
import {
  type Delta,
  type Diff,
  type Divergence,
  isChanged,
  isSame,
  MEASURES,
  type Measure,
  type PartDelta,
  type Section,
  type Side,
} from "./diff.ts";

export interface DiffTable {
  readonly title: string;
  readonly columns: readonly DiffColumn[];
  readonly rows: readonly (readonly string[])[];
  /** Below the rows. */
  readonly notes: readonly string[];
}

export interface DiffColumn {
  readonly title: string;
  readonly align: "left" | "right";
  /** Whether it gives way where the width is short. */
  readonly isOptional?: true;
}

const TITLES: Readonly<Record<Measure, string>> = { params: "params", buffers: "buffers", macs: "MACs" };
/** Of stages: `--json` has all of them. */
const MOST_ROWS = 24;
/** Parts are shown as deep as so many rows allow. */
const PART_ROWS = 14;

export interface DiffTableOptions {
  /** Whether every change is told; else those that people read at one glance. */
  readonly isWhole?: boolean;
}

/** Totals first, then the stages, then the parts of the spec that cost another amount. */
export function diffTables(diff: Diff, { isWhole = false }: DiffTableOptions = {}): readonly DiffTable[] {
  if (isSame(diff)) return [totalsTable(diff)];
  const [stages, parts] = isWhole ? [Infinity, Infinity] : [MOST_ROWS, PART_ROWS];
  return [totalsTable(diff), stagesTable(diff, stages), partsTable(diff, parts)].filter(
    ({ rows, notes }) => rows.length + notes.length > 0,
  );
}

function totalsTable(diff: Diff): DiffTable {
  const { before, after, totals } = diff;
  const names = before.model === after.model ? ["before", "after"] : [before.model, after.model];
  return {
    title: `${before.model} → ${after.model}`,
    columns: columns("", ...names, "change", ""),
    rows: totals.map((delta) => [
      delta.quantity.title,
      amountText(delta.before, delta.quantity),
      amountText(delta.after, delta.quantity),
      signed(delta, delta.quantity.unit),
      percent(delta),
    ]),
    notes: [`MACs: ${after.convention}`, ...(isSame(diff) ? ["the same stages, with the same shapes"] : [])],
  };
}

function stagesTable(
  { added, removed, changed, moved, following, divergence }: Diff,
  mostRows: number,
): DiffTable {
  const sectionRow = (mark: string, sign: bigint, section: Section): readonly string[] => [
    mark,
    section.path,
    section.ops === 1
      ? section.described
      : `${section.times > 1 ? `×${section.times}, ` : ""}${count(section.ops, "stage")}`,
    signed({ before: 0n, after: sign * section.params }),
    signed({ before: 0n, after: sign * section.macs }),
  ];
  const rows = [
    ...removed.map((section) => sectionRow("−", -1n, section)),
    ...added.map((section) => sectionRow("+", 1n, section)),
    ...changed.map(({ before, after, deltas }) => [
      "~",
      after.path,
      changeText(before, after),
      signed(deltas.params),
      signed(deltas.macs),
    ]),
    ...moved.map(({ before, after }) => [">", after.path, `was ${before.path}`, "", ""]),
  ];
  return {
    title: "stages",
    columns: columns("", "stage", "what", TITLES.params, TITLES.macs).map((column, index) => ({
      ...column,
      align: index < 3 ? "left" : "right",
    })),
    rows: rows.slice(0, mostRows),
    notes: [
      ...moreThan(rows.length, Math.min(rows.length, mostRows), "change"),
      ...(following === 0
        ? []
        : [`${count(following, "stage follows", "stages follow")} with other shapes only`]),
      ...(divergence === undefined
        ? []
        : [
            `shapes diverge at ${divergence.after.path}: ${printDimensions(divergence.before.out)} → ${printDimensions(divergence.after.out)}, because ${divergence.cause}`,
            ...placesOf(divergence),
          ]),
    ],
  };
}

function changeText(before: Side, after: Side): string {
  const stage =
    before.described === after.described ? after.described : `${before.described} → ${after.described}`;
  const [from, to] = [before, after].map(({ out }) => printDimensions(out));
  return from === to ? stage : `${stage}, ${from} → ${to}`;
}

/** Parts with one changed part inside, of the same change, say nothing of their own. */
function partsTable({ parts, before, after }: Diff, mostRows: number): DiffTable {
  const known = [before, after].map(({ groups }) => new Set(groups.map(pathInModel)));
  const shared = parts.filter(({ path }) => known.every((paths) => paths.has(path)));
  const changes = new Map(shared.map((part) => [part.path, changesIn(part)]));
  const silent = new Set(
    shared.flatMap(({ path }) =>
      partsAbove(path)
        .slice(0, -1)
        .filter((outer) => changes.get(outer) === changes.get(path)),
    ),
  );
  const costs = shared.filter(({ deltas }) => MEASURES.some((measure) => isChanged(deltas[measure])));
  const telling = (costs.length > 0 ? costs : shared).filter(({ path }) => !silent.has(path));
  const shown = fitting(telling, mostRows);
  return {
    title: "parts",
    columns: [
      ...columns("part", TITLES.params, "", TITLES.macs, ""),
      { title: "live", align: "right", isOptional: true },
      { title: "field", align: "right", isOptional: true },
    ],
    rows: shown.map(({ path, deltas: { params, macs }, live, field }) => [
      path,
      signed(params),
      percent(params),
      signed(macs),
      percent(macs),
      live === undefined ? "" : signed(live, "bytes"),
      field === undefined ? "" : signed(field, "positions"),
    ]),
    notes: moreThan(telling.length, shown.length, "part"),
  };
}

/** Equal for equal changes. */
function changesIn({ deltas }: PartDelta): string {
  return MEASURES.map((measure) => growth(deltas[measure])).join();
}

/** Those of the deepest level down to which they are few. */
function fitting(parts: Diff["parts"], most: number): Diff["parts"] {
  const downTo = (depth: number): Diff["parts"] =>
    parts.filter(({ path }) => path.split("/").length <= depth);
  let depth = 1;
  while (downTo(depth).length < parts.length && downTo(depth + 1).length <= most) depth += 1;
  return downTo(depth).slice(0, most);
}

function columns(first: string, ...others: readonly string[]): DiffTable["columns"] {
  return [{ title: first, align: "left" }, ...others.map((title) => ({ title, align: "right" }) as const)];
}

function moreThan(amount: number, shown: number, what: string): readonly string[] {
  return amount > shown ? [`and ${count(amount - shown, `${what} more`, `${what}s more`)}: see --json`] : [];
}

/** `+1,478,400`, `−12`, `0`. */
function signed(delta: Delta<Amount>, unit: Quantity["unit"] = "count"): string {
  const change = growth(delta);
  // Unlimited before and after.
  if (Number(change) === 0 || Number.isNaN(change)) return "0";
  return change > 0 ? `+${amountText(change, { unit })}` : `−${amountText(-change, { unit })}`;
}

/** `+77.3 %`; nothing where there was nothing. */
function percent(delta: Delta<Amount>): string {
  const change = (Number(growth(delta)) / Number(delta.before)) * 100;
  if (change === 0 || !Number.isFinite(change)) return "";
  return `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(1)} %`;
}

/** Where the stage is written, unless that is the standard library. */
function placesOf({ before, after }: Divergence): readonly string[] {
  const places = [before, after].map(({ span }) => `${span.path}:${span.start.line}`);
  const isInLibrary = [before, after].every(({ span }) => span.path === "std");
  return isInLibrary ? [] : [`at ${places.join(" → ")}`];
}
