/** Rows of colored cells, one a column; drawing over a cell replaces it. Rows are rendered without trailing blanks. */

export type Paint = (text: string) => string;

interface Cell {
  readonly text: string;
  readonly paint: Paint;
}

export type Row = (Cell | undefined)[];

/** The color of what takes no color. */
export const plainly: Paint = (text) => text;

/** Fills the columns from `from` up to `to` with `glyph`. */
export function draw(row: Row, from: number, to: number, glyph: string, paint: Paint): void {
  for (let column = from; column < to; column += 1) row[column] = { text: glyph, paint };
}

/** Writes `text` of any width as one cell: nothing may be drawn to the right of it. */
export function write(row: Row, column: number, text: string, paint: Paint): void {
  row[column] = { text, paint };
}

export function renderRow(row: Row): string {
  let out = "";
  let run = "";
  let runPaint = plainly;
  for (let column = 0; column < row.length; column += 1) {
    const { text, paint } = row[column] ?? { text: " ", paint: plainly };
    if (paint !== runPaint) {
      out += run === "" ? "" : runPaint(run);
      [run, runPaint] = ["", paint];
    }
    run += text;
  }
  return (out + (run === "" ? "" : runPaint(run))).trimEnd();
}
