/** Global average pooling: the mean of each channel over all positions (Lin et al. 2014). */
import { defineGlobalPool } from "./global-pool.ts";
import type { OpStage } from "./op.ts";
import { meanOf } from "./reference-tensor.ts";

export const gap: OpStage<object> = defineGlobalPool({
  name: "gap",
  summary: "Global average pooling: the mean over all positions, a vector.",
  example: {
    source: "gap",
    input: { channels: 1024, sizes: [7, 7] },
    output: { channels: 1024, sizes: [] },
    parameters: 0,
  },
  reduction: "mean",
  memory: () => ({ keeps: "nothing" }),
  of: meanOf,
});
