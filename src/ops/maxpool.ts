/** Maximum pooling; padding counts as minus infinity. */
import { boundShape, elementCount } from "../ir/shape.ts";
import { liftWindow } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { poolArguments, poolAttrs, poolShape, selects, VIEW } from "./pool.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";
import { readsElement, windowReads } from "./reference-window.ts";
import { type WindowAttrs, windowOn } from "./window.ts";

export const maxpool: OpStage<WindowAttrs> = defineOp({
  name: "maxpool",
  group: "pooling",
  summary: "The maximum of each window. The stride defaults to the window.",
  slots: { kernel: "required", stride: "optional" },
  arguments: poolArguments,
  examples: [
    {
      source: "maxpool 3 /2",
      input: { channels: 64, sizes: [112, 112] },
      output: { channels: 64, sizes: [56, 56] },
      parameters: 0,
    },
    {
      source: "maxpool 3 (ceil=true) /2",
      input: { channels: 8, sizes: [6] },
      output: { channels: 8, sizes: [4] },
      parameters: 0,
    },
  ],
  attrs: (call, [input], site) => poolAttrs("maxpool", call, input, site),
  shape: ([input], attrs, site) => poolShape("maxpool", input, attrs, site),
  // An index of 64 bits for each maximum.
  memory: (output, attrs) =>
    selects(attrs) ? VIEW : { keepsMore: { ofEachSample: 8n * elementCount(output) } },
  countedAs: (attrs) => (selects(attrs) ? "slice" : undefined),
  reference([x], _weight, { rule }) {
    const { batch, channels, sizes } = extentsOf(x);
    const { window, overhang } = windowOn(rule, { channels, sizes });
    const reads = windowReads(sizes, window, overhang);
    const y = zeros([batch, channels, ...reads.sizes]);
    const inputs = planesOf(x);
    planesOf(y).forEach((output, index) => {
      output.fill(-Infinity);
      for (const tap of reads.taps) {
        tap.forEach((read, position) => {
          if (!readsElement(read)) return;
          output[position] = Math.max(output[position] ?? 0, inputs[index]?.[read] ?? 0);
        });
      }
    });
    return y;
  },
  lower(lowering, [x], { rule }) {
    const { window, overhang } = windowOn(rule, boundShape(lowering.shapes[0]));
    // Minus infinity never wins, so the overhang is padding like any other.
    const padding = window.padding.map(
      ([before, after], axis) => [before, after + (overhang[axis] ?? 0)] as const,
    );
    return lowering.add({ kind: "max-pool", window: liftWindow({ ...window, padding }) }, [x]);
  },
});
