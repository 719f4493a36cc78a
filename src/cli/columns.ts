/** Small tables that fit a width: numbers are never cut, whole columns give way. */

export interface Column<Row> {
  readonly title: string;
  /** Where the width is short, columns of a higher number go first; those of 0 never. */
  readonly rank: number;
  readonly align: "left" | "right";
  /** Empty where there is nothing to tell. */
  cell(row: Row): string;
}

const GAP = 2;

/** The head, and a line for each row. A column that has nothing to tell is left out. */
export function tableLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
): readonly string[] {
  const filled = columns
    .map((column) => {
      const cells = rows.map((row) => column.cell(row));
      return { ...column, cells, width: Math.max(...[column.title, ...cells].map(({ length }) => length)) };
    })
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const kept = new Set(filled);
  const taken = (): number => [...kept].reduce((sum, column) => sum + GAP + column.width, -GAP);
  for (const column of filled.toSorted((a, b) => b.rank - a.rank))
    if (column.rank > 0 && taken() > width) kept.delete(column);
  const line = (cellOf: (column: (typeof filled)[number]) => string): string =>
    [...kept]
      .map((column) => {
        const cell = cellOf(column);
        return column.align === "left" ? cell.padEnd(column.width) : cell.padStart(column.width);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return [line(({ title }) => title), ...rows.map((_, index) => line(({ cells }) => cells[index] ?? ""))];
}
