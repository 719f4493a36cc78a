/** Pooling over all positions, to a vector: what the mean and the maximum share. */
import type { Reduction } from "../ir/lowered.ts";
import { printShape, rankOf, type Shape } from "../ir/shape.ts";
import { sizeAxes } from "./layout.ts";
import { defineOp, type Example, type MemoryUse, type OpStage } from "./op.ts";
import { extentsOf, planesOf } from "./reference-tensor.ts";
import { rankMismatch } from "./window.ts";

export interface GlobalPoolDefinition {
  readonly name: string;
  readonly summary: string;
  readonly example: Example;
  readonly reduction: Reduction;
  readonly memory: (output: Shape) => MemoryUse;
  /** In float64: of the positions of one channel. */
  readonly of: (plane: Float64Array) => number;
}

export function defineGlobalPool(definition: GlobalPoolDefinition): OpStage<object> {
  const { name, summary, example, reduction, memory, of } = definition;
  return defineOp({
    name,
    group: "pooling",
    summary,
    slots: {},
    arguments: {},
    examples: [example],
    attrs: () => ({}),
    shape([input], _attrs, site) {
      if (rankOf(input) === 0) {
        site.report(rankMismatch, [name, "a map", printShape(input)], {
          claims: [{ input: 0, axis: "rank" }],
          help: ["remove it: this is a vector already"],
        });
      }
      return { channels: input.channels, sizes: [] };
    },
    memory,
    reference([x]) {
      const { batch, channels } = extentsOf(x);
      return { shape: [batch, channels], data: Float64Array.from(planesOf(x), of) };
    },
    lower(lowering, [x]) {
      const axes = sizeAxes(lowering.shapes[0]);
      return lowering.add({ kind: "reduce", function: reduction, axes, keepsAxes: false }, [x]);
    },
  });
}
