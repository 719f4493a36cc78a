/** Models by two of their amounts, and which of them no other beats in both. Bundled into pages, too. */
import { largestOf } from "../../base/integers.ts";
import { withByteUnit, withSeparators, withUnit } from "../../base/text.ts";
import { valueText } from "../../report/numbers.ts";
import { type Mark, round, textWidth } from "../../viz/scene.ts";
import { type Axis, axisMarks, type Frame, linearAxis, logAxis } from "./axis.ts";
import { PLOT_HEIGHT, PLOT_WIDTH, type Plot } from "./plot.ts";

/** An amount of every model. */
export interface Measure {
  readonly name: string;
  readonly title: string;
  readonly unit: "count" | "bytes" | "number";
  readonly values: readonly number[];
}

export interface Choice {
  readonly measure: Measure;
  /** Whether more of it is better: of parameters, say, at equal cost. */
  readonly isMoreBetter: boolean;
}

const FRAME: Frame = { left: 84, right: PLOT_WIDTH - 20, top: 34, bottom: PLOT_HEIGHT - 40 };
/** Amounts that are further apart are shown by their powers of ten. */
const WIDE = 20;
const RADIUS = 5;

export function scatterOf(names: readonly string[], x: Choice, y: Choice): Plot {
  const [across, up] = [
    axisOf(x.measure, [FRAME.left, FRAME.right]),
    axisOf(y.measure, [FRAME.bottom, FRAME.top]),
  ];
  const front = paretoFront(x, y);
  const points = names.map((_, at) => ({
    x: across.at(x.measure.values[at] ?? 0),
    y: up.at(y.measure.values[at] ?? 0),
  }));
  const line = front.map((at) => `${round(points[at]?.x ?? 0)} ${round(points[at]?.y ?? 0)}`);
  const isOnFront = new Set(front);
  return {
    id: "scatter",
    title: `${y.measure.title} and ${x.measure.title}`,
    words: `No model has ${wordOf(x)} and ${wordOf(y)} than these: ${front.map((at) => names[at]).join("; ")}.`,
    width: PLOT_WIDTH,
    height: PLOT_HEIGHT,
    marks: [
      ...axisMarks(FRAME, across, up, { x: x.measure.title, y: y.measure.title }),
      ...(line.length < 2
        ? []
        : [
            {
              kind: "path",
              classes: "front",
              d: `M${line.join("L")}`,
              title: "models that none beats",
            } as const,
          ]),
      ...points.map(
        (point, at): Mark => ({
          kind: "rect",
          classes: isOnFront.has(at) ? "dot best" : "dot",
          x: point.x - RADIUS,
          y: point.y - RADIUS,
          width: 2 * RADIUS,
          height: 2 * RADIUS,
          radius: RADIUS,
          title: `${names[at]}: ${amountOf(x.measure, at)} ${x.measure.title}, ${amountOf(y.measure, at)} ${y.measure.title}`,
        }),
      ),
      ...labels(names, points),
    ],
  };
}

/** The models that none other beats or equals in one amount and beats in the other, from left to right. */
export function paretoFront(x: Choice, y: Choice): readonly number[] {
  const better = ({ measure, isMoreBetter }: Choice, at: number): number =>
    (isMoreBetter ? -1 : 1) * (measure.values[at] ?? 0);
  const all = x.measure.values
    .map((_, at) => ({ at, a: better(x, at), b: better(y, at) }))
    .toSorted((first, second) => first.a - second.a || first.b - second.b);
  const front: number[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (const { at, b } of all) {
    if (b >= best) continue;
    best = b;
    front.push(at);
  }
  return front.toSorted((a, b) => (x.measure.values[a] ?? 0) - (x.measure.values[b] ?? 0));
}

function axisOf({ values, unit }: Measure, extent: readonly [number, number]): Axis {
  const print = (amount: number): string =>
    unit === "bytes" ? withByteUnit(amount) : unit === "count" ? shortText(amount) : withSeparators(amount);
  const largest = largestOf(values, 0);
  const least = values.reduce((low, value) => Math.min(low, value), largest);
  return least > 0 && largest / least > WIDE
    ? logAxis(least / 1.5, largest * 1.5, extent, print)
    : linearAxis(largest * 1.1, extent, print, 5);
}

/** `10 M`: round amounts need no more digits. */
function shortText(amount: number): string {
  const [digits = "", unit = ""] = withUnit(amount).split(" ");
  return `${Number(digits)} ${unit}`.trim();
}

function wordOf({ measure: { title }, isMoreBetter }: Choice): string {
  return `${isMoreBetter ? "more" : "less"} ${title}`;
}

function amountOf({ values, unit }: Measure, at: number): string {
  return valueText(values[at] ?? 0, unit);
}

/** Where there is room: no name covers another. */
function labels(
  names: readonly string[],
  points: readonly { readonly x: number; readonly y: number }[],
): readonly Mark[] {
  const taken: { left: number; right: number; y: number }[] = [];
  return names.flatMap((text, at): readonly Mark[] => {
    const { x, y } = points[at] ?? { x: 0, y: 0 };
    const width = textWidth(text, "tick");
    const isRight = x + RADIUS + 3 + width < PLOT_WIDTH;
    const left = isRight ? x + RADIUS + 3 : x - RADIUS - 3 - width;
    const box = { left, right: left + width, y };
    if (taken.some((other) => other.left < box.right && box.left < other.right && Math.abs(other.y - y) < 12))
      return [];
    taken.push(box);
    return [{ kind: "text", style: "tick", x: left, y: y + 3.5, text }];
  });
}
