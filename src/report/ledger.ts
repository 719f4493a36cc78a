/** Why two conventions give two numbers: by the classes of operations, each with both rules. It adds up exactly. */
import { groupBy } from "../base/group.ts";
import { withSeparators } from "../base/text.ts";
import {
  type Convention,
  type ConventionData,
  type Rank,
  type RuleData,
  rankNamed,
} from "../measure/convention.ts";
import type { Report } from "./report.ts";
import { sumOf } from "./sums.ts";

export interface Ledger {
  readonly first: Convention;
  readonly second: Convention;
  /** In the order in which the model first has them; those that count 0 under both are left out. */
  readonly lines: readonly LedgerLine[];
  readonly totals: readonly [bigint, bigint];
}

export interface LedgerLine {
  readonly op: string;
  /** How many operations. */
  readonly times: number;
  readonly amounts: readonly [bigint, bigint];
  /** As the conventions have them: `2*X`; `–` where there is none. */
  readonly rules: readonly [string, string];
}

/** Of the two conventions at these places of the report. */
export function ledgerOf(report: Report, first: number, second: number): Ledger {
  const [one, other] = [report.conventions[first], report.conventions[second]];
  if (one === undefined || other === undefined) throw new RangeError("the report has no such conventions");
  const lines = [...groupBy(report.rows, ({ op }) => op)].map(([op, rows]): LedgerLine => {
    const { counts } = sumOf(rows);
    const ranks = new Set(rows.map(({ in: [operand] }) => rankNamed(operand)));
    return {
      op,
      times: rows.length,
      amounts: [counts[first] ?? 0n, counts[second] ?? 0n],
      rules: [ruleText(one.convention.data, op, ranks), ruleText(other.convention.data, op, ranks)],
    };
  });
  return {
    first: one.convention,
    second: other.convention,
    lines: lines.filter(({ amounts }) => amounts.some((amount) => amount !== 0n)),
    totals: [one.total, other.total],
  };
}

/** `ranks`: those of the operations that the rule is shown for. */
function ruleText(
  { rules, otherwise }: ConventionData,
  op: string,
  ranks: ReadonlySet<Rank | undefined>,
): string {
  const rule = Object.hasOwn(rules, op) ? rules[op] : otherwise;
  return rule === undefined ? "–" : textOf(rule, ranks);
}

/** `Y as function, 2*Y as module`. */
function textOf(rule: RuleData, ranks: ReadonlySet<Rank | undefined>): string {
  if (typeof rule === "string") return rule;
  if ("kinds" in rule) return Object.values(rule.kinds).join(" + ");
  const [word, variants] =
    "spelling" in rule
      ? ["as", rule.spelling]
      : "phase" in rule
        ? ["to", rule.phase]
        : "rank" in rule
          ? ["in", rule.rank]
          : ["by", rule.mode];
  const texts = Object.entries<RuleData | undefined>(variants).flatMap(([name, each]) =>
    each === undefined || ("rank" in rule && !ranks.has(name as Rank))
      ? []
      : [[name, textOf(each, ranks)] as const],
  );
  const alike = groupBy(texts, ([, text]) => text);
  if ("rank" in rule && alike.size === 1) return texts[0]?.[1] ?? "–";
  return [...alike]
    .map(([text, names]) => `${text} ${word} ${names.map(([name]) => name).join(" or ")}`)
    .join(", ");
}

/** As a table for people. */
export function ledgerLines({ first, second, lines, totals }: Ledger): readonly string[] {
  const cells = [
    ["operation", first.data.id, "", second.data.id, "", "difference"],
    ...lines.map(({ op, times, amounts: [a, b], rules }) => [
      times === 1 ? op : `${op} ×${times}`,
      withSeparators(a),
      rules[0],
      withSeparators(b),
      rules[1],
      signed(b - a),
    ]),
    ["total", withSeparators(totals[0]), "", withSeparators(totals[1]), "", signed(totals[1] - totals[0])],
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = (column: number): boolean => column % 2 === 1;
  return [
    `${first.name}: ${first.data.unit}`,
    `${second.name}: ${second.data.unit}`,
    ...cells.map((row) =>
      row
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    ),
  ];
}

function signed(amount: bigint): string {
  if (amount === 0n) return "–";
  return amount > 0n ? `+${withSeparators(amount)}` : `−${withSeparators(-amount)}`;
}
