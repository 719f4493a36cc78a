/** Global average pooling: the mean of each channel over all positions (Lin et al. 2014). */
import { printShape, rankOf } from "../ir/shape.ts";
import { sizeAxes } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, meanOf, planesOf } from "./reference-tensor.ts";
import { rankMismatch } from "./window.ts";

export const gap: OpStage<object> = defineOp({
  name: "gap",
  group: "pooling",
  summary: "Global average pooling: the mean over all positions, a vector.",
  slots: {},
  arguments: {},
  examples: [
    {
      source: "gap",
      input: { channels: 1024, sizes: [7, 7] },
      output: { channels: 1024, sizes: [] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape([input], _attrs, site) {
    if (rankOf(input) === 0) {
      site.report(rankMismatch, ["gap", "a map", printShape(input)], {
        claims: [{ input: 0, axis: "rank" }],
        help: ["remove it: this is a vector already"],
      });
    }
    return { channels: input.channels, sizes: [] };
  },
  reference([x]) {
    const { batch, channels } = extentsOf(x);
    return { shape: [batch, channels], data: Float64Array.from(planesOf(x), meanOf) };
  },
  lower: (lowering, [x]) =>
    lowering.add({ kind: "reduce", function: "mean", axes: sizeAxes(lowering.shapes[0]), keepsAxes: false }, [
      x,
    ]),
});
