/** What `dnc compile` and `dnc run` say to targets and libraries that do not go together. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const SPEC = "specs/densenet-tiny.dn";

it.each([
  [["compile", "--target", "coreml"], "`--target` takes savedmodel, onnx or graphmodel, not `coreml`"],
  [["compile", "--target", "onnx", "--quantize", "uint8"], "`--quantize` is for graphmodel, not for onnx"],
  [
    ["compile", "--target", "graphmodel", "--quantize", "int4"],
    "`--quantize` takes uint8 or float16, not `int4`",
  ],
  [["compile", "--precision", "f64"], "`--precision` takes f32 or bf16, not `f64`"],
  [
    ["run", "--runtime", "onnxruntime", "--precision", "bf16"],
    "`--precision bf16` is for savedmodel, not for onnx",
  ],
  [["compile", "--runtime", "openvino"], "`--runtime` says what `--verify` runs on: give both"],
  [
    ["compile", "--target", "onnx", "--verify", "--runtime", "tensorflow"],
    "`--runtime` takes onnxruntime or openvino for onnx, not tensorflow",
  ],
  [
    ["run", "--runtime", "tvm"],
    "`--runtime` takes tensorflow, onnxruntime, openvino, wasm or auto, not `tvm`",
  ],
] as const)("dnc %s is wrong usage", async (args, message) => {
  const [command, ...flags] = args;
  const { code, stderr } = await dnc(command, SPEC, ...flags);
  expect(stderr).toContain(`error: ${message}\n`);
  expect(code).toBe(2);
});

it("verifies graph models with weights of fewer bits against what is left of them", async () => {
  const folder = join(temporaryFolder(), "model");
  const flags = ["--target", "graphmodel", "--quantize", "uint8", "--verify", "--json", "-o", folder];
  const { code, stdout } = await dnc("compile", SPEC, ...flags);
  expect(code).toBe(0);
  const { verified } = JSON.parse(stdout) as { verified: { difference: number; ok: boolean }[] };
  expect(verified.map(({ ok }) => ok)).toEqual([true]);
  expect(verified[0]?.difference).toBeGreaterThan(1e-4);
});

it("tells what bfloat16 costs in exactness, in every form, and records that an artifact has it", async () => {
  const folder = join(temporaryFolder(), "model");
  const compiled = await dnc("compile", SPEC, "--precision", "bf16", "--verify", "--json", "-o", folder);
  expect(compiled.code).toBe(0);
  const { precision, verified } = JSON.parse(compiled.stdout) as {
    precision: string;
    verified: { difference: number; ok: boolean }[];
  };
  expect(precision).toBe("bf16");
  expect(verified.map(({ ok }) => ok)).toEqual([true]);
  expect(verified[0]?.difference).toBeGreaterThan(1e-4);
  const run = await dnc("run", folder, "hash", "--json");
  expect(JSON.parse(run.stdout)).toMatchObject({ precision: "bf16", runtime: { name: "tensorflow" } });
});

it("refuses an artifact whose weights are not as they were written", async () => {
  const folder = join(temporaryFolder(), "model");
  await dnc("compile", "specs/resnet-cifar.dn:resnet20_cifar", "-o", folder);
  const weights = join(folder, "variables/variables.data-00000-of-00001");
  const bytes = new Uint8Array(readFileSync(weights));
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  writeFileSync(weights, bytes);
  const { code, stderr } = await dnc("run", folder, "hash");
  expect(stderr).toMatch(/error\[DN0815\]: cannot load the model in .*Checksum does not match/);
  expect(code).toBe(4);
});

it("measures only libraries that have the precision that is asked for", async () => {
  const { code, stdout } = await dnc(
    "run",
    SPEC,
    "hash",
    "--runtime",
    "auto",
    "--precision",
    "bf16",
    "--json",
  );
  expect(code).toBe(0);
  expect(Object.keys((JSON.parse(stdout) as { measured: object }).measured)).toEqual(["tensorflow"]);
});

it("runs a spec on the library that is fastest here", async () => {
  const { code, stdout } = await dnc("run", SPEC, "hash", "--runtime", "auto", "--json");
  expect(code).toBe(0);
  const { runtime, measured } = JSON.parse(stdout) as {
    runtime: { name: string };
    measured: Record<string, number>;
  };
  expect(Object.keys(measured)).toEqual(expect.arrayContaining(["tensorflow", "onnxruntime"]));
  expect(Object.keys(measured)).not.toContain("wasm");
  expect(measured[runtime.name]).toBe(Math.min(...Object.values(measured)));
});
