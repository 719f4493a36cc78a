/** The real library: found, examined, loaded and computing, with no tensor left over. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { loadNative, loadTensorFlowJs, type Native } from "../../src/runtime/native.ts";
import { loadSavedModel } from "../../src/runtime/saved-model.ts";
import { ADDON } from "../../src/runtime/setup/addon.ts";
import { tensorflow } from "../../src/runtime/setup/artifact.ts";
import { cacheFolder } from "../../src/runtime/setup/cache.ts";
import { examineSystem } from "../../src/runtime/setup/doctor.ts";
import { installationFolder } from "../../src/runtime/setup/install.ts";
import { describeFile, writeManifest } from "../../src/runtime/setup/manifest.ts";
import { findNativePackages, thisPlatform } from "../../src/runtime/setup/platform.ts";
import { linux, sandboxForTest } from "./tiny.ts";

const packages = findNativePackages();
if ("code" in packages) throw new Error(packages.message);
const realFolder = installationFolder(cacheFolder(process.env), tensorflow, packages);

function loadReal(): Native {
  const reporter = collectDiagnostics();
  const native = loadNative({ threads: { intra: 1, inter: 2 } }, reporter);
  if (native === undefined) throw new Error(reporter.diagnostics.map(({ message }) => message).join());
  return native;
}

afterEach(() => void vi.unstubAllEnvs());

/** An installation where the real one would be, whose addon is a few letters. */
function stubInstallation(): string {
  const { cache } = sandboxForTest();
  vi.stubEnv("DNC_CACHE_DIR", cache);
  const folder = join(cache, "native", basename(realFolder));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ADDON), "no library");
  const addon = describeFile(folder, ADDON);
  if (addon === undefined) throw new Error("there is no addon");
  writeManifest(folder, { project: "", version: "", wheelSha256: "", files: [addon], links: {} });
  return join(folder, ADDON);
}

// The first three must come before the library is loaded: afterwards a process keeps what it has.
it("says that the library is not installed where the cache is empty", () => {
  vi.stubEnv("DNC_CACHE_DIR", sandboxForTest().cache);
  const reporter = collectDiagnostics();
  expect(loadNative({}, reporter)).toBeUndefined();
  expect(reporter.diagnostics).toMatchObject([{ code: "DN0801", help: ["run `dnc setup`"] }]);
});

it("loads no library that is damaged", () => {
  writeFileSync(stubInstallation(), "cut");
  const reporter = collectDiagnostics();
  expect(loadNative({}, reporter)).toBeUndefined();
  const message = "the native library is damaged: tfjs_binding.node has 3 bytes instead of 10";
  expect(reporter.diagnostics).toMatchObject([{ code: "DN0802", message, help: ["run `dnc setup`"] }]);
});

it("tells what the system says of an intact library that it does not load", () => {
  const addon = stubInstallation();
  const reporter = collectDiagnostics();
  expect(loadNative({}, reporter)).toBeUndefined();
  expect(reporter.diagnostics).toMatchObject([{ code: "DN0814", message: expect.stringContaining(addon) }]);
  expect(reporter.diagnostics[0]?.help).toHaveLength(1);
});

it("computes a convolution and leaves no tensor", () => {
  const { binding, version } = loadReal();
  expect(version).toBe("2.15.1");
  const before = binding.getNumOfTensors();
  const x = binding.createTensor([1, 3, 3, 1], binding.TF_FLOAT, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  const w = binding.createTensor([2, 2, 1, 1], binding.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
  const attributes = [
    { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: "strides", type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
    { name: "padding", type: binding.TF_ATTR_STRING, value: "VALID" },
  ];
  const [y] = binding.executeOp("Conv2D", attributes, [x, w], 1);
  if (y === undefined) throw new Error("no output");
  expect([...binding.tensorDataSync(y.id)]).toEqual([37, 47, 67, 77]);
  for (const id of [x, w, y.id]) binding.deleteTensor(id);
  expect(binding.getNumOfTensors()).toBe(before);
});

it("is the library of tfjs-node, too", () => {
  const native = loadReal();
  const tf = loadTensorFlowJs(native);
  expect(tf.getBackend()).toBe("tensorflow");
  const before = native.binding.getNumOfTensors();
  const sums = tf.tidy(() => {
    const x = tf.tensor4d(Array(9).fill(1), [1, 3, 3, 1]);
    return tf.conv2d(x, tf.tensor4d([1, 1, 1, 1], [2, 2, 1, 1]), 1, "valid").dataSync();
  });
  expect([...sums]).toEqual([4, 4, 4, 4]);
  expect(native.binding.getNumOfTensors()).toBe(before);
});

it("tells why a folder is no model", () => {
  const native = loadReal();
  const { folder } = sandboxForTest();
  const reporter = collectDiagnostics();
  expect(loadSavedModel({ native, folder }, reporter)).toBeUndefined();
  writeFileSync(join(folder, "saved_model.pb"), "no protocol buffer");
  expect(loadSavedModel({ native, folder }, reporter)).toBeUndefined();
  const signature = { inputs: {}, outputs: {} };
  expect(loadSavedModel({ native, folder, signature }, reporter)).toBeUndefined();
  expect(reporter.diagnostics.map(({ code }) => code)).toEqual(["DN0815", "DN0815", "DN0815"]);
  expect(reporter.diagnostics.map(({ message }) => message).join("\n")).toContain(folder);
});

it("finds everything in order here", async () => {
  const cache = cacheFolder(process.env);
  const options = { artifact: tensorflow, cache, environment: process.env, platform: thisPlatform() };
  const checks = await examineSystem(options);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.map(({ name }) => name)).toContain("computation");
  expect(checks.every(({ fix }) => fix === null)).toBe(true);
});

it("names one thing to do for each thing that is wrong", async () => {
  const { cache, environment } = sandboxForTest();
  const platform = { ...linux, glibc: undefined };
  const without = { ...environment, PATH: dirname(cache) };
  const checks = await examineSystem({ artifact: tensorflow, cache, environment: without, platform });
  const fixes = Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, fix }) => [name, fix]));
  expect(fixes).toEqual({
    platform: expect.stringContaining("node:20"),
    compiler: expect.stringContaining("g++"),
    library: "run `dnc setup`",
    addon: "run `dnc setup`",
    computation: "run `dnc setup`",
  });
});
