/** Random lowered graphs, for properties that must hold of all of them. Shrinks towards few and simple nodes. */
import fc from "fast-check";
import type { LoweredGraph, Padding, Port, Primitive, Ref } from "../../src/ir/lowered.ts";
import type { LoweredBuilder } from "../../src/ir/lowered-builder.ts";
import { lowerInto } from "../../src/ir/lowered-builder.ts";
import { fill, sizeOf, type Value } from "./interpret.ts";

/** Numbers that look random and are the same in every run: `sin` of well-spread arguments. */
export function pseudoRandom(seed: number, index: number): number {
  const x = Math.sin(seed * 12.9898 + index * 78.233) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

export function constantOf(
  shape: readonly number[],
  element: (index: number) => number,
): Extract<Primitive, { kind: "constant" }> {
  return {
    kind: "constant",
    shape,
    values: () => Float32Array.from({ length: sizeOf(shape) }, (_, i) => element(i)),
  };
}

/** A batch of inputs for the graph's only input port, rounded to float32. */
export function feedFor(graph: LoweredGraph, batch: number): { readonly x: Value } {
  const [input] = graph.nodes;
  const shape = input?.outputs[0]?.shape ?? [];
  let index = 0;
  return {
    x: fill(
      shape.map((size) => size ?? batch),
      () => Math.fround(2 * pseudoRandom(7, index++)),
    ),
  };
}

interface AxisChoice {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
}

const axisChoice: fc.Arbitrary<AxisChoice> = fc.record({
  size: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  padding: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
});

const KINDS = [
  "convolution",
  "grouped-convolution",
  "depthwise-convolution",
  "transposed-convolution",
  "bias",
  "batch-normalization",
  "relu",
  "relu6",
  "elu",
  "sigmoid",
  "tanh",
  "erf",
  "leaky-relu",
  "power",
  "softmax",
  "reduce",
  "local-response-normalization",
  "max-pool",
  "average-pool",
  "concat",
  "add",
  "subtract",
  "multiply",
  "maximum",
  "reshape",
  "transpose",
  "pad",
  "slice",
  "gather",
  "resize",
  "identity",
  "output",
] as const;

const step = fc.record({
  kind: fc.constantFrom(...KINDS),
  axes: fc.tuple(axisChoice, axisChoice, axisChoice),
  amount: fc.integer({ min: 1, max: 4 }),
  flag: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const description = fc.record({
  /** A signal is a map of height 1. */
  sizes: fc.oneof(
    fc.tuple(fc.constant(1), fc.integer({ min: 5, max: 9 })),
    fc.tuple(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 9 })),
    fc.tuple(fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 6 })),
  ),
  channels: fc.integer({ min: 1, max: 4 }),
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
  head: fc.array(fc.constantFrom("matmul", "bias", "batch-normalization", "relu", "softmax"), {
    maxLength: 5,
  }),
});

/** A chain of steps over maps, then a mean, then a chain over vectors. Every step that does not fit is left out. */
export const randomGraph: fc.Arbitrary<LoweredGraph> = description.map(({ sizes, channels, steps, head }) => {
  const builder = lowerInto("random");
  const type = { element: "float32", shape: [null, ...sizes, channels] } as const;
  const x = builder.add("net/x", { kind: "input", type }, []);
  const outputs: Port[] = [];
  let current = x;
  for (const [index, choice] of steps.entries()) {
    if (choice.kind === "output") outputs.push({ name: `y${index}`, ref: current });
    else current = addStep(builder, `net/s${index}`, choice, current, index);
  }
  const axes = sizes.map((_, axis) => axis + 1);
  const reduction = { kind: "reduce", function: "mean", axes, keepsAxes: false } as const;
  current = builder.add("net/mean", reduction, [current]);
  for (const [index, kind] of head.entries())
    current = addToVector(builder, `net/h${index}`, kind, current, index);
  return builder.finish([{ name: "x", ref: x }], [...outputs, { name: "y", ref: current }]);
});

