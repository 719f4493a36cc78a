/** How many paths lead to the head, by the receptive field that each alone would give. */
import { withUnit } from "../../base/text.ts";
import type { FieldPaths } from "../../measure/field-paths.ts";
import { fractionText } from "../../report/numbers.ts";
import { type Mark, round } from "../../viz/scene.ts";
import { axisMarks, type Frame, linearAxis } from "./axis.ts";
import { PLOT_HEIGHT, PLOT_WIDTH, type Plot } from "./plot.ts";

const FRAME: Frame = { left: 64, right: PLOT_WIDTH - 12, top: 34, bottom: PLOT_HEIGHT - 40 };
/** Wider bars of several lengths, where there are more. */
const MOST_BARS = 80;

/** `undefined` where there are no two ways. */
export function fieldPlot(paths: FieldPaths): Plot | undefined {
  const lengths = [...paths.keys()].toSorted((a, b) => a - b);
  const [shortest, longest] = [lengths[0] ?? 0, lengths.at(-1) ?? 0];
  const total = [...paths.values()].reduce((sum, count) => sum + count, 0n);
  if (total < 2n || shortest === longest) return undefined;
  const width = Math.max(1, Math.ceil((longest - shortest + 1) / MOST_BARS));
  const bars = new Map<number, bigint>();
  for (const [length, count] of paths) {
    const bar = Math.floor((length - shortest) / width);
    bars.set(bar, (bars.get(bar) ?? 0n) + count);
  }
  const share = (count: bigint): number => Number((count * 1_000_000n) / total) / 10_000;
  const x = linearAxis(longest, [FRAME.left, FRAME.right], fractionText);
  const y = linearAxis(
    Math.max(...[...bars.values()].map(share)),
    [FRAME.bottom, FRAME.top],
    (amount) => `${fractionText(amount)} %`,
  );
  const marks = [...bars].map(([bar, count]): Mark => {
    const [from, to] = [shortest + bar * width, shortest + (bar + 1) * width];
    const [left, right, height] = [x.at(from), x.at(to), y.at(share(count))];
    return {
      kind: "rect",
      classes: "bar",
      x: round(left),
      y: round(height),
      width: round(Math.max(1, right - left - 1)),
      height: round(FRAME.bottom - height),
      title: `${fractionText(from)} to ${fractionText(to - 1)} positions: ${share(count).toFixed(2)} % of the paths`,
    };
  });
  return {
    id: "field",
    title: "Receptive fields of all paths",
    words: `${countText(total)} paths lead from the input to the head; the field of the shortest is ${fractionText(shortest)} positions, of the longest ${fractionText(longest)}.`,
    width: PLOT_WIDTH,
    height: PLOT_HEIGHT,
    marks: [...axisMarks(FRAME, x, y, { x: "positions of the input", y: "share of the paths" }), ...marks],
  };
}

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** `2⁵⁸`, where it is a power of two; `48`; `1.2e+17`. */
function countText(count: bigint): string {
  const digits = count.toString(2);
  if (digits.length > 10 && !digits.slice(1).includes("1")) {
    const exponent = `${digits.length - 1}`.replace(/\d/g, (digit) => SUPERSCRIPT[Number(digit)] ?? "");
    return `2${exponent}`;
  }
  return count < 1_000_000n ? withUnit(count) : Number(count).toPrecision(3);
}
