/** The rows of a report in groups: by the parts of the spec that they come from, or by what they have in common. */
import { groupBy } from "../base/group.ts";
import type { ReportGroup, ReportPart, ReportRow } from "./report.ts";
import { sumOf } from "./sums.ts";

export const GROUPINGS = ["block", "op", "kernel", "resolution"] as const;
export type Grouping = (typeof GROUPINGS)[number];

type Rows = [ReportRow, ...ReportRow[]];

/** Parts by the first `depth + 1` names of their paths. */
export function partsOf(rows: readonly ReportRow[], depth: number): readonly ReportPart[] {
  const prefix = ({ path }: ReportRow): string =>
    path
      .split("/")
      .slice(0, depth + 1)
      .join("/");
  return [...groupBy(rows, prefix)].map(([path, members]) => {
    const [first] = members;
    // A unit stands below its own path, with its norm and activation.
    if (members.length === 1 && first.path === path) return first;
    return groupOf(path, members, partsOf(members, depth + 1));
  });
}

/** Groups of rows that are alike, in the order of the first of each. */
export function groupsBy(
  rows: readonly ReportRow[],
  grouping: Exclude<Grouping, "block">,
): readonly ReportGroup[] {
  return [...groupBy(rows, GROUP_KEYS[grouping])].map(([key, members]) => groupOf(key, members, members));
}

/** What rows of a group have in common. */
export const GROUP_KEYS: Readonly<Record<Exclude<Grouping, "block">, (row: ReportRow) => string>> = {
  op: ({ op }) => op,
  kernel: ({ windowSizes }) => windowSizes?.size.join("x") ?? "no window",
  resolution: ({ out }) => (out.sizes.length === 0 ? "vector" : out.sizes.join("x")),
};

function groupOf(path: string, members: Rows, parts: readonly ReportPart[]): ReportGroup {
  const last = members.at(-1) ?? members[0];
  const live = members.reduce((most, row) => (row.live > most ? row.live : most), 0n);
  return {
    kind: "group",
    path,
    out: last.out,
    field: last.field,
    live,
    ops: members.length,
    ...sumOf(members),
    parts,
  };
}

/** All groups, each before those inside it. */
export function groupsIn(parts: readonly ReportPart[]): readonly ReportGroup[] {
  return parts.flatMap((part) => (part.kind === "group" ? [part, ...groupsIn(part.parts)] : []));
}
