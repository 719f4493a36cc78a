/** Hash weights and inputs against the numbers that other frameworks make by the same rule. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hashFill, hashInput, hashUniform } from "../../src/weights/hash.ts";
import { densenet } from "../ops/densenet.ts";

const golden: {
  readonly hash: { readonly check_u0_u3: readonly number[] };
  readonly models: {
    readonly tiny: { readonly tensors: readonly (readonly [string, readonly number[], number])[] };
  };
} = JSON.parse(readFileSync(new URL("../golden/forward.json", import.meta.url), "utf8"));

const tiny = densenet({
  blocks: [2, 2],
  growth: 4,
  stem: "imagenet",
  stemChannels: 8,
  classes: 5,
  size: 32,
});

it("the hash has its published first values", () => {
  expect([0, 1, 2, 3].map((index) => Number(hashUniform(index).toFixed(9)))).toEqual(golden.hash.check_u0_u3);
});

it("one index runs over all weights in execution order, each filled by its role", () => {
  const fill = hashFill(tiny);
  const weights = tiny.nodes.flatMap((node) => node.weights);
  const { tensors } = golden.models.tiny;
  expect(weights.length).toBe(tensors.length);
  tensors.forEach(([name, shape, first], position) => {
    const weight = weights[position];
    if (weight === undefined) throw new Error(`no weight stands for ${name}`);
    expect(weight.shape, name).toEqual(shape);
    const u = hashUniform(first);
    const fanIn = shape.slice(1).reduce((result, size) => result * size, 1);
    // Batch norms of the state dict are called `norm`; everything else of rank 1 is a bias.
    const isPositive = /norm\d?\.weight|running_var/.test(name);
    const expected =
      shape.length > 1 ? (2 * u - 1) * Math.sqrt(6 / fanIn) : isPositive ? 0.5 + u : 0.2 * u - 0.1;
    const values = fill(weight);
    expect(values[0], name).toBe(Math.fround(expected));
    expect(values.length, name).toBe(shape.reduce((result, size) => result * size, 1));
  });
});

it("a shared weight is counted once", () => {
  const [node] = tiny.nodes.filter(({ weights }) => weights.length > 0);
  if (node === undefined) throw new Error("there are weights");
  const twice = { ...tiny, nodes: [node, ...tiny.nodes] };
  const last = tiny.nodes.flatMap(({ weights }) => weights).at(-1);
  if (last === undefined) throw new Error("there are weights");
  expect(hashFill(twice)(last)).toEqual(hashFill(tiny)(last));
});

it("inputs count on from a billion, sample after sample, in float32", () => {
  const shape = { channels: 2, sizes: [3] };
  const { shape: dimensions, data } = hashInput(shape, 2);
  expect(dimensions).toEqual([2, 2, 3]);
  expect([...data]).toEqual(
    Array.from({ length: 12 }, (_, element) => Math.fround(2 * hashUniform(1_000_000_000 + element) - 1)),
  );
  expect(hashInput(shape, 1, 1).data).toEqual(data.slice(6));
});
