/** What is shown and saved of outputs. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { describeOutput, rank, readLabels, summarize, writeNpy } from "../../src/runtime/outputs/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { readGood, temporaryFile } from "./folder.ts";

function vectors(...samples: readonly (readonly number[])[]): {
  shape: readonly number[];
  data: Float32Array;
} {
  return { shape: [samples.length, samples[0]?.length ?? 0], data: Float32Array.from(samples.flat()) };
}

it("an output is summarized by its finite values", () => {
  expect(summarize(vectors([1, -3, 2, 8]))).toEqual({ min: -3, max: 8, mean: 2, nonFinite: 0 });
  expect(summarize(vectors([1, Number.NaN, Number.POSITIVE_INFINITY, 3]))).toEqual({
    min: 1,
    max: 3,
    mean: 2,
    nonFinite: 2,
  });
  expect(summarize({ shape: [0, 3], data: new Float32Array() })).toEqual({
    min: undefined,
    max: undefined,
    mean: undefined,
    nonFinite: 0,
  });
});

it("the largest values of each sample come first, the lower index among equals", () => {
  const [first, second] =
    rank(vectors([0, Math.log(2), Math.log(2), Math.log(3)], [4, 1, Number.NaN, 9]), 3) ?? [];
  expect(first?.isDistribution).toBe(false);
  expect(first?.ranked.map(({ index }) => index)).toEqual([3, 1, 2]);
  expect(first?.ranked.map(({ probability }) => probability.toFixed(4))).toEqual([
    "0.3750",
    "0.2500",
    "0.2500",
  ]);
  expect(second?.ranked.map(({ index }) => index)).toEqual([3, 0, 1]);
});

it("probabilities are shown as they are, and large scores do not overflow", () => {
  const [given] = rank(vectors([0.1, 0.7, 0.2]), 1) ?? [];
  expect(given?.isDistribution).toBe(true);
  expect(given?.ranked).toMatchObject([{ index: 1, probability: Math.fround(0.7) }]);
  const [large] = rank(vectors([1000, 1000, 0]), 2) ?? [];
  expect(large?.ranked.map(({ probability }) => probability)).toEqual([0.5, 0.5]);
});

it("the shares of all classes sum to one", () => {
  const scores = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(scores, (values) => {
      const [ranking] = rank(vectors(values), values.length) ?? [];
      const sum = ranking?.ranked.reduce((total, { probability }) => total + probability, 0);
      expect(sum).toBeCloseTo(1, 2);
    }),
  );
});

it("only vectors of several scores are ranked", () => {
  expect(rank({ shape: [1, 3, 2, 2], data: new Float32Array(12) }, 5)).toBeUndefined();
  expect(rank(vectors([1]), 5)).toBeUndefined();
});

it("logits are shown with their labels, and softmax is said to be for display", () => {
  const output = vectors([0.5, 12.8125, 11, -2]);
  expect(describeOutput("logits", output, { top: 3, labels: ["cat", "tabby cat", "dog", "car"] })).toEqual([
    "logits [1, 4]: min -2, max 12.81, mean 5.578",
    "  1  tabby cat  12.81   86.0 %",
    "  2  dog           11   14.0 %",
    "  0  cat          0.5    0.0 %",
    "percentages: softmax of the values, for display only",
  ]);
  expect(describeOutput("y", vectors([0.25, 0.75]), { top: 1 })).toEqual([
    "y [1, 2]: min 0.25, max 0.75, mean 0.5",
    "  1  0.75   75.0 %",
  ]);
  expect(describeOutput("y", output, { top: 0 })).toEqual(["y [1, 4]: min -2, max 12.81, mean 5.578"]);
});

it("samples are shown one by one, but not many of them", () => {
  const lines = describeOutput("y", vectors(...Array.from({ length: 7 }, (_, at) => [at, 0])), { top: 1 });
  expect(lines.filter((line) => line.startsWith("sample"))).toEqual([
    "sample 1 of 7",
    "sample 2 of 7",
    "sample 3 of 7",
    "sample 4 of 7",
  ]);
  expect(lines).toContain("and 3 samples more");
});

it("feature maps have numbers only, and values that are not finite are counted", () => {
  const map = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, Number.NaN, 3) };
  expect(describeOutput("map", map, { top: 5 })).toEqual([
    "map [1, 1, 2, 2]: min 1, max 3, mean 2, 1 of 4 values not finite",
  ]);
  const lost = { shape: [1, 1, 1, 1], data: Float32Array.of(Number.NaN) };
  expect(describeOutput("map", lost, { top: 5 })).toEqual(["map [1, 1, 1, 1]: 1 of 1 value not finite"]);
});

it("a file of labels has one line for each class", () => {
  const reporter = collectDiagnostics();
  const wanted = { output: "logits", classes: 3 };
  const good = temporaryFile("labels.txt", "\ufeffcat\r\n dog \r\nred fox\r\n\r\n");
  expect(readLabels(good, wanted, reporter)).toEqual(["cat", "dog", "red fox"]);
  expect(reporter.diagnostics).toEqual([]);
  for (const [content, nLabels, help] of [
    ["", "0 labels", "give a file with one label a line, in the order of the classes"],
    ["cat", "1 label", "give a file with one label a line, in the order of the classes"],
    ["background\na\nb\nc\n", "4 labels", "when its first line names the background, remove that line"],
  ] as const) {
    const bad = collectDiagnostics();
    const path = temporaryFile("labels.txt", content);
    expect(readLabels(path, wanted, bad)).toBeUndefined();
    expect(bad.diagnostics).toEqual([
      {
        code: "DN0912",
        severity: "error",
        message: `\`${path}\` has ${nLabels}, but the output \`logits\` has 3 classes`,
        help: [help],
      },
    ]);
  }
  const missing = collectDiagnostics();
  expect(readLabels("no-labels.txt", wanted, missing)).toBeUndefined();
  expect(missing.diagnostics.map(({ code }) => code)).toEqual(["DN0901"]);
});

it("an output is saved as numpy writes it, byte for byte", () => {
  const path = join(temporaryFolder(), "new", "out.npy");
  const reporter = collectDiagnostics();
  expect(writeNpy(path, vectors([1, -2, 3]), reporter)).toBe(true);
  expect(reporter.diagnostics).toEqual([]);
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }".padEnd(117);
  expect([...readFileSync(path)]).toEqual([
    ...[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0],
    ...new TextEncoder().encode(`${header}\n`),
    ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0x40, 0x40],
  ]);
  expect(readdirSync(join(path, ".."))).toEqual(["out.npy"]);
});

it("what is saved can be fed again", async () => {
  const path = temporaryFile("out.npy", "what stood there before");
  const data = Float32Array.from({ length: 24 }, (_, index) => index / 7);
  expect(writeNpy(path, { shape: [2, 3, 2, 2], data }, collectDiagnostics())).toBe(true);
  const input = await readGood(path, { channels: 3, sizes: [2, 2] });
  expect(input).toMatchObject({ batch: 2, description: "out.npy float32 [2, 3, 2, 2]" });
  expect([...input.data]).toEqual([...data]);
  expect(writeNpy(path, { shape: [3], data: Int32Array.of(1, 2, 3) }, collectDiagnostics())).toBe(true);
  expect([...(await readGood(path, { channels: 3, sizes: [] })).data]).toEqual([1, 2, 3]);
  expect(readFileSync(path).length % 64).toBe(12);
});

it("a place that cannot be written to is told, and nothing is left there", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "taken.npy"));
  writeFileSync(join(folder, "file"), "");
  for (const [path, reason] of [
    [join(folder, "taken.npy"), "it is a folder"],
    [join(folder, "file", "out.npy"), "a file is in the way"],
    [join(folder, "file", "folder", "out.npy"), "a file is in the way"],
    [join(folder, `${"long".repeat(70)}.npy`), "the name is too long"],
  ] as const) {
    const reporter = collectDiagnostics();
    expect(writeNpy(path, vectors([1, 2]), reporter)).toBe(false);
    expect(reporter.diagnostics).toEqual([
      {
        code: "DN0902",
        severity: "error",
        message: `cannot write \`${path}\`: ${reason}`,
        help: ["name another file with `--save`"],
      },
    ]);
  }
  expect(readdirSync(folder).toSorted()).toEqual(["file", "taken.npy"]);
});
