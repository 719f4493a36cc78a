/** Rows of boxes, as wide as a window: a row ends where the next would not fit, and a line leads to the next row. */
import { type Mark, moved } from "../scene.ts";
import type { Drawing } from "./body.ts";
import { arrow, type Box, GAP, rowOf, withHeat } from "./box.ts";

const ROW_GAP = 34;

export function spineBox(
  boxes: readonly Box[],
  widest: number,
  { palette, style }: Pick<Drawing, "palette" | "style">,
): Box {
  const rows = rowsWithin(boxes, widest).map((row) => {
    const whole = rowOf(row);
    // Lanes have labels of their own.
    const isLabeled = row[0]?.hasHeat !== true;
    return whole.columns.length === 0 || style === "figure" ? whole : withHeat(whole, { palette, isLabeled });
  });
  const marks: Mark[] = [];
  let [top, width] = [0, 0];
  let last: { readonly exit: number; readonly ground: number; readonly bottom: number } | undefined;
  for (const row of rows) {
    const ground = top + row.above;
    marks.push(...row.marks.map((mark) => moved(mark, 0, ground)));
    if (last !== undefined) marks.push(...turn(last, { entry: row.entry, ground }));
    const bottom = ground + row.below;
    last = { exit: row.exit, ground, bottom };
    top = bottom + ROW_GAP;
    width = Math.max(width, row.width);
  }
  const [first] = rows;
  const above = first?.above ?? 0;
  return {
    width,
    above,
    below: (last?.bottom ?? 0) - above,
    entry: first?.entry ?? 0,
    exit: last?.exit ?? 0,
    middle: 0,
    marks: marks.map((mark) => moved(mark, 0, -above)),
    columns: [],
  };
}

/** As few rows as fit, and those as equally wide as can be. */
function rowsWithin(boxes: readonly Box[], widest: number): readonly (readonly Box[])[] {
  const filled = (limit: number): readonly (readonly Box[])[] => {
    const rows: Box[][] = [];
    let width = 0;
    for (const box of boxes) {
      const row = rows.at(-1);
      if (row === undefined || width + GAP + box.width > limit) {
        rows.push([box]);
        width = box.width;
      } else {
        row.push(box);
        width += GAP + box.width;
      }
    }
    return rows;
  };
  const fewest = filled(widest).length;
  let [low, high] = [0, widest];
  while (high - low > 8) {
    const middle = (low + high) / 2;
    if (filled(middle).length <= fewest) high = middle;
    else low = middle;
  }
  return filled(high);
}

/** From the end of a row, between the rows, to the start of the next. */
function turn(
  from: { readonly exit: number; readonly ground: number; readonly bottom: number },
  to: { readonly entry: number; readonly ground: number },
): readonly Mark[] {
  const [right, left, between] = [from.exit + 14, to.entry - 16, from.bottom + 12];
  const d = `M${from.exit + 2} ${from.ground}L${right - 6} ${from.ground}Q${right} ${from.ground} ${right} ${from.ground + 6}L${right} ${between - 6}Q${right} ${between} ${right - 6} ${between}L${left + 6} ${between}Q${left} ${between} ${left} ${between + 6}L${left} ${to.ground - 6}Q${left} ${to.ground} ${left + 6} ${to.ground}`;
  return [
    { kind: "path", classes: "flow", d, title: "goes on" },
    ...arrow(left + 2, to.entry).map((mark) => moved(mark, 0, to.ground)),
  ];
}
