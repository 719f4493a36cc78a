/** Tables of a comparison as aligned text, and as GitHub's Markdown. */
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

function alignedRows({ columns, rows }: DiffTable, width: number): readonly DiffLine[] {
  if (rows.length === 0) return [];
  const head = columns.map(({ title }) => title);
  const widths = columns.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
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