function addStep(builder: LoweredBuilder, name: string, step: Step, x: Ref, seed: number): Ref {
  const shape = builder.typeOf(x).shape;
  const sizes = shape.slice(1, -1).map((size) => size ?? 1);
  const channels = shape.at(-1) ?? 1;
  const window = windowOf(step, sizes);
  const constant = (suffix: string, size: readonly number[], scale = 1, shift = 0): Ref =>
    builder.add(
      `${name}/${suffix}`,
      constantOf(size, (i) => shift + scale * pseudoRandom(seed + 1, i)),
      [],
    );
  switch (step.kind) {
    case "convolution": {
      const kernel = constant("weight", [...window.size, channels, step.amount], 1 / Math.sqrt(channels));
      return builder.add(name, { kind: "convolution", window, groups: 1 }, [x, kernel]);
    }
    case "grouped-convolution": {
      const groups = step.flag || channels % 2 !== 0 ? channels : 2;
      const outputs = groups * step.amount;
      const kernel = constant("weight", [...window.size, channels / groups, outputs]);
      return builder.add(name, { kind: "convolution", window, groups }, [x, kernel]);
    }
    case "depthwise-convolution": {
      if (sizes.length !== 2) return x;
      const plain = { ...window, stride: sizes.map(() => step.amount), dilation: sizes.map(() => 1) };
      const kernel = constant("weight", [...window.size, channels, step.flag ? 2 : 1]);
      return builder.add(name, { kind: step.kind, window: plain }, [x, kernel]);
    }
    case "transposed-convolution": {
      if (Math.max(...sizes) > 9) return x;
      const groups = step.flag ? channels : 1;
      const padding = window.padding.map(([before, after], axis): Padding => {
        const fits = before + after < (window.size[axis] ?? 1);
        return fits ? [before, after] : [0, 0];
      });
      const larger = sizes.map((size, axis) => {
        const [length = 1, stride = 1] = [window.size[axis], window.stride[axis]];
        const [before, after] = padding[axis] ?? [0, 0];
        return (size - 1) * stride - before - after + length + (step.amount % stride);
      });
      const kernel = constant("weight", [...window.size, step.amount, channels]);
      const plain = { ...window, padding, dilation: sizes.map(() => 1) };
      return builder.add(name, { kind: step.kind, window: plain, sizes: larger, groups }, [x, kernel]);
    }
    case "bias":
      return builder.add(name, { kind: "bias" }, [x, constant("bias", [channels])]);
    case "batch-normalization":
      return builder.add(name, { kind: step.kind, epsilon: step.flag ? 1e-5 : 0.5 }, [
        x,
        ...normVectors(constant, channels),
      ]);
    case "relu":
    case "relu6":
    case "elu":
    case "sigmoid":
    case "tanh":
    case "erf":
      return builder.add(name, { kind: "pointwise", function: step.kind }, [x]);
    case "leaky-relu":
      return builder.add(name, { kind: step.kind, slope: 1 / (step.amount + 1) }, [x]);
    case "power": {
      // Of numbers of at least 1 and at most 2, where every power is tame.
      const tame = builder.add(`${name}/tame`, { kind: "add" }, [
        builder.add(`${name}/sigmoid`, { kind: "pointwise", function: "sigmoid" }, [x]),
        constant("one", [], 0, 1),
      ]);
      return builder.add(name, { kind: step.kind, exponent: step.amount / 2 - 1 }, [tame]);
    }
    case "reduce": {
      // It spreads back, so that the chain goes on with a value of the same shape.
      const axes = [1, ...(step.flag ? [shape.length - 1] : [])];
      const reduction = {
        kind: step.kind,
        function: step.amount > 2 ? "mean" : "max",
        axes,
        keepsAxes: true,
      } as const;
      const reduced = builder.add(`${name}/reduced`, reduction, [x]);
      return builder.add(name, { kind: "subtract" }, [x, reduced]);
    }
    case "local-response-normalization": {
      const { kind, amount } = step;
      return builder.add(name, { kind, radius: amount - 1, bias: 1, alpha: 0.5 / amount, beta: 0.75 }, [x]);
    }
    case "max-pool":
      return builder.add(name, { kind: step.kind, window: poolWindow(window) }, [x]);
    case "average-pool":
      return builder.add(name, { kind: step.kind, window: poolWindow(window), countsPadding: step.flag }, [
        x,
      ]);
    case "concat":
      return builder.add(name, { kind: "concat" }, [x, ...Array.from({ length: step.amount }, () => x)]);
    case "add":
    case "subtract":
    case "maximum":
      return builder.add(name, { kind: step.kind }, [
        x,
        step.flag ? x : constant("term", [1, ...sizes, channels]),
      ]);
    case "multiply":
      return builder.add(name, { kind: "multiply" }, [
        x,
        constant("factor", [1, ...sizes.map(() => 1), channels]),
      ]);
    case "reshape":
      return builder.add(name, { kind: "reshape", shape: [...sizes.toReversed(), channels] }, [x]);
    case "transpose": {
      const axes = sizes.map((_, axis) => axis + 1);
      return builder.add(
        name,
        { kind: "transpose", permutation: [0, ...axes.toReversed(), axes.length + 1] },
        [x],
      );
    }
    case "pad":
      return builder.add(
        name,
        { kind: "pad", padding: [[0, 0], ...window.padding, [0, 1]], value: step.flag ? 0 : step.amount - 3 },
        [x],
      );
    case "slice": {
      const whole = [...sizes, channels];
      const begin = whole.map((size) => (step.flag ? Math.floor(size / 3) : 0));
      return builder.add(
        name,
        { kind: step.kind, begin, end: whole, step: whole.map((_, axis) => 1 + ((step.amount + axis) % 2)) },
        [x],
      );
    }
    case "gather": {
      const axis = 1 + (step.amount % (shape.length - 1));
      const indices = Array.from({ length: step.amount + 2 }, (_, index) => (3 * index) % (shape[axis] ?? 1));
      return builder.add(name, { kind: step.kind, axis, indices }, [x]);
    }
    case "resize":
      if (Math.max(...sizes) > 9) return x;
      return builder.add(
        name,
        { kind: step.kind, sizes: sizes.map((size) => Math.max(1, size + step.amount - 2)) },
        [x],
      );
    case "softmax":
    case "identity":
      return builder.add(name, { kind: step.kind }, [x]);
    case "output":
      return x;
  }
}

