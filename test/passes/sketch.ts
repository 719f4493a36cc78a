/** Lowered graphs by hand, in few words: what the tests of passes and targets are written with. */
import type { LoweredGraph, Padding, Port, Ref, Window } from "../../src/ir/lowered.ts";
import { type LoweredBuilder, lowerInto } from "../../src/ir/lowered-builder.ts";
import { constantOf, pseudoRandom } from "./random-graph.ts";

export interface WindowSketch {
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: Padding;
}

export interface Sketch {
  readonly add: LoweredBuilder["add"];
  /** Its values depend on its name only. */
  constant(name: string, shape: readonly number[], scale?: number, shift?: number): Ref;
  /** `size` on every axis, without bias. */
  conv(name: string, x: Ref, size: number, channels: number, window?: WindowSketch): Ref;
  matmul(name: string, x: Ref, channels: number): Ref;
  bias(name: string, x: Ref): Ref;
  norm(name: string, x: Ref, epsilon?: number): Ref;
  /** With scales above zero, as most networks learn them. */
  positiveNorm(name: string, x: Ref): Ref;
  relu(name: string, x: Ref): Ref;
  /** The mean over all axes but the batch and the channels. */
  mean(name: string, x: Ref, control?: readonly string[]): Ref;
  maxPool(name: string, x: Ref, size: number, window?: WindowSketch): Ref;
  averagePool(name: string, x: Ref, size: number, window?: WindowSketch & { countsPadding?: boolean }): Ref;
}

/** A graph with the input `x` of this shape (without batch); `build` gives the output `y`, or outputs by name. */
export function sketch(
  shape: readonly number[],
  build: (s: Sketch, x: Ref) => Ref | Readonly<Record<string, Ref>>,
): LoweredGraph {
  const builder = lowerInto("sketch");
  const { add } = builder;
  const x = add("x", { kind: "input", type: { element: "float32", shape: [null, ...shape] } }, []);
  const result = build(sketchOn(builder), x);
  const outputs = isRef(result) ? { y: result } : result;
  const ports = Object.entries(outputs).map(([name, ref]): Port => ({ name, ref }));
  return builder.finish([{ name: "x", ref: x }], ports);
}

function isRef(result: Ref | Readonly<Record<string, Ref>>): result is Ref {
  return typeof result.node === "string";
}

function sketchOn(builder: LoweredBuilder): Sketch {
  const { add } = builder;
  const channelsOf = (x: Ref): number => builder.typeOf(x).shape.at(-1) ?? 1;
  const windowOf = (
    x: Ref,
    size: number,
    { stride = 1, dilation = 1, padding = [0, 0] }: WindowSketch,
  ): Window => {
    const onEachAxis = <T>(value: T): readonly T[] =>
      builder
        .typeOf(x)
        .shape.slice(2)
        .map(() => value);
    return {
      size: onEachAxis(size),
      stride: onEachAxis(stride),
      dilation: onEachAxis(dilation),
      padding: onEachAxis(padding),
    };
  };
  const normScaled = (name: string, x: Ref, epsilon: number, scale: Ref): Ref =>
    add(name, { kind: "batch-normalization", epsilon }, [
      x,
      scale,
      s.constant(`${name}/offset`, [channelsOf(x)]),
      s.constant(`${name}/mean`, [channelsOf(x)]),
      s.constant(`${name}/variance`, [channelsOf(x)], 0.5, 1),
    ]);
  const s: Sketch = {
    add,
    constant: (name, shape, scale = 1, shift = 0) => {
      const seed = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1009, 7);
      return add(
        name,
        constantOf(shape, (index) => shift + scale * pseudoRandom(seed, index)),
        [],
      );
    },
    conv(name, x, size, channels, window = {}) {
      const whole = windowOf(x, size, window);
      const weight = s.constant(`${name}/weight`, [...whole.size, channelsOf(x), channels]);
      return add(name, { kind: "convolution", window: whole, groups: 1 }, [x, weight]);
    },
    matmul: (name, x, channels) =>
      add(name, { kind: "matmul" }, [x, s.constant(`${name}/weight`, [channelsOf(x), channels])]),
    bias: (name, x) => add(name, { kind: "bias" }, [x, s.constant(`${name}/bias`, [channelsOf(x)])]),
    norm: (name, x, epsilon = 1e-5) =>
      normScaled(name, x, epsilon, s.constant(`${name}/scale`, [channelsOf(x)])),
    positiveNorm: (name, x) =>
      normScaled(name, x, 1e-5, s.constant(`${name}/scale`, [channelsOf(x)], 0.5, 1)),
    relu: (name, x) => add(name, { kind: "pointwise", function: "relu" }, [x]),
    mean(name, x, control) {
      const axes = builder
        .typeOf(x)
        .shape.slice(2)
        .map((_, axis) => axis + 1);
      return add(name, { kind: "reduce", function: "mean", axes, keepsAxes: false }, [x], control);
    },
    maxPool: (name, x, size, window = {}) =>
      add(name, { kind: "max-pool", window: windowOf(x, size, window) }, [x]),
    averagePool: (name, x, size, { countsPadding = true, ...window } = {}) =>
      add(name, { kind: "average-pool", window: windowOf(x, size, window), countsPadding }, [x]),
  };
  return s;
}
