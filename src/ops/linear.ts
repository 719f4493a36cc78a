/** The fully connected layer, on vectors. */
import { printShape, product, rankOf } from "../ir/shape.ts";
import { boolean } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, zeros } from "./reference-tensor.ts";
import { activationArgument, type Init, initArgument, orderArgument } from "./settings.ts";
import { applyUnit, withOwnOrder } from "./unit.ts";
import { rankMismatch } from "./window.ts";

export interface LinearAttrs {
  readonly features: number;
  readonly bias: boolean;
  readonly init: Init;
}

export const linear: OpStage<LinearAttrs> = defineOp({
  name: "linear",
  group: "units",
  summary: "Fully connected layer on a vector; never expanded by the ambient `order`.",
  slots: { channels: "required" },
  arguments: {
    bias: { type: boolean, summary: "adds a learnt number per output", default: "true" },
    order: orderArgument,
    act: activationArgument,
    init: initArgument,
  },
  examples: [
    {
      source: "linear -> 1000",
      input: { channels: 1024, sizes: [] },
      output: { channels: 1000, sizes: [] },
      parameters: 1025000,
    },
  ],
  apply: (op, call, [input], expansion) => applyUnit(op, withOwnOrder(call), call.channels, input, expansion),
  attrs: ({ channels = 1, arguments: { bias, init } }, _inputs, { settings }) => ({
    features: channels,
    bias: bias ?? true,
    init: init ?? settings.init ?? "kaiming",
  }),
  shape([input], { features }, site) {
    const rank = rankOf(input);
    if (rank > 0) {
      site.report(rankMismatch, ["linear", "a vector", printShape(input)], {
        claims: [{ input: 0, axis: "rank" }],
        help: ["put `gap;` (mean over the positions) or `flatten;` (all of them) before it"],
        fix: (edits) => ({
          title: "insert `gap`",
          applicability: "maybe-incorrect",
          edits: edits.insertBefore("gap; "),
        }),
      });
    }
    return { channels: features, sizes: [] };
  },
  weights([input], { features, bias }) {
    const weight = { name: "weight", role: "kernel", shape: [features, input.channels] } as const;
    return bias ? [weight, { name: "bias", role: "bias", shape: [features] }] : [weight];
  },
  macs: ([input], output) => product([input.channels, output.channels]),
  reference([x], weight, { features, bias }) {
    const { batch, channels } = extentsOf(x);
    const matrix = weight("weight").data;
    const shifts = bias ? weight("bias").data : new Float64Array(features);
    const y = zeros([batch, features]);
    for (let sample = 0; sample < batch; sample += 1) {
      for (let feature = 0; feature < features; feature += 1) {
        let sum = shifts[feature] ?? 0;
        for (let channel = 0; channel < channels; channel += 1) {
          sum += (matrix[feature * channels + channel] ?? 0) * (x.data[sample * channels + channel] ?? 0);
        }
        y.data[sample * features + feature] = sum;
      }
    }
    return y;
  },
  lower(lowering, [x], { bias }) {
    const weight = lowering.weight("weight", { permutation: [1, 0], leadingAxes: 0 });
    if (!bias) return lowering.add({ kind: "matmul" }, [x, weight]);
    return lowering.add({ kind: "bias" }, [
      lowering.add({ kind: "matmul" }, [x, weight], "matmul"),
      lowering.weight("bias"),
    ]);
  },
});