function addToVector(builder: LoweredBuilder, name: string, kind: string, x: Ref, seed: number): Ref {
  const channels = builder.typeOf(x).shape[1] ?? 1;
  const constant = (suffix: string, size: readonly number[], scale = 1, shift = 0): Ref =>
    builder.add(
      `${name}/${suffix}`,
      constantOf(size, (i) => shift + scale * pseudoRandom(seed + 1, i)),
      [],
    );
  switch (kind) {
    case "matmul":
      return builder.add(name, { kind }, [x, constant("weight", [channels, 3])]);
    case "bias":
      return builder.add(name, { kind }, [x, constant("bias", [channels])]);
    case "batch-normalization":
      return builder.add(name, { kind, epsilon: 0.5 }, [x, ...normVectors(constant, channels)]);
    case "relu":
      return builder.add(name, { kind: "pointwise", function: kind }, [x]);
    default:
      return builder.add(name, { kind: "softmax" }, [x]);
  }
}

function normVectors(
  constant: (suffix: string, size: readonly number[], scale: number, shift: number) => Ref,
  channels: number,
): readonly Ref[] {
  return [
    constant("scale", [channels], 1, 0.2),
    constant("offset", [channels], 0.5, 0),
    constant("mean", [channels], 0.5, 0),
    constant("variance", [channels], 0.5, 1),
  ];
}

/** The chosen window, made to fit. */
function windowOf({ axes }: Step, sizes: readonly number[]) {
  const chosen = sizes.map((length, axis): AxisChoice => {
    const choice = axes[axis] ?? axes[0];
    const reach = choice.dilation * (choice.size - 1) + 1;
    return reach <= length + choice.padding[0] + choice.padding[1] ? choice : { ...choice, size: 1 };
  });
  return {
    size: chosen.map(({ size }) => size),
    stride: chosen.map(({ stride }) => stride),
    dilation: chosen.map(({ dilation }) => dilation),
    padding: chosen.map(({ padding }) => padding),
  };
}

/** Pools are never dilated, and each of their windows sees some of the input. */
function poolWindow(window: ReturnType<typeof windowOf>): ReturnType<typeof windowOf> {
  return {
    ...window,
    dilation: window.dilation.map(() => 1),
    padding: window.padding.map(([before, after], axis): Padding => {
      const limit = (window.size[axis] ?? 1) - 1;
      return [Math.min(before, limit), Math.min(after, limit)];
    }),
  };
}
