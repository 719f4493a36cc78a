/** Bytes of activations that are alive, over the operations in the order in which they run. */
import { withByteUnit, withSeparators } from "../../base/text.ts";
import { byteText } from "../../report/numbers.ts";
import { pathInModel } from "../../report/paths.ts";
import type { Report } from "../../report/report.ts";
import { type Mark, round } from "../../viz/scene.ts";
import { axisMarks, type Frame, linearAxis } from "./axis.ts";
import { PLOT_HEIGHT, PLOT_WIDTH, type Plot } from "./plot.ts";

const FRAME: Frame = { left: 64, right: PLOT_WIDTH - 12, top: 34, bottom: PLOT_HEIGHT - 40 };

export function livenessPlot({ rows, memory }: Report): Plot {
  const x = linearAxis(rows.length, [FRAME.left, FRAME.right], withSeparators);
  const y = byteAxis(Number(memory.peak));
  const steps = rows.map(({ live }, at) => {
    const height = round(y.at(Number(live)));
    return `L${round(x.at(at))} ${height}L${round(x.at(at + 1))} ${height}`;
  });
  const at = rows.findIndex(({ path }) => path === memory.at);
  const where = pathInModel({ path: memory.at });
  const peak: Mark = {
    kind: "rect",
    classes: "dot peak",
    x: x.at(at + 0.5) - 4,
    y: y.at(Number(memory.peak)) - 4,
    width: 8,
    height: 8,
    radius: 4,
    title: `the peak: ${byteText(memory.peak)} at ${where}`,
  };
  return {
    id: "liveness",
    title: "Activations alive",
    words: `At most ${byteText(memory.peak)} at once, at ${where}, operation ${withSeparators(at + 1)} of ${withSeparators(rows.length)}.`,
    width: PLOT_WIDTH,
    height: PLOT_HEIGHT,
    marks: [
      ...axisMarks(FRAME, x, y, { x: "operations, in the order in which they run", y: "bytes" }),
      {
        kind: "path",
        classes: "area",
        d: `M${FRAME.left} ${FRAME.bottom}${steps.join("")}L${round(x.at(rows.length))} ${FRAME.bottom}Z`,
        title: "bytes of activations alive while each operation runs",
      },
      peak,
    ],
  };
}

/** Steps that are round in powers of 1024. */
function byteAxis(largest: number): ReturnType<typeof linearAxis> {
  const unit = 1024 ** Math.floor(Math.log2(Math.max(1, largest)) / 10);
  const axis = linearAxis(largest / unit, [FRAME.bottom, FRAME.top], (amount) => withByteUnit(amount * unit));
  return {
    at: (amount) => axis.at(amount / unit),
    ticks: axis.ticks.map((tick) => ({ ...tick, amount: tick.amount * unit })),
  };
}
