/** Inputs that need no file, and several inputs at once. */
import { expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { readInput, readInputs } from "../../src/runtime/inputs/index.ts";
import { hashInput } from "../../src/weights/hash.ts";
import { readGood, temporaryFile } from "./folder.ts";

const SHAPE = { channels: 3, sizes: [32, 32] };

it("`hash` is the input of the golden data", async () => {
  const { batch, data, description } = await readGood("hash", SHAPE);
  expect({ batch, description }).toEqual({ batch: 1, description: "hash values in [-1, 1)" });
  expect([...data]).toEqual([...hashInput(SHAPE).data]);
});

it("`random` is standard normal, the same for the same seed and input", async () => {
  const reporter = collectDiagnostics();
  const values = async (seed: number, name: string): Promise<readonly number[]> => {
    const input = await readInput("random", { shape: SHAPE, name, seed }, reporter);
    expect(input).toMatchObject({ batch: 1, description: `standard normal values, seed ${seed}` });
    return [...(input?.data ?? [])];
  };
  const first = await values(1, "x");
  expect(await values(1, "x")).toEqual(first);
  expect(await values(2, "x")).not.toEqual(first);
  expect(await values(1, "y")).not.toEqual(first);
  const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
  const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / first.length;
  expect(Math.abs(mean)).toBeLessThan(0.06);
  expect(Math.abs(variance - 1)).toBeLessThan(0.08);
  expect(reporter.diagnostics).toEqual([]);
});

it("several hash inputs of a model go on counting, whatever their shapes", async () => {
  const reporter = collectDiagnostics();
  const wanted = [
    { source: "hash", name: "x", shape: { channels: 2, sizes: [2] } },
    { source: "random", name: "y", shape: { channels: 5, sizes: [] } },
    { source: "hash", name: "z", shape: { channels: 3, sizes: [] } },
  ];
  const inputs = await readInputs(wanted, { seed: 0 }, reporter);
  const all = [...hashInput({ channels: 12, sizes: [] }).data];
  expect([...(inputs?.[0]?.data ?? [])]).toEqual(all.slice(0, 4));
  expect([...(inputs?.[2]?.data ?? [])]).toEqual(all.slice(9));
});

it("inputs must have equally many samples", async () => {
  const reporter = collectDiagnostics();
  const shape = { channels: 2, sizes: [] };
  const two = temporaryFile("two.json", "[[1, 2], [3, 4]]");
  const agreed = [
    { source: two, name: "x", shape },
    { source: two, name: "y", shape },
  ];
  expect((await readInputs(agreed, { seed: 0 }, reporter))?.map(({ batch }) => batch)).toEqual([2, 2]);
  const wanted = [...agreed, { source: "hash", name: "z", shape }];
  expect(await readInputs(wanted, { seed: 0 }, reporter)).toBeUndefined();
  expect(reporter.diagnostics).toMatchObject([
    { code: "DN0911", message: "the input `x` gets 2 samples, but `z` gets 1 sample" },
  ]);
});

it("every problem of several inputs is told at once", async () => {
  const reporter = collectDiagnostics();
  const shape = { channels: 2, sizes: [] };
  const wanted = ["missing.npy", "hash", "what"].map((source) => ({ source, name: "x", shape }));
  expect(await readInputs(wanted, { seed: 0 }, reporter)).toBeUndefined();
  expect(reporter.diagnostics.map(({ code }) => code)).toEqual(["DN0901", "DN0904"]);
});

it("a model without inputs needs none", async () => {
  expect(await readInputs([], { seed: 0 }, collectDiagnostics())).toEqual([]);
});

it.each([
  ["hahs", "did you mean `hash`?"],
  ["Random", "did you mean `random`?"],
  ["x.bmp", /^give a file that ends in `\.png`, .* or `\.safetensors`, or the word `random` or `hash`$/],
  ["", /^give a file/],
  ["constructor", /^give a file/],
  [".png", /^give a file/],
])("`%s` is no kind of input", async (source, help) => {
  const reporter = collectDiagnostics();
  expect(await readInput(source, { shape: SHAPE, name: "x", seed: 0 }, reporter)).toBeUndefined();
  const [diagnostic] = reporter.diagnostics;
  expect(diagnostic).toMatchObject({
    code: "DN0904",
    message: `\`${source}\` is no kind of input that dnc reads`,
  });
  if (typeof help === "string") expect(diagnostic?.help).toEqual([help]);
  else expect(diagnostic?.help?.[0]).toMatch(help);
});
