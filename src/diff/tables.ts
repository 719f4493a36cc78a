/** What a comparison shows to people, as tables of cells: a terminal aligns them, Markdown draws lines around them. */
import { count, withSeparators } from "../base/text.ts";
import { printDimensions } from "../ir/shape.ts";
import {
  type Delta,
  type Deltas,
  type Diff,
  type Divergence,
  isSame,
  MEASURES,
  type Measure,
  type Section,
  type Side,
} from "./diff.ts";
import { partsAbove, pathInModel } from "./paths.ts";

export interface DiffTable {
  readonly title: string;
  readonly columns: readonly { readonly title: string; readonly align: "left" | "right" }[];
  readonly rows: readonly (readonly string[])[];
  /** Below the rows. */
  readonly notes: readonly string[];
}

const TITLES: Readonly<Record<Measure, string>> = { params: "params", buffers: "buffers", macs: "MACs" };
/** Of stages: `--json` has all of them. */
const MOST_ROWS = 24;
/** Parts are shown as deep as so many rows allow. */
const PART_ROWS = 14;

/** Totals first, then the stages, then the parts of the spec that cost another amount. */
export function diffTables(diff: Diff): readonly DiffTable[] {
  if (isSame(diff)) return [totalsTable(diff)];
  return [totalsTable(diff), stagesTable(diff), partsTable(diff)].filter(
    ({ rows, notes }) => rows.length + notes.length > 0,
  );
}

function totalsTable(diff: Diff): DiffTable {
  const { before, after, totals } = diff;
  const names = before.model === after.model ? ["before", "after"] : [before.model, after.model];
  return {
    title: `${before.model} → ${after.model}`,
    columns: columns("", ...names, "change", ""),
    rows: MEASURES.map((measure) => {
      const delta = totals[measure];
      return [
        TITLES[measure],
        withSeparators(delta.before),
        withSeparators(delta.after),
        signed(delta),
        percent(delta),
      ];
    }),
    notes: [`MACs: ${after.convention}`, ...(isSame(diff) ? ["the same stages, with the same shapes"] : [])],
  };
}

function stagesTable({ added, removed, changed, moved, following, divergence }: Diff): DiffTable {
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
    rows: rows.slice(0, MOST_ROWS),
    notes: [
      ...moreThan(rows.length, Math.min(rows.length, MOST_ROWS), "change"),
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
function partsTable({ parts, before, after }: Diff): DiffTable {
  const known = [before, after].map(({ groups }) => new Set(groups.map(pathInModel)));
  const shared = parts.filter(({ path }) => known.every((paths) => paths.has(path)));
  const changes = new Map(shared.map(({ path, deltas }) => [path, changesIn(deltas)]));
  const silent = new Set(
    shared.flatMap(({ path }) =>
      partsAbove(path)
        .slice(0, -1)
        .filter((outer) => changes.get(outer) === changes.get(path)),
    ),
  );
  const telling = shared.filter(({ path }) => !silent.has(path));
  const shown = fitting(telling);
  return {
    title: "parts",
    columns: columns("part", TITLES.params, "", TITLES.macs, ""),
    rows: shown.map(({ path, deltas: { params, macs } }) => [
      path,
      signed(params),
      percent(params),
      signed(macs),
      percent(macs),
    ]),
    notes: moreThan(telling.length, shown.length, "part"),
  };
}

/** Equal for equal changes. */
function changesIn(deltas: Deltas): string {
  return MEASURES.map((measure) => deltas[measure].after - deltas[measure].before).join();
}

/** Those of the deepest level down to which they are few. */
function fitting(parts: Diff["parts"]): Diff["parts"] {
  const downTo = (depth: number): Diff["parts"] =>
    parts.filter(({ path }) => path.split("/").length <= depth);
  let depth = 1;
  while (downTo(depth).length < parts.length && downTo(depth + 1).length <= PART_ROWS) depth += 1;
  return downTo(depth).slice(0, PART_ROWS);
}

function columns(first: string, ...others: readonly string[]): DiffTable["columns"] {
  return [{ title: first, align: "left" }, ...others.map((title) => ({ title, align: "right" }) as const)];
}

function moreThan(amount: number, shown: number, what: string): readonly string[] {
  return amount > shown ? [`and ${count(amount - shown, `${what} more`, `${what}s more`)}: see --json`] : [];
}

/** `+1,478,400`, `−12`, `0`. */
function signed({ before, after }: Delta): string {
  const change = after - before;
  if (change === 0n) return "0";
  return change > 0n ? `+${withSeparators(change)}` : `−${withSeparators(-change)}`;
}

/** `+77.3 %`; nothing where there was nothing. */
function percent({ before, after }: Delta): string {
  if (before === after || before === 0n) return "";
  const change = (Number(after - before) / Number(before)) * 100;
  return `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(1)} %`;
}

/** Where the stage is written, unless that is the standard library. */
function placesOf({ before, after }: Divergence): readonly string[] {
  const places = [before, after].map(({ span }) => `${span.path}:${span.start.line}`);
  const isInLibrary = [before, after].every(({ span }) => span.path === "std");
  return isInLibrary ? [] : [`at ${places.join(" → ")}`];
}
