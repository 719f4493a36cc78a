/** Rows around a map: zeros, mirrored rows, or the outermost one again. */
import type { Padding } from "../ir/lowered.ts";
import { axisName, boundShape, rankOf } from "../ir/shape.ts";
import { mapSize, printSize, SHIFT } from "../ir/size.ts";
import { pairs, word } from "./argument.ts";
import { sizeAxes } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { blendAxes, only } from "./reference-rows.ts";
import { lowerTakenRows } from "./take-rows.ts";
import { checkMap, paddingTooLarge, spreadPairs } from "./window.ts";

export interface PadAttrs {
  /** One entry an axis. */
  readonly by: readonly Padding[];
  readonly mode: "zero" | "reflect" | "edge";
}

export const pad: OpStage<PadAttrs> = defineOp({
  name: "pad",
  group: "shape",
  summary:
    "Adds rows around a map: zeros, those inside mirrored at the outermost, or the outermost repeated.",
  slots: {},
  arguments: {
    by: { type: pairs, summary: "how many rows are added", required: true },
    mode: { type: word("zero", "reflect", "edge"), summary: "what the rows hold", default: "zero" },
  },
  examples: [
    {
      source: "pad(by=[[0, 1]])",
      input: { channels: 64, sizes: [28, 28] },
      output: { channels: 64, sizes: [29, 29] },
      parameters: 0,
    },
    {
      source: "pad(by=2, mode=reflect)",
      input: { channels: 3, sizes: [6, 5] },
      output: { channels: 3, sizes: [10, 9] },
      parameters: 0,
    },
  ],
  attrs({ arguments: { by, mode } }, [input], site) {
    if (!checkMap("pad", input, site)) return undefined;
    const amounts = by && spreadPairs(by, rankOf(input), "by", site);
    return amounts && { by: amounts, mode: mode ?? "zero" };
  },
  shape([input], { by, mode }, site) {
    const sizes = input.sizes.map((length, index) => {
      const [before, after] = by[index] ?? [0, 0];
      const most = Math.max(before, after);
      const claim = { input: 0, axis: index + 1 };
      const step = { every: 1, from: most + 1 };
      if (mode === "reflect" && !site.demand(length, (n) => n > most, step, claim)) {
        const name = axisName(rankOf(input), claim.axis);
        const behind = typeof length === "number" ? length - 1 : length;
        site.report(paddingTooLarge, [most, `the ${printSize(behind)} rows that can be mirrored`], {
          at: "by",
          label: `${name} is ${printSize(length)}, and the outermost row is not repeated`,
          claims: [claim],
          help: ["pad less, or repeat the outermost row with `mode=edge`"],
        });
      }
      return mapSize(length, (n) => n + before + after, SHIFT);
    });
    return { channels: input.channels, sizes };
  },
  memory: (_output, { mode }) => (mode === "zero" ? { keeps: "nothing" } : {}),
  reference: ([x], _weight, attrs) =>
    blendAxes(x, (length, axis) =>
      rowsAround(length, axis, attrs).map((row) => (row === undefined ? [] : only(row))),
    ),
  lower(lowering, [x], attrs) {
    const shape = boundShape(lowering.shapes[0]);
    if (attrs.mode === "zero") {
      const outer = Array.from({ length: sizeAxes(shape).length + 1 - rankOf(shape) }, () => [0, 0] as const);
      return lowering.add({ kind: "pad", padding: [...outer, ...attrs.by, [0, 0]], value: 0 }, [x]);
    }
    const rows = shape.sizes.map((length, axis) =>
      rowsAround(length, axis, attrs).flatMap((row) => row ?? []),
    );
    return lowerTakenRows(lowering, x, rows);
  },
});

/** Which row of an axis each row of the result is; `undefined`: zeros. */
function rowsAround(length: number, axis: number, { by, mode }: PadAttrs): readonly (number | undefined)[] {
  const [before, after] = by[axis] ?? [0, 0];
  return Array.from({ length: before + length + after }, (_, index) => {
    const row = index - before;
    const nearest = Math.min(Math.max(row, 0), length - 1);
    if (row === nearest) return row;
    if (mode === "zero") return undefined;
    return mode === "edge" ? nearest : 2 * nearest - row;
  });
}
