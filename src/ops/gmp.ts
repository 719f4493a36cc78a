/** Global maximum pooling: the largest number of each channel over all positions. */
import { elementCount } from "../ir/shape.ts";
import { defineGlobalPool } from "./global-pool.ts";
import type { OpStage } from "./op.ts";

export const gmp: OpStage<object> = defineGlobalPool({
  name: "gmp",
  summary: "Global maximum pooling: the largest number over all positions, a vector.",
  example: {
    source: "gmp",
    input: { channels: 64, sizes: [7, 7] },
    output: { channels: 64, sizes: [] },
    parameters: 0,
  },
  reduction: "max",
  // An index of 64 bits for each maximum.
  memory: (output) => ({ keepsMore: { ofEachSample: 8n * elementCount(output) } }),
  of: (plane) => plane.reduce((largest, value) => Math.max(largest, value)),
});
