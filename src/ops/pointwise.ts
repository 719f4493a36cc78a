/** Activations of one number, without arguments: what they share. */
import type { Ref } from "../ir/lowered.ts";
import { defineOp, type Lowering, type Operands, type OpStage } from "./op.ts";
import { mapElements } from "./reference-tensor.ts";

export interface PointwiseDefinition {
  readonly name: string;
  readonly summary: string;
  /** In float64. */
  readonly of: (value: number) => number;
  /** Whether the derivative is a function of the result: then training keeps that, not the operand. */
  readonly keepsResult?: true;
  readonly lower: (lowering: Lowering, inputs: Operands<Ref>) => Ref;
}

export function definePointwise({
  name,
  summary,
  of,
  keepsResult,
  lower,
}: PointwiseDefinition): OpStage<object> {
  return defineOp({
    name,
    group: "activation",
    summary,
    slots: {},
    arguments: {},
    examples: [
      {
        source: name,
        input: { channels: 8, sizes: [5, 5] },
        output: { channels: 8, sizes: [5, 5] },
        parameters: 0,
      },
    ],
    attrs: () => ({}),
    shape: ([input]) => input,
    memory: () =>
      keepsResult ? { result: "in-place", keeps: "result" } : { result: "in-place-at-inference" },
    reference: ([x]) => mapElements(x, of),
    lower,
  });
}

/** Scales what a function makes of negative numbers: `relu(x) + factor * (value - relu(x))`. */
export function scaleNegative(lowering: Lowering, x: Ref, value: Ref, factor: Ref): Ref {
  const positive = lowering.add({ kind: "pointwise", function: "relu" }, [x], "positive");
  const negative = lowering.add({ kind: "subtract" }, [value, positive], "negative");
  const scaled = lowering.add({ kind: "multiply" }, [negative, factor], "scaled");
  return lowering.add({ kind: "add" }, [positive, scaled]);
}
