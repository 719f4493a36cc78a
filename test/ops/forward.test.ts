/** Whole networks with hash weights against PyTorch in float64, logit by logit. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { countsOf } from "../../src/ops/counts.ts";
import { type InputValues, interpret } from "../../src/ops/interpret.ts";
import { hashFill, hashInput } from "../../src/weights/hash.ts";
import { expectSame } from "./apply.ts";
import { type DensenetOptions, densenet, stagePaths } from "./densenet.ts";

interface GoldenModel {
  readonly logits: readonly number[];
  readonly first8: readonly number[];
  readonly bn_buffers: number;
  readonly macs_conv_fc: number;
  readonly params_trainable: number;
  readonly stages: Readonly<Record<string, { readonly mean_abs: number }>>;
  readonly must_not_match_tf_same_padding?: readonly number[];
}

const golden: { readonly models: Readonly<Record<string, GoldenModel>> } = JSON.parse(
  readFileSync(new URL("../golden/forward.json", import.meta.url), "utf8"),
);

const TINY: DensenetOptions = {
  blocks: [2, 2],
  growth: 4,
  stem: "imagenet",
  stemChannels: 8,
  classes: 5,
  size: 32,
};

const NETWORKS: Readonly<Record<string, DensenetOptions>> = {
  tiny: TINY,
  densenet_bc_l100_k12: {
    blocks: [16, 16, 16],
    growth: 12,
    stem: "cifar",
    stemChannels: 24,
    classes: 10,
    size: 32,
  },
  densenet121: {
    blocks: [6, 12, 24, 16],
    growth: 32,
    stem: "imagenet",
    stemChannels: 64,
    classes: 1000,
    size: 224,
  },
};

function goldenOf(name: string): GoldenModel {
  const model = golden.models[name];
  if (model === undefined) throw new Error(`the golden file has no ${name}`);
  return model;
}

function inputsOf({ size }: DensenetOptions): InputValues {
  return { x: hashInput({ channels: 3, sizes: [size, size] }) };
}

/** The golden logits have 10 digits, everything else has 12. */
const TEN_DIGITS = 1e-9;
const TWELVE_DIGITS = 1e-11;

const meanMagnitude = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;

for (const [name, options] of Object.entries(NETWORKS)) {
  it(`${name} has the logits of PyTorch, and the same magnitudes on the way`, () => {
    const expected = goldenOf(name);
    const graph = densenet(options);
    const magnitudes = new Map<string, number>();
    const outputs = interpret(graph, hashFill(graph), inputsOf(options), (node, { data }) =>
      magnitudes.set(node.path, meanMagnitude(data)),
    );
    const logits = [...(outputs.get("logits")?.data ?? [])];
    expectSame(logits, expected.logits, TEN_DIGITS);
    expectSame(logits.slice(0, 8), expected.first8, TWELVE_DIGITS);
    const paths = stagePaths(options);
    expect([...paths.keys()].sort()).toEqual(Object.keys(expected.stages).sort());
    expectSame(
      [...paths.values()].map((path) => magnitudes.get(`densenet/${path}`) ?? Number.NaN),
      [...paths.keys()].map((module) => expected.stages[module]?.mean_abs ?? Number.NaN),
      TWELVE_DIGITS,
    );
  });

  it(`${name} has the parameters, buffers and multiply-adds of PyTorch`, () => {
    const expected = goldenOf(name);
    const graph = densenet(options);
    const { params, buffers, macs } = countsOf(graph.nodes, graph);
    expect(Number(params)).toBe(expected.params_trainable);
    expect(Number(buffers)).toBe(expected.bn_buffers);
    expect(Number(macs)).toBe(expected.macs_conv_fc);
  });
}

it("the padding of TensorFlow in the stem gives the other logits that PyTorch computes for it", () => {
  const options: DensenetOptions = { ...TINY, stemPad: "same" };
  const graph = densenet(options);
  const logits = interpret(graph, hashFill(graph), inputsOf(options)).get("logits");
  const expected = goldenOf("tiny").must_not_match_tf_same_padding ?? [];
  expectSame([...(logits?.data ?? [])], expected, TWELVE_DIGITS);
});

it("a batch has the logits of its samples", () => {
  const graph = densenet(TINY);
  const shape = { channels: 3, sizes: [TINY.size, TINY.size] };
  const logitsOf = (batch: number, first: number): readonly number[] => {
    const x = hashInput(shape, batch, first);
    return [...(interpret(graph, hashFill(graph), { x }).get("logits")?.data ?? [])];
  };
  expect(logitsOf(2, 0)).toEqual([...logitsOf(1, 0), ...logitsOf(1, 1)]);
});
