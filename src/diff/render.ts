/** Tables of a comparison as aligned text, and as GitHub's Markdown. */
import { largestOf } from "../base/integers.ts";
import { shortened } from "../base/text.ts";
import type { DiffTable } from "./tables.ts";

export interface DiffLine {
  readonly kind: "title" | "head" | "row" | "note";
  readonly text: string;
}

const GAP = "  ";
/** Less of a path says nothing. */
const MIN_CELL = 16;

/** Numbers are never cut; where the width is short, the longest text gives way in its middle. */
export function diffLines(tables: readonly DiffTable[], width: number): readonly DiffLine[] {
  return tables.flatMap((table, index): readonly DiffLine[] => [
    ...(index === 0 ? [] : [{ kind: "note", text: "" } as const]),
    { kind: "title", text: table.title },
    ...alignedRows(table, width),
    ...table.notes.map((text): DiffLine => ({ kind: "note", text })),
  ]);
}

function alignedRows(table: DiffTable, width: number): readonly DiffLine[] {
  const { rows } = table;
  if (rows.length === 0) return [];
  const columns = fitting(table, width);
  const head = columns.map(({ title }) => title);
  const widths = columns.map((_, column) => widthOf(column, table));
  const shrunk = shrink(
    widths,
    columns.map(({ align }) => align === "left"),
    width,
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, column) => {
        const cell = shortened(cells[column] ?? "", shrunk[column] ?? 0);
        return align === "left" ? cell.padEnd(shrunk[column] ?? 0) : cell.padStart(shrunk[column] ?? 0);
      })
      .join(GAP)
      .trimEnd();
  return [
    { kind: "head", text: line(head) },
    ...rows.map((cells): DiffLine => ({ kind: "row", text: line(cells) })),
  ];
}

/** Without the last columns that may give way, as many as must. */
function fitting(table: DiffTable, width: number): DiffTable["columns"] {
  const { columns } = table;
  const wide = (count: number): boolean =>
    columns.slice(0, count).reduce((sum, _, column) => sum + GAP.length + widthOf(column, table), 0) >
    width + GAP.length;
  let count = columns.length;
  while (columns[count - 1]?.isOptional === true && wide(count)) count -= 1;
  return columns.slice(0, count);
}

function widthOf(column: number, { columns, rows }: DiffTable): number {
  return largestOf(
    rows.map((cells) => cells[column]?.length ?? 0),
    columns[column]?.title.length ?? 0,
  );
}

/** Takes what is too much from the widest column that may give. */
function shrink(widths: readonly number[], gives: readonly boolean[], width: number): readonly number[] {
  const result = [...widths];
  let excess = result.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
  while (excess > 0) {
    const candidates = result.flatMap((each, column) =>
      gives[column] === true && each > MIN_CELL ? [column] : [],
    );
    const [first] = candidates.toSorted((a, b) => (result[b] ?? 0) - (result[a] ?? 0));
    if (first === undefined) break;
    result[first] = (result[first] ?? 0) - 1;
    excess -= 1;
  }
  return result;
}

export function diffMarkdown(tables: readonly DiffTable[]): string {
  return tables
    .map(({ title, columns, rows, notes }, index) => {
      const heading = index === 0 ? `### ${escaped(title)}` : `#### ${escaped(title)}`;
      const table =
        rows.length === 0
          ? []
          : [
              tableRow(columns.map((column) => column.title)),
              tableRow(columns.map(({ align }) => (align === "left" ? ":--" : "--:"))),
              ...rows.map(tableRow),
              "",
            ];
      return [heading, "", ...table, ...notes.map((note) => `_${escaped(note)}_  `)].join("\n").trimEnd();
    })
    .join("\n\n")
    .concat("\n");
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(" | ")} |`;
}

function escaped(text: string): string {
  return text.replace(/[\\|*_<>`]/g, (character) => `\\${character}`);
}
