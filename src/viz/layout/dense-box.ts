/**
 * A dense block as the lower triangle of its connections: a row for each layer that reads, a column for the block's
 * input and each layer that is read; the last row is what leaves the block. Huang et al. 2017 show feature reuse so
 * (figure 5).
 */
import { type Mark, textWidth } from "../scene.ts";
import type { DenseBlock } from "../structure.ts";
import { type Body, type Drawing, shapeText } from "./body.ts";
import { FOOT } from "./box.ts";

/** Numbers of rows are at least this far apart. */
const TICK_PITCH = 13;
const TICK_CLEARANCE = 9;

export function denseBox(
  { layers, in: input, out }: DenseBlock,
  title: string,
  { palette, cell }: Drawing,
): Body {
  const n = layers.length;
  const gutter = textWidth(`${n}`, "tick") + 5;
  const gap = cell >= 5 ? 1 : 0.4;
  const size = cell - gap;
  const carried = [input.channels, ...layers.map(({ growth }) => growth)];
  const nameOf = (column: number): string => (column === 0 ? "the block's input" : `layer ${column}`);
  const marks: Mark[] = [];
  for (let row = 1; row <= n + 1; row += 1) {
    // The ground line goes through the middle of the last row.
    const y = (row - n - 1) * cell - size / 2;
    for (let column = 0; column < row; column += 1) {
      const channels = carried[column] ?? 0;
      const reader = row > n ? "what follows" : `layer ${row}`;
      marks.push({
        kind: "rect",
        classes: `${palette.channels.classOf(channels)} cell`,
        title: `${reader} reads ${nameOf(column)}: ${channels} channels`,
        x: gutter + column * cell,
        y,
        width: size,
        height: size,
        data: { r: row, c: column },
      });
    }
  }
  const step = Math.max(1, Math.ceil(TICK_PITCH / cell));
  for (let row = step; row <= n; row += step) {
    // The ground line comes in below them.
    if ((n + 1 - row) * cell < TICK_CLEARANCE) break;
    marks.push({
      kind: "text",
      style: "tick",
      anchor: "end",
      x: gutter - 4,
      y: (row - n - 1) * cell + 3.5,
      text: `${row}`,
    });
  }
  const columns = layers.map(({ costs }, at) => ({
    x: gutter + (at + 1) * cell,
    width: size,
    name: `${title}, layer ${at + 1}`,
    costs,
  }));
  const width = gutter + (n + 1) * cell;
  const growths = new Set(layers.map(({ growth }) => growth));
  const [growth] = growths;
  return {
    width,
    above: n * cell + size / 2 + 2,
    below: FOOT,
    entry: gutter,
    exit: width,
    marks: [{ kind: "group", isHidden: true, classes: "matrix", marks }],
    middle: (n * cell) / 2,
    columns,
    notes: [growths.size === 1 ? `${n} layers, k=${growth}` : `${n} layers`, `${shapeText(out)}`],
  };
}
