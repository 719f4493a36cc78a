/** An encoder and a decoder as the U that gives U-Net its name: depth is resolution, skips are level. */
import type { Skip } from "../encoder-decoder.ts";
import { labelOf } from "../layers.ts";
import { type Mark, moved, textWidth } from "../scene.ts";
import { arrow, type Box, type Column, FOOT, GAP } from "./box.ts";

/** Between what skips across a level and what stands highest on the next. */
const LEVEL_GAP = 12;
/** From one level to the next, so that the way down can be seen. */
const LEAST_FALL = 36;

export interface UOptions {
  /** Of each box: 0 is the highest level. */
  readonly depths: readonly number[];
  readonly skips: readonly Skip[];
}

interface Placed {
  readonly box: Box;
  readonly x: number;
  readonly ground: number;
}

export function uBox(boxes: readonly Box[], options: UOptions): Box {
  const { depths, skips } = options;
  const grounds = groundsOf(boxes, options);
  let right = 0;
  const placed = boxes.map((box, at): Placed => {
    const x = right === 0 ? 0 : right + GAP;
    right = x + box.width;
    return { box, x, ground: grounds[depths[at] ?? 0] ?? 0 };
  });
  const marks: Mark[] = placed.flatMap(({ box, x, ground }) =>
    box.marks.map((mark) => moved(mark, x, ground)),
  );
  for (const [at, to] of placed.entries()) {
    const from = placed[at - 1];
    if (from !== undefined) marks.push(...wayBetween(from, to));
  }
  for (const skip of skips) {
    const [from, to] = [placed[skip.from], placed[skip.to]];
    if (from !== undefined && to !== undefined) marks.push(...skipBetween(from, to, skip));
  }
  const columns = placed.flatMap(({ box, x }) =>
    box.columns.map((column): Column => ({ ...column, x: column.x + x })),
  );
  return {
    width: right,
    above: Math.max(0, ...placed.map(({ box, ground }) => box.above - ground)),
    below: Math.max(0, ...placed.map(({ box, ground }) => ground + box.below)),
    entry: placed[0]?.box.entry ?? 0,
    exit: right,
    middle: 0,
    marks,
    columns,
  };
}

/**
 * The ground of each level, downward from the first. Boxes have columns of their own, so a level may begin beside the
 * one above it; only what skips across stays free.
 */
function groundsOf(boxes: readonly Box[], { depths, skips }: UOptions): readonly number[] {
  const grounds: number[] = [];
  for (let depth = 0; depth <= Math.max(0, ...depths); depth += 1) {
    const level = boxes.filter((_, at) => depths[at] === depth);
    const above = grounds.at(-1);
    const crossing = skips
      .filter(({ from }) => depths[from] === depth - 1)
      .map((skip) => heightOf(skip, boxes));
    const needed =
      crossing.length === 0 ? 0 : Math.max(0, ...level.map((box) => box.above)) - Math.min(...crossing);
    const lowest = Math.max(
      FOOT,
      ...boxes.filter((_, at) => depths[at] === depth - 1).map(({ below }) => below),
    );
    grounds.push(above === undefined ? 0 : above + Math.max(lowest + LEAST_FALL, needed + LEVEL_GAP));
  }
  return grounds;
}

/** How high above the ground a skip runs. */
function heightOf({ from, to }: Skip, boxes: readonly Box[]): number {
  return Math.min(boxes[from]?.middle ?? 0, boxes[to]?.middle ?? 0);
}

/** Along the ground; down from below one box into the side of the next; or from its side up into the next from below. */
function wayBetween(from: Placed, to: Placed): readonly Mark[] {
  const [start, end] = [from.x + from.box.exit, to.x + to.box.entry];
  if (from.ground === to.ground) return arrow(start, end).map((mark) => moved(mark, 0, from.ground));
  const title =
    from.ground < to.ground ? "goes on at half the resolution" : "goes on at twice the resolution";
  if (from.ground < to.ground) {
    const x = from.x + Math.min(from.box.width, from.box.exit) / 2;
    const d = `M${x} ${from.ground + from.box.below + 1}L${x} ${to.ground - 8}Q${x} ${to.ground} ${x + 8} ${to.ground}L${end - 4} ${to.ground}`;
    return [{ kind: "path", classes: "flow", d, title }, tip({ x: end - 1, y: to.ground }, "right", "tip")];
  }
  const x = to.x + (to.box.entry + Math.min(to.box.width, to.box.exit)) / 2;
  const top = to.ground + to.box.below;
  const d = `M${start + 1} ${from.ground}L${x - 8} ${from.ground}Q${x} ${from.ground} ${x} ${from.ground - 8}L${x} ${top + 5}`;
  return [{ kind: "path", classes: "flow", d, title }, tip({ x, y: top + 1 }, "up", "tip")];
}

function skipBetween(from: Placed, to: Placed, { join, layers }: Skip): readonly Mark[] {
  // Both stand on one ground, unless the layout is forced on another network.
  const y = from.ground - Math.min(from.box.middle, to.box.middle);
  const [start, end] = [from.x + from.box.exit, to.x + to.box.entry];
  const text = [...layers.map(labelOf), join.op.name].join(", ");
  const title = `skip: ${text}`;
  const label: readonly Mark[] =
    textWidth(text, "note") < end - start - 20
      ? [{ kind: "text", style: "note", anchor: "middle", x: (start + end) / 2, y: y - 5, text }]
      : [];
  return [
    { kind: "path", classes: "skip", d: `M${start + 1} ${y}L${end - 4} ${y}`, title },
    tip({ x: end - 1, y }, "right", "skip-tip"),
    ...label,
  ];
}

function tip({ x, y }: { x: number; y: number }, direction: "right" | "up", classes: string): Mark {
  const d =
    direction === "right"
      ? `M${x} ${y}L${x - 6} ${y - 4}L${x - 6} ${y + 4}Z`
      : `M${x} ${y}L${x - 4} ${y + 6}L${x + 4} ${y + 6}Z`;
  return { kind: "path", classes, d, title: "goes on" };
}
