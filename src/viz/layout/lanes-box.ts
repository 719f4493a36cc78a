/** Networks beside each other, one above the other, each with its heat; lines lead to them and from them. */
import { type Mark, moved, textWidth } from "../scene.ts";
import type { Drawing } from "./body.ts";
import { arrow, type Box, FOOT, withHeat } from "./box.ts";

const [FORK, LANE_GAP] = [30, 26];

export interface LanesOptions extends Pick<Drawing, "palette" | "style"> {
  /** What joins the lanes: `concat`. Absent where they end on their own. */
  readonly join: string | undefined;
  /** Whether they begin with inputs of their own. */
  readonly hasInputs: boolean;
}

export function lanesBox(rows: readonly Box[], { palette, style, join, hasInputs }: LanesOptions): Box {
  const lanes = rows.map((row) =>
    row.columns.length === 0 || style === "figure" ? row : withHeat(row, { palette, isLabeled: hasInputs }),
  );
  const [left, right] = [hasInputs ? 0 : FORK, join === undefined ? 0 : FORK];
  const width = Math.max(0, ...lanes.map((lane) => lane.width));
  const height = lanes.reduce((sum, { above, below }) => sum + above + below + LANE_GAP, -LANE_GAP);
  const marks: Mark[] = [];
  let top = -height / 2;
  // A lane that only carries the value on has a line and no boxes.
  for (const lane of lanes) {
    const ground = top + lane.above;
    const isBare = lane.width === 0;
    const line = isBare ? "skip" : "flow";
    marks.push(...lane.marks.map((mark) => moved(mark, left, ground)));
    if (!hasInputs) marks.push(curve(line, { x: 0, y: 0 }, { x: left + lane.entry, y: ground }));
    if (join !== undefined) {
      const end = { x: left + (isBare ? 0 : lane.exit), y: ground };
      const straight: Mark = {
        kind: "path",
        classes: line,
        d: `M${end.x} ${ground}L${left + width} ${ground}`,
        title: "goes on",
      };
      marks.push(straight, curve(line, { x: left + width, y: ground }, { x: left + width + right, y: 0 }));
    }
    top += lane.above + lane.below + LANE_GAP;
  }
  const joined = join === undefined ? undefined : joinBox(join);
  const x = left + width + right;
  if (joined !== undefined)
    marks.push(...arrow(x - 3, x + 6), ...joined.marks.map((mark) => moved(mark, x + 6, 0)));
  const end = joined === undefined ? x : x + 6 + joined.width;
  return {
    width: end,
    above: height / 2,
    below: height / 2,
    entry: 0,
    exit: end,
    middle: 0,
    marks,
    columns: [],
    hasHeat: true,
  };
}

function curve(classes: string, from: { x: number; y: number }, to: { x: number; y: number }): Mark {
  const middle = (from.x + to.x) / 2;
  return {
    kind: "path",
    classes,
    d: `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`,
    title: classes === "skip" ? "carries the value on" : "goes on",
  };
}

/** The operation that joins, on the ground line. */
function joinBox(name: string): { readonly width: number; readonly marks: readonly Mark[] } {
  const width = textWidth(name, "strong") + 20;
  return {
    width,
    marks: [
      {
        kind: "group",
        title: name,
        marks: [
          { kind: "rect", classes: "port", x: 0, y: -12, width, height: 24, radius: 12 },
          { kind: "text", style: "strong", anchor: "middle", x: width / 2, y: FOOT - 3, text: name },
        ],
      },
    ],
  };
}
