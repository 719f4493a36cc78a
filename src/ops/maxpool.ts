/** Maximum pooling; padding counts as minus infinity. */
import { liftWindow } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { type PoolAttrs, poolArguments, poolAttrs, poolShape } from "./pool.ts";

export const maxpool: OpStage<PoolAttrs> = defineOp({
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
  lower(lowering, [x], { window, overhang }) {
    // Minus infinity never wins, so the overhang is padding like any other.
    const padding = window.padding.map(
      ([before, after], axis) => [before, after + (overhang[axis] ?? 0)] as const,
    );
    return lowering.add({ kind: "max-pool", window: liftWindow({ ...window, padding }) }, [x]);
  },
});
