/**
 * The roofline of a machine (Williams et al. 2009): no operation does more FLOPs a second than its arithmetic
 * intensity times the bandwidth, nor than the peak. This is bundled into pages, too, where the machine is chosen.
 */
import { withSeparators, withUnit } from "../../base/text.ts";
import { fractionText } from "../../report/numbers.ts";
import type { Mark } from "../../viz/scene.ts";
import { axisMarks, type Frame, logAxis } from "./axis.ts";
import { PLOT_HEIGHT, PLOT_WIDTH, type Plot } from "./plot.ts";

/** An operation that computes and moves bytes, or several equal ones. */
export interface Work {
  readonly name: string;
  /** Two for each multiply-add. */
  readonly flops: number;
  readonly bytes: number;
}

export interface Machine {
  /** FLOPs a second. */
  readonly peak: number;
  /** Bytes a second. */
  readonly bandwidth: number;
}

const FRAME: Frame = { left: 84, right: PLOT_WIDTH - 12, top: 34, bottom: PLOT_HEIGHT - 40 };
/** A dot holds a share of the whole time by its area. */
const [LEAST_DOT, MOST_DOT] = [4, 34];

export function rooflineOf(all: readonly Work[], machine: Machine): Plot {
  const works = all.filter(({ flops, bytes }) => flops > 0 && bytes > 0);
  const { peak, bandwidth } = machine;
  const ridge = peak / bandwidth;
  const intensities = works.map(({ flops, bytes }) => flops / bytes);
  const [least, largest] = intensities.reduce(
    ([low, high], each) => [Math.min(low, each), Math.max(high, each)],
    [ridge, ridge],
  );
  // A power of ten at least on each axis.
  const [low, high] = [Math.min(least, ridge / 10) / 1.5, Math.max(largest, ridge * 2) * 1.5];
  const x = logAxis(low, high, [FRAME.left, FRAME.right], amountText);
  const y = logAxis(
    low * bandwidth,
    peak * 1.5,
    [FRAME.bottom, FRAME.top],
    (rate) => `${unitText(rate)}FLOP/s`,
  );
  const point = (intensity: number): string =>
    `${x.at(intensity)} ${y.at(Math.min(peak, intensity * bandwidth))}`;
  const total = works.reduce((sum, work) => sum + secondsOf(work, machine), 0);
  const dots = works
    .toSorted((a, b) => secondsOf(b, machine) - secondsOf(a, machine))
    .map((work): Mark => {
      const [intensity, share] = [work.flops / work.bytes, secondsOf(work, machine) / total];
      const size = LEAST_DOT + (MOST_DOT - LEAST_DOT) * Math.sqrt(share);
      const isBoundByMemory = intensity < ridge;
      return {
        kind: "rect",
        classes: isBoundByMemory ? "dot memory" : "dot compute",
        x: x.at(intensity) - size / 2,
        y: y.at(Math.min(peak, intensity * bandwidth)) - size / 2,
        width: size,
        height: size,
        radius: size / 2,
        title: `${work.name}: ${fractionText(intensity)} FLOP/B, bound by ${isBoundByMemory ? "memory" : "compute"}, ${(100 * share).toFixed(1)} % of the time`,
      };
    });
  const memory = works.filter(({ flops, bytes }) => flops / bytes < ridge);
  const memoryShare = memory.reduce((sum, work) => sum + secondsOf(work, machine), 0) / total;
  return {
    id: "roofline",
    title: "Roofline",
    words: `On ${unitText(peak)}FLOP/s and ${unitText(bandwidth)}B/s the ridge is at ${fractionText(ridge)} FLOP/B: ${memory.length} of ${works.length} operations with arithmetic are bound by memory, ${(100 * (memoryShare || 0)).toFixed(0)} % of the least time that all of them take.`,
    width: PLOT_WIDTH,
    height: PLOT_HEIGHT,
    marks: [
      ...axisMarks(FRAME, x, y, { x: "FLOP/B, a multiply-add as two", y: "at most" }),
      {
        kind: "path",
        classes: "roof",
        d: `M${point(low)}L${point(ridge)}L${point(high)}`,
        title: `the roof: ${unitText(bandwidth)}B/s, then ${unitText(peak)}FLOP/s`,
      },
      ...dots,
    ],
  };
}

/** `0.1`, `10`: powers of ten need no more. */
function amountText(amount: number): string {
  return withSeparators(Number(amount.toPrecision(1)));
}

/** `10 G`. */
function unitText(amount: number): string {
  const [digits = "", unit = ""] = withUnit(amount).split(" ");
  return `${Number(digits)} ${unit}`;
}

function secondsOf({ flops, bytes }: Work, { peak, bandwidth }: Machine): number {
  return Math.max(flops / peak, bytes / bandwidth);
}
