/** A SavedModel on the real library: its signature, one run, refusals, and no tensor left behind. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { InternalError } from "../../src/base/invariant.ts";
import { runPasses } from "../../src/passes/pass.ts";
import { writeArtifact } from "../../src/runtime/artifact.ts";
import { loadNative, type Native } from "../../src/runtime/native.ts";
import { loadSavedModel, type SavedModel } from "../../src/runtime/saved-model.ts";
import { parseSignatures } from "../../src/runtime/signature.ts";
import { emitArtifact } from "../../src/targets/artifact.ts";
import { savedModelTarget } from "../../src/targets/savedmodel/target.ts";
import { sketch } from "../passes/sketch.ts";
import { sandboxForTest } from "./tiny.ts";

const facts = { version: "0.0.0", weights: "none", parameters: 0n, macs: 0n } as const;

/** The positive part of a vector of three, in a folder of its own. */
async function writeModel(): Promise<string> {
  const graph = sketch([3], (s, x) => s.relu("relu", x));
  const reporter = collectDiagnostics();
  const files =
    emitArtifact(savedModelTarget, runPasses(graph, savedModelTarget.passes), facts, reporter) ?? [];
  const folder = join(sandboxForTest().folder, "model");
  await writeArtifact(folder, files, reporter);
  expect(reporter.diagnostics).toEqual([]);
  return folder;
}

async function loadModel(): Promise<{ native: Native; model: SavedModel }> {
  const reporter = collectDiagnostics();
  const native = loadNative({ threads: { intra: 1, inter: 2 } }, reporter);
  const model = native && loadSavedModel({ native, folder: await writeModel() }, reporter);
  if (native === undefined || model === undefined) throw new Error(JSON.stringify(reporter.diagnostics));
  return { native, model };
}

it("reads the signature without reading the graph", async () => {
  const bytes = new Uint8Array(readFileSync(join(await writeModel(), "saved_model.pb")));
  const vector = { tensor: expect.stringMatching(/:0$/), dtype: "float32", shape: [-1, 3] };
  expect(Object.fromEntries(parseSignatures(bytes, ["serve"]) ?? [])).toEqual({
    serving_default: { inputs: { x: vector }, outputs: { y: vector } },
  });
  expect(parseSignatures(bytes, ["train"])).toBeUndefined();
  expect(() => parseSignatures(bytes.subarray(0, bytes.length - 3), ["serve"])).toThrow(RangeError);
});

it("runs a batch of any size and leaves no tensor", async () => {
  const { native, model } = await loadModel();
  const before = native.binding.getNumOfTensors();
  const reporter = collectDiagnostics();
  for (const batch of [1, 2]) {
    const data = Float32Array.from({ length: 3 * batch }, (_, index) => 2 - index);
    const results = model.run({ x: { shape: [batch, 3], data } }, reporter);
    expect(results).toEqual({ y: { shape: [batch, 3], data: data.map((value) => Math.max(0, value)) } });
  }
  expect(native.binding.getNumOfTensors()).toBe(before);
  model.dispose();
  model.dispose();
});

it("refuses an input of another shape, which would end the process", async () => {
  const { native, model } = await loadModel();
  const before = native.binding.getNumOfTensors();
  const reporter = collectDiagnostics();
  const data = new Float32Array(4);
  expect(model.run({ x: { shape: [1, 4], data } }, reporter)).toBeUndefined();
  expect(model.run({ x: { shape: [4], data } }, reporter)).toBeUndefined();
  expect(model.run({ x: { shape: [1, 3], data } }, reporter)).toBeUndefined();
  expect(reporter.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
    "DN0816 the model does not run: its input `x` has the shape [1, 4], not [?, 3]",
    "DN0816 the model does not run: its input `x` has the shape [4], not [?, 3]",
    expect.stringMatching(/^DN0816 .*Shape does not match/),
  ]);
  expect(native.binding.getNumOfTensors()).toBe(before);
  model.dispose();
});

it("takes a missing input, or a run after the end, for a bug of its caller", async () => {
  const { model } = await loadModel();
  const reporter = collectDiagnostics();
  expect(() => model.run({}, reporter)).toThrow(InternalError);
  model.dispose();
  expect(() => model.run({}, reporter)).toThrow(InternalError);
});
