/** Axes of plots: from amounts to pixels, with ticks at round amounts. */
import { type Mark, textWidth } from "../../viz/scene.ts";

export interface Axis {
  /** The pixel of an amount; amounts outside are held at the ends. */
  at(amount: number): number;
  readonly ticks: readonly Tick[];
}

interface Tick {
  readonly amount: number;
  readonly text: string;
}

/** The pixels of the least and of the largest amount. */
export type Extent = readonly [from: number, to: number];

type Print = (amount: number) => string;

/** From zero to `largest`. */
export function linearAxis(largest: number, extent: Extent, print: Print, most = 8): Axis {
  const end = largest > 0 ? largest : 1;
  const step = roundStep(end / most);
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, index) => index * step);
  return axis(ticks, [0, end], extent, (amount) => amount, print);
}

/** Between two amounts above zero, with ticks at powers of ten. */
export function logAxis(least: number, largest: number, extent: Extent, print: Print): Axis {
  const [low, high] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(largest) + 1e-9)];
  const ticks = Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => 10 ** (low + index));
  return axis(ticks, [least, largest], extent, Math.log10, print);
}

function axis(
  ticks: readonly number[],
  [low, high]: readonly [number, number],
  [from, to]: Extent,
  scale: (amount: number) => number,
  print: Print,
): Axis {
  const start = scale(low);
  const length = scale(high) - start;
  return {
    at: (amount) => from + ((scale(Math.min(high, Math.max(low, amount))) - start) / length) * (to - from),
    ticks: ticks.map((amount) => ({ amount, text: print(amount) })),
  };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10);
}

/** Where a plot draws, in pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Lines and amounts of both axes, and what they measure. */
export function axisMarks(
  { left, right, top, bottom }: Frame,
  x: Axis,
  y: Axis,
  titles: { readonly x: string; readonly y: string },
): readonly Mark[] {
  const labels: Mark[] = [];
  let free = left - 20;
  for (const { amount, text } of x.ticks) {
    const [middle, width] = [x.at(amount), textWidth(text, "tick")];
    if (middle - width / 2 < free) continue;
    free = middle + width / 2 + 8;
    labels.push({ kind: "text", style: "tick", anchor: "middle", x: middle, y: bottom + 14, text });
  }
  return [
    ...y.ticks.map(
      ({ amount, text }): Mark => ({
        kind: "path",
        classes: "none",
        d: `M${left} ${y.at(amount)}L${right} ${y.at(amount)}`,
        title: text,
      }),
    ),
    ...y.ticks.map(
      ({ amount, text }): Mark => ({
        kind: "text",
        style: "tick",
        anchor: "end",
        x: left - 6,
        y: y.at(amount) + 3.5,
        text,
      }),
    ),
    { kind: "path", classes: "flow", d: `M${left} ${bottom}L${right} ${bottom}`, title: titles.x },
    ...labels,
    { kind: "text", style: "note", anchor: "middle", x: (left + right) / 2, y: bottom + 32, text: titles.x },
    { kind: "text", style: "note", x: 0, y: top - 14, text: titles.y },
  ];
}
