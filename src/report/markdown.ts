/** A report as a comment on a pull request: totals first, then the parts, each with its own table to be opened. */
import { type Column, isText } from "./columns.ts";
import type { Report } from "./report.ts";
import { headLines, summaryLines } from "./summary.ts";
import { totalName } from "./table.ts";
import { type View, type ViewLine, type ViewOptions, viewOf } from "./view.ts";

/** Throws a `ColumnError` for a column that there is not. */
export function markdownOf(report: Report, options: ViewOptions): string {
  const view = viewOf(report, { depth: 1, ...options });
  const [title = "", ...notes] = headLines(report, view.columns);
  const inner = options.depth === undefined ? viewOf(report, { ...options, depth: INNER_DEPTH }).lines : [];
  const details = sectionsOf(inner)
    .filter(({ lines }) => lines.length > 0)
    .map(({ head, lines }) => detailsOf(head, lines, view.columns));
  return `${[
    `### ${escaped(title)}`,
    notes.map((note) => `_${escaped(note)}_`).join("<br>\n"),
    table(view.lines, view.columns, totalLine(view)),
    ...details,
    summaryLines(report)
      .map((line) => `- ${escaped(line.trim())}`)
      .join("\n"),
  ].join("\n\n")}\n`;
}

/** How deep the tables that are closed at first go. */
const INNER_DEPTH = 4;

function sectionsOf(lines: readonly ViewLine[]): readonly { head: ViewLine; lines: ViewLine[] }[] {
  const sections: { head: ViewLine; lines: ViewLine[] }[] = [];
  for (const line of lines) {
    if (line.indent === 0) sections.push({ head: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function detailsOf({ item }: ViewLine, lines: readonly ViewLine[], columns: readonly Column[]): string {
  const out = item.out === "" ? "" : ` → ${escaped(item.out)}`;
  return `<details><summary>${escaped(item.name)}${out}</summary>\n\n${table(lines, columns)}\n\n</details>`;
}

function table(lines: readonly ViewLine[], columns: readonly Column[], total?: readonly string[]): string {
  const least = lines.reduce((low, { indent }) => Math.min(low, indent), Number.POSITIVE_INFINITY);
  const rows = lines.map(({ item, indent }) => [
    `${"&emsp;".repeat(indent - least)}${escaped(item.name)}`,
    ...columns.map((column) => escaped(column.cell(item))),
  ]);
  return [
    ["part", ...columns.map(({ title }) => title)],
    ["---", ...columns.map((column) => (isText(column) ? "---" : "--:"))],
    ...rows,
    ...(total === undefined ? [] : [total]),
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function totalLine(view: View): readonly string[] {
  const sums = view.columns.map((column) => column.total?.(view.totals)[0] ?? "");
  return [totalName(view), ...sums].map((cell) => (cell === "" ? "" : `**${cell}**`));
}

/** Names of a spec hold nothing that Markdown reads but underscores. */
function escaped(text: string): string {
  return text.replace(/[\\`*_|<>]/g, "\\$&");
}
