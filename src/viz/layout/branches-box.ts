/** Branches beside each other, as the figure of an Inception module turned on its side: a lane of chips for each. */
import { type Layer, labelOf } from "../layers.ts";
import { type Mark, moved, textWidth } from "../scene.ts";
import type { Branches } from "../structure.ts";
import { type Body, shapeText } from "./body.ts";
import { FOOT } from "./box.ts";

const [CHIP_HEIGHT, CHIP_GAP, LANE_GAP, FORK] = [32, 5, 6, 14];

export function branchesBox({ lead, branches, tail, join, out }: Branches, title: string): Body {
  const inner = Math.max(30, ...branches.map(laneWidth));
  const pitch = CHIP_HEIGHT + LANE_GAP;
  const height = branches.length * pitch - LANE_GAP;
  const left = lead.length === 0 ? 0 : laneWidth(lead);
  const right = left + inner + 2 * FORK;
  const lanes = branches.flatMap((lane, at): readonly Mark[] => {
    const middle = FOOT - height + at * pitch + CHIP_HEIGHT / 2;
    const isBare = lane.length === 0;
    const where = isBare ? `${title}: carries the value on` : `${title}, branch ${at + 1}`;
    const way: Mark = {
      kind: "path",
      classes: isBare ? "skip" : "flow",
      d: wayThrough(middle, inner + 2 * FORK),
      title: where,
    };
    return [
      moved(way, left, 0),
      ...chipsOf(lane, { x: left + FORK + (inner - laneWidth(lane)) / 2, middle, where }),
    ];
  });
  const middle = FOOT - CHIP_HEIGHT / 2;
  const ends = [
    ...chipsOf(lead, { x: 0, middle, where: title }),
    ...chipsOf(tail, { x: right, middle, where: title }),
  ];
  const width = right + (tail.length === 0 ? 0 : laneWidth(tail));
  const layers = [...lead, ...branches.flat(), ...tail];
  const each = (width - 2) / Math.max(1, layers.length);
  const columns = layers.map((layer, at) => ({
    x: 1 + at * each,
    width: each - 1,
    name: `${title}, ${labelOf(layer)}`,
    costs: layer.costs,
  }));
  return {
    width,
    above: height - FOOT,
    below: FOOT,
    entry: 0,
    exit: width,
    marks: [...lanes, ...ends],
    middle: height / 2 - FOOT,
    columns,
    notes: [shapeText(out), `${join.op.name} of ${branches.length}`],
  };
}

function chipWidth(layer: Layer): number {
  return Math.max(34, textWidth(shortName(layer), "chip") + 8, textWidth(shortDetail(layer), "note") + 8);
}

function laneWidth(lane: readonly Layer[]): number {
  return lane.reduce((sum, layer) => sum + chipWidth(layer) + CHIP_GAP, -CHIP_GAP);
}

interface Lane {
  readonly x: number;
  readonly middle: number;
  readonly where: string;
}

function chipsOf(layers: readonly Layer[], { x: start, middle, where }: Lane): readonly Mark[] {
  let x = start;
  return layers.map((layer): Mark => {
    const [width, top] = [chipWidth(layer), middle - CHIP_HEIGHT / 2];
    const [left, center] = [x, x + width / 2];
    x += width + CHIP_GAP;
    return {
      kind: "group",
      title: `${where}: ${labelOf(layer)}`,
      marks: [
        { kind: "rect", classes: "card", x: left, y: top, width, height: CHIP_HEIGHT, radius: 4 },
        { kind: "text", style: "chip", anchor: "middle", x: center, y: top + 13, text: shortName(layer) },
        { kind: "text", style: "note", anchor: "middle", x: center, y: top + 26, text: shortDetail(layer) },
      ],
    };
  });
}

/** Up from the ground, through a lane, and down again. */
function wayThrough(middle: number, width: number): string {
  const [left, right, bend] = [FORK / 2 - 1, width - FORK / 2 + 1, Math.min(5, Math.abs(middle))];
  return (
    `M0 0L${left - bend} 0Q${left} 0 ${left} ${-bend}L${left} ${middle + bend}Q${left} ${middle} ${left + bend} ${middle}` +
    `L${right - bend} ${middle}Q${right} ${middle} ${right} ${middle + bend}L${right} ${-bend}Q${right} 0 ${right + bend} 0L${width} 0`
  );
}

/** `3×3` of a convolution, the name of anything else. */
function shortName({ name, channels }: Layer): string {
  const [first = "", ...rest] = name.split(" ");
  return channels !== undefined && rest.length > 0 ? rest.join(" ") : first;
}

function shortDetail({ name, channels }: Layer): string {
  return channels === undefined ? name.split(" ").slice(1).join(" ") : `${channels}`;
}
