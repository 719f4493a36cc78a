/** The picture of a network: a heading, its segments in the layout that suits them, and what the colors mean. */
import { withSeparators, withUnit } from "../base/text.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { cardsOfSeries, drawCards } from "./graph-picture.ts";
import { type Drawing, type PictureStyle, shapeText } from "./layout/body.ts";
import { type Box, rowOf, withHeat } from "./layout/box.ts";
import { lanesBox } from "./layout/lanes-box.ts";
import { segmentBox } from "./layout/segment-box.ts";
import { spineBox } from "./layout/spine-box.ts";
import { uBox } from "./layout/u-box.ts";
import { LEGEND_HEIGHT, legendOf, paletteOf } from "./legend.ts";
import { lanesIn, type Named } from "./names.ts";
import type { Network } from "./network.ts";
import { type Mark, moved, type Scene, textBox, textWidth } from "./scene.ts";

const MARGIN = 24;
const HEADING_HEIGHT = 64;
const LEGEND_GAP = 28;
/** A window of a browser on a laptop. */
const WIDEST = 1392;
/** For the names of the heat strips, and for the line that leads from a row to the next. */
const [NAMES_WIDTH, TURN_WIDTH] = [50, 20];
const INSIDE = WIDEST - 2 * MARGIN - NAMES_WIDTH;

export function sceneOf(network: Network, style: PictureStyle = "costs"): Scene {
  const { surroundings, parts, layout } = network;
  const { graph } = surroundings;
  const facts = factsOf(network);
  const heading: readonly Mark[] = [
    { kind: "text", style: "title", x: MARGIN, y: MARGIN + 16, text: graph.name },
    { kind: "text", style: "note", x: MARGIN, y: MARGIN + 38, text: facts },
  ];
  const least = Math.max(textWidth(facts, "note"), textWidth(graph.name, "title"));
  const [x, top] = [MARGIN, MARGIN + HEADING_HEIGHT];
  const frame = { title: graph.name, description: facts };
  if (layout === "graph") {
    const { width, height, marks } = drawCards(cardsOfSeries(network.series, surroundings));
    return {
      ...frame,
      width: Math.max(width, least) + 2 * MARGIN,
      height: top + height + MARGIN,
      marks: [...heading, ...marks.map((mark) => moved(mark, x, top))],
    };
  }
  const segments = parts.map(({ segment }) => segment);
  const palette = paletteOf(segments);
  const brush: Brush = { palette, costing: surroundings.costing, hasMatrices: layout !== "spine", style };
  const body = layout === "u" ? uShape(network, brush) : spine(parts, brush);
  const ground = top + body.above;
  const bottom = ground + body.below + LEGEND_GAP;
  const legend = legendOf(palette, segments, style);
  return {
    ...frame,
    width: Math.max(body.width, least, ...legend.map(rightOf)) + 2 * MARGIN,
    height: bottom + LEGEND_HEIGHT + MARGIN,
    marks: [
      ...heading,
      ...body.marks.map((mark) => moved(mark, x, ground)),
      { kind: "group", title: "what the colors mean", marks: legend.map((mark) => moved(mark, x, bottom)) },
    ],
  };
}

function rightOf(mark: Mark): number {
  if (mark.kind === "text") return textBox(mark).x + textBox(mark).width;
  return mark.kind === "rect" ? mark.x + mark.width : 0;
}

/** `7,978,856 parameters · 2.83 G multiply-adds · x [3 @ 224×224] → logits [1000]`. */
function factsOf({ surroundings: { graph }, totals: { params, macs } }: Network): string {
  const ports = (all: CheckedGraph["inputs"]): string =>
    all
      .flatMap(({ name, node }) => {
        const shape = graph.nodes[node]?.shape;
        return shape === undefined ? [] : [`${name} ${shapeText(shape)}`];
      })
      .join(", ");
  return [
    `${withSeparators(params)} parameters`,
    `${withUnit(macs)} multiply-adds`,
    `${ports(graph.inputs)} → ${ports(graph.outputs)}`,
  ].join(" · ");
}

type Brush = Omit<Drawing, "cell" | "labelWidth">;
type Room = Pick<Drawing, "cell" | "labelWidth">;

/** From generous to narrow: the first in which all fits in one row is taken. */
const ROOMS: readonly Room[] = [
  { cell: 13, labelWidth: 120 },
  { cell: 11, labelWidth: 110 },
  ...[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((cell) => ({ cell, labelWidth: 70 })),
];
const ROOM_OF_ROWS: Room = { cell: 7, labelWidth: 110 };
const ROOMS_OF_U: readonly Room[] = [130, 100, 84, 70].map((labelWidth) => ({ cell: 6, labelWidth }));

function spine(parts: readonly Named[], brush: Brush): Box {
  const boxesIn = (room: Room): readonly Box[] => boxesOf(parts, { ...brush, ...room });
  // Each room is narrower than the one before, so the first that fits is found by halving.
  let found: readonly Box[] | undefined;
  let [low, high] = [0, ROOMS.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const boxes = boxesIn(ROOMS[middle] ?? ROOM_OF_ROWS);
    if (rowOf(boxes).width <= INSIDE) [high, found] = [middle, boxes];
    else low = middle + 1;
  }
  if (found !== undefined) return spineBox(found, INSIDE, brush);
  return spineBox(boxesIn(ROOM_OF_ROWS), INSIDE - TURN_WIDTH, brush);
}

function uShape({ parts, levels }: Network, brush: Brush): Box {
  const rowIn = (room: Room): Box => uBox(boxesOf(parts, { ...brush, ...room }), levels);
  const rows = ROOMS_OF_U.map(rowIn);
  const row = rows.find(({ width }) => width <= INSIDE) ?? rows.at(-1) ?? rowOf([]);
  if (brush.style === "figure") return row;
  return withHeat(row, { palette: brush.palette, top: row.below + 14 });
}

function boxesOf(parts: readonly Named[], drawing: Drawing): readonly Box[] {
  return parts.map((part) => {
    const { segment, title, id } = part;
    if (segment.kind !== "lanes") return segmentBox(segment, title, id, drawing);
    const { lanes, join } = segment;
    const rows = lanesIn(part).map((lane) => rowOf(boxesOf(lane, drawing)));
    const hasInputs = lanes.some(([first]) => first?.kind === "port" && first.role === "input");
    return lanesBox(rows, { ...drawing, join: join?.op.name, hasInputs });
  });
}
