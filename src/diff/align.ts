/** Which operation of one report is which of another: by path, else the next that does the same. */
import { groupBy } from "../base/group.ts";
import type { ReportRowJson } from "../report/json.ts";
import { pathInModel } from "../report/paths.ts";

export interface Pair {
  readonly before: ReportRowJson;
  readonly after: ReportRowJson;
}

export interface Alignment {
  /** In the order of the second report. */
  readonly pairs: readonly Pair[];
  readonly removed: readonly ReportRowJson[];
  readonly added: readonly ReportRowJson[];
}

export function align(before: readonly ReportRowJson[], after: readonly ReportRowJson[]): Alignment {
  const byPath = new Map(before.map((row) => [pathInModel(row), row]));
  const found = new Map<ReportRowJson, ReportRowJson>();
  for (const row of after) {
    const match = byPath.get(pathInModel(row));
    // Another operation that took over a name is not the same one.
    if (match !== undefined && match.op === row.op) found.set(row, match);
  }
  const taken = new Set(found.values());
  const free = groupBy(
    before.filter((row) => !taken.has(row)),
    behaviourOf,
  );
  for (const row of after) {
    if (found.has(row)) continue;
    const match = free.get(behaviourOf(row))?.shift();
    if (match === undefined) continue;
    found.set(row, match);
    taken.add(match);
  }
  return {
    pairs: after.flatMap((row) => {
      const match = found.get(row);
      return match === undefined ? [] : [{ before: match, after: row }];
    }),
    removed: before.filter((row) => !taken.has(row)),
    added: after.filter((row) => !found.has(row)),
  };
}

/** What an operation does, to what. */
function behaviourOf({ op, window, in: inputs, out, params }: ReportRowJson): string {
  return JSON.stringify([op, window, inputs, out, params]);
}
