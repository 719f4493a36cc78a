/** Boxes that stand on one ground line, from left to right, each with the heat of its layers below it. */

import { withByteUnit, withSeparators } from "../../base/text.ts";
import type { Costs } from "../costs.ts";
import type { Scale } from "../scale.ts";
import { type Mark, moved, textWidth } from "../scene.ts";

/** What stands on the ground line, without the heat below. */
export interface Box {
  readonly width: number;
  /** How far it reaches above the ground line, and below it. */
  readonly above: number;
  readonly below: number;
  /** Where the line on the ground comes in and goes out, from the left. */
  readonly entry: number;
  readonly exit: number;
  /** Of what stands on the ground: how high its middle is above the line. */
  readonly middle: number;
  /** From its left end on the ground line. */
  readonly marks: readonly Mark[];
  /** Its layers, for the heat strips. */
  readonly columns: readonly Column[];
  /** Whether it draws the heat of its layers itself, as lanes do. */
  readonly hasHeat?: true;
}

/** Colors of the amounts in a picture. */
export interface Palette {
  readonly channels: Scale;
  readonly params: Scale;
  readonly macs: Scale;
  readonly bytes: Scale;
}

/** What stands on the ground reaches this far below the line. */
export const FOOT = 7;
/** Between boxes, with the arrow in it. */
export const GAP = 18;

/** A layer in the heat strips. */
export interface Column {
  readonly x: number;
  readonly width: number;
  readonly name: string;
  readonly costs: Costs;
}

const TRACK_HEIGHT = 9;
const TRACK_PITCH = 12;
const TRACK_TOP = FOOT + 9;

interface Track {
  readonly name: string;
  readonly unit: string;
  readonly scale: (palette: Palette) => Scale;
  readonly amount: (costs: Costs) => bigint;
  readonly print: (amount: bigint) => string;
}

export const TRACKS: readonly Track[] = [
  {
    name: "params",
    unit: "parameters",
    scale: ({ params }) => params,
    amount: ({ params }) => params,
    print: (amount) => `${withSeparators(amount)} parameters`,
  },
  {
    name: "MACs",
    unit: "multiply-adds",
    scale: ({ macs }) => macs,
    amount: ({ macs }) => macs,
    print: (amount) => `${withSeparators(amount)} multiply-adds`,
  },
  {
    name: "bytes",
    unit: "live bytes",
    scale: ({ bytes }) => bytes,
    amount: ({ bytes }) => bytes,
    print: (amount) => `${withByteUnit(Number(amount))} live`,
  },
];

export interface HeatOptions {
  readonly palette: Palette;
  /** Of the strips; absent: right below the ground. */
  readonly top?: number;
  /** Whether the names of the strips stand before them. */
  readonly isLabeled?: boolean;
}

/** A row on its ground line, with three strips below it, a cell a layer. */
export function withHeat(row: Box, { palette, top = TRACK_TOP, isLabeled = true }: HeatOptions): Box {
  const lead = isLabeled ? Math.max(...TRACKS.map(({ name }) => textWidth(name, "tick"))) + 10 : 0;
  const labels = (isLabeled ? TRACKS : []).map(
    ({ name }, at): Mark => ({
      kind: "text",
      style: "tick",
      anchor: "end",
      x: lead - 10,
      y: top + at * TRACK_PITCH + 8,
      text: name,
    }),
  );
  const cells = TRACKS.flatMap(({ scale, amount, print }, at) =>
    row.columns.map(
      ({ x, width, name, costs }): Mark => ({
        kind: "rect",
        classes: scale(palette).classOf(amount(costs)),
        title: `${name}: ${print(amount(costs))}`,
        x: lead + x,
        y: top + at * TRACK_PITCH,
        width,
        height: TRACK_HEIGHT,
      }),
    ),
  );
  return {
    width: row.width + lead,
    above: row.above,
    below: Math.max(row.below, top + TRACKS.length * TRACK_PITCH),
    entry: row.entry + lead,
    exit: row.exit + lead,
    middle: row.middle,
    marks: [
      { kind: "group", classes: "heat", isHidden: true, marks: [...labels, ...cells] },
      ...row.marks.map((mark) => moved(mark, lead, 0)),
    ],
    columns: [],
  };
}

/** Boxes beside each other, with arrows between them. */
export function rowOf(boxes: readonly Box[]): Box {
  const marks: Mark[] = [];
  const columns: Column[] = [];
  let [x, exit, entry] = [0, 0, 0];
  for (const [at, box] of boxes.entries()) {
    if (at === 0) entry = box.entry;
    else {
      x += GAP;
      marks.push(...arrow(exit, x + box.entry));
    }
    const left = x;
    marks.push(...box.marks.map((mark) => moved(mark, left, 0)));
    columns.push(...box.columns.map((column) => ({ ...column, x: column.x + left })));
    exit = x + box.exit;
    x += box.width;
  }
  return {
    width: x,
    above: Math.max(0, ...boxes.map(({ above }) => above)),
    below: Math.max(0, ...boxes.map(({ below }) => below)),
    entry,
    exit,
    middle: 0,
    marks,
    columns,
  };
}

/** Along the ground line. */
export function arrow(from: number, to: number): readonly Mark[] {
  return [
    { kind: "path", classes: "flow", d: `M${from + 2} 0L${to - 4} 0`, title: "goes on" },
    { kind: "path", classes: "tip", d: `M${to - 1} 0L${to - 7} -4L${to - 7} 4Z`, title: "goes on" },
  ];
}
