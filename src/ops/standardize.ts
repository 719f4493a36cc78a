/** Normalization within a sample (ln, gn, instancenorm): zero mean and unit variance within groups of its elements. */
import type { Ref } from "../ir/lowered.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { Lowering } from "./op.ts";
import { elementsOf, extentsOf, meanOf, zeros } from "./reference-tensor.ts";

/** Elements of a sample with equal groups are normalized together. */
export function standardized(
  x: Tensor,
  epsilon: number,
  groupOf: (channel: number, position: number) => number,
): Tensor {
  const { batch, channels, sizes } = extentsOf(x);
  const positions = elementsOf(sizes);
  const y = zeros(x.shape);
  for (let sample = 0; sample < batch; sample += 1) {
    const members = new Map<number, number[]>();
    for (let channel = 0; channel < channels; channel += 1) {
      for (let position = 0; position < positions; position += 1) {
        const element = (sample * channels + channel) * positions + position;
        const group = groupOf(channel, position);
        const elements = members.get(group);
        if (elements === undefined) members.set(group, [element]);
        else elements.push(element);
      }
    }
    for (const elements of members.values()) {
      const values = Float64Array.from(elements, (element) => x.data[element] ?? 0);
      const mean = meanOf(values);
      const deviation = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) + epsilon);
      elements.forEach((element, index) => {
        y.data[element] = ((values[index] ?? 0) - mean) / deviation;
      });
    }
  }
  return y;
}

/** Axes count the batch, which is none of them. */
export function lowerStandardized(
  lowering: Lowering,
  x: Ref,
  { axes, epsilon }: { readonly axes: readonly number[]; readonly epsilon: number },
  suffix?: string,
): Ref {
  const mean = { kind: "reduce", function: "mean", axes, keepsAxes: true } as const;
  const center = lowering.add(mean, [x], "mean");
  const centered = lowering.add({ kind: "subtract" }, [x, center], "centered");
  const square = lowering.add({ kind: "multiply" }, [centered, centered], "square");
  const variance = lowering.add(mean, [square], "variance");
  const safe = lowering.add({ kind: "add" }, [variance, lowering.number(epsilon, "epsilon")], "safe");
  const factor = lowering.add({ kind: "power", exponent: -0.5 }, [safe], "factor");
  return lowering.add({ kind: "multiply" }, [centered, factor], suffix);
}
