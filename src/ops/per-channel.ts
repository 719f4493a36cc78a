/** A learnt factor and, in most operations, a learnt term per channel. */
import type { Ref } from "../ir/lowered.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { Lowering, WeightSpec } from "./op.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";

export function affineWeights(channels: number): readonly WeightSpec[] {
  return [
    { name: "weight", role: "scale", shape: [channels] },
    { name: "bias", role: "shift", shape: [channels] },
  ];
}

export function scaledAndShifted(x: Tensor, factors: Tensor, terms?: Tensor): Tensor {
  const { channels } = extentsOf(x);
  const y = zeros(x.shape);
  const inputs = planesOf(x);
  planesOf(y).forEach((output, index) => {
    const channel = index % channels;
    inputs[index]?.forEach((value, position) => {
      output[position] = value * (factors.data[channel] ?? 0) + (terms?.data[channel] ?? 0);
    });
  });
  return y;
}

/** By the weights `weight` and `bias`. */
export function lowerScaledAndShifted(lowering: Lowering, x: Ref): Ref {
  const scaled = lowering.add({ kind: "multiply" }, [x, lowering.weight("weight")], "scaled");
  return lowering.add({ kind: "bias" }, [scaled, lowering.weight("bias")]);
}
