/** Artifacts on the libraries that run them: those that are there, and what is told of those that are not. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { compile, elaborate } from "../../src/compile.ts";
import { type Session, writeArtifact } from "../../src/runtime/index.ts";
import { openvino } from "../../src/runtime/runtimes/openvino.ts";
import { openSession } from "../../src/runtime/session.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const NETWORK = `dn 1;
model net {
  set order = post;
  input a: f32[2 @ 5, 7];
  input b: f32[3];
  output map = a < conv 3 -> 4; maxpool 2 (ceil=true) >;
  short = map < gap; linear -> 3 >;
  output sum = add(short, b);
}`;

async function artifactOf(target: string, text = NETWORK): Promise<string> {
  const reporter = collectDiagnostics();
  const { graph, diagnostics } = elaborate({ path: "net.dn", text });
  expect(diagnostics).toEqual([]);
  if (graph === undefined) throw new Error("no graph");
  const folder = join(temporaryFolder(), "net");
  const options = { target, weights: { kind: "hash" }, version: "0" } as const;
  await writeArtifact(folder, compile(graph, options, reporter).files ?? [], reporter);
  expect(reporter.diagnostics).toEqual([]);
  return folder;
}

/** What is told where opening fails. */
async function complaintsOf(folder: string, runtime?: string) {
  const reporter = collectDiagnostics();
  const session = await openSession(folder, runtime === undefined ? {} : { runtime }, reporter);
  expect(session).toBeUndefined();
  return reporter.diagnostics.map(({ code, message, help }) => [code, message, ...(help ?? [])]);
}

function usePython(path: string): void {
  const before = process.env["DNC_PYTHON"];
  process.env["DNC_PYTHON"] = path;
  onTestFinished(() => {
    if (before === undefined) delete process.env["DNC_PYTHON"];
    else process.env["DNC_PYTHON"] = before;
  });
}

/** Two samples, different from each other. */
const SAMPLES = {
  a: { batch: 2, data: Float32Array.from({ length: 140 }, (_, index) => Math.sin(index)) },
  b: { batch: 2, data: Float32Array.from({ length: 6 }, (_, index) => index) },
};

async function resultsOf(session: Session | undefined): Promise<readonly (readonly [string, string])[]> {
  const reporter = collectDiagnostics();
  const results = await session?.run(SAMPLES, reporter);
  expect(reporter.diagnostics).toEqual([]);
  return Object.entries(results ?? {}).map(([name, { batch, data }]) => {
    return [name, `${batch}: ${Array.from(data, (value) => value.toFixed(4)).join(" ")}`];
  });
}

async function run(target: string, runtime: string): Promise<readonly (readonly [string, string])[]> {
  const reporter = collectDiagnostics();
  const session = await openSession(await artifactOf(target), { runtime }, reporter);
  expect(reporter.diagnostics).toEqual([]);
  expect(session?.runtime.name).toBe(runtime);
  const results = await resultsOf(session);
  await session?.dispose();
  return results;
}

it("all runtimes take values channels first and give the same", async () => {
  usePython(fileURLToPath(new URL("fixtures/openvino-in-node.mjs", import.meta.url)));
  const expected = await run("savedmodel", "tensorflow");
  expect(expected.map(([name]) => name)).toEqual(["map", "sum"]);
  expect(await run("onnx", "onnxruntime")).toEqual(expected);
  expect(await run("onnx", "openvino")).toEqual(expected);
});

const hasOpenvino = (await openvino.version()) !== undefined;
if (!hasOpenvino) console.info("not run: OpenVINO itself (no Python here has the package openvino)");

it.runIf(hasOpenvino)("OpenVINO itself gives the same", async () => {
  expect(await run("onnx", "openvino")).toEqual(await run("savedmodel", "tensorflow"));
});

it("an artifact runs on what is meant for its target", async () => {
  for (const [target, name] of [
    ["savedmodel", "tensorflow"],
    ["onnx", "onnxruntime"],
  ] as const) {
    const session = await openSession(await artifactOf(target), {}, collectDiagnostics());
    expect(session?.runtime.name).toBe(name);
    await session?.dispose();
  }
});

it("says which runtimes take an artifact, and how to make one for another (DN0819)", async () => {
  expect(await complaintsOf(await artifactOf("onnx"), "tensorflow")).toEqual([
    [
      "DN0819",
      "TensorFlow does not run artifacts of the target `onnx`",
      "run it with `--runtime onnxruntime or openvino`",
      "compile the spec with `--target savedmodel`",
    ],
  ]);
});

it("says how to install what is not there (DN0817)", async () => {
  usePython("/nowhere/python3");
  expect(await complaintsOf(await artifactOf("onnx"), "openvino")).toEqual([
    [
      "DN0817",
      "OpenVINO is not installed: /nowhere/python3 has no package openvino",
      "run `/nowhere/python3 -m pip install openvino`, or name a Python that has it in the variable DNC_PYTHON",
    ],
  ]);
});

it("says when what is installed does not work (DN0818)", async () => {
  const python = join(temporaryFolder(), "python3");
  writeFileSync(
    python,
    `#!/bin/sh\ncase "$2" in *importlib.metadata*) echo 1.2.3;; *) echo "ImportError: no library" >&2; exit 1;; esac\n`,
  );
  chmodSync(python, 0o755);
  usePython(python);
  expect(await complaintsOf(await artifactOf("onnx"), "openvino")).toEqual([
    [
      "DN0818",
      "OpenVINO is installed and cannot be used: ImportError: no library",
      `install it anew: \`${python} -m pip install openvino\``,
    ],
  ]);
});

it("says when a model is damaged (DN0815)", async () => {
  const folder = await artifactOf("onnx");
  writeFileSync(join(folder, "model.onnx"), "no model");
  const [[code, message] = []] = await complaintsOf(folder);
  expect(code).toBe("DN0815");
  expect(message).toContain(`cannot load the model in ${folder}: `);
});

it("says when a library refuses values, and goes on (DN0816)", async () => {
  usePython(fileURLToPath(new URL("fixtures/openvino-in-node.mjs", import.meta.url)));
  for (const runtime of ["onnxruntime", "openvino"]) {
    const session = await openSession(await artifactOf("onnx"), { runtime }, collectDiagnostics());
    const reporter = collectDiagnostics();
    const short = { ...SAMPLES, b: { batch: 5, data: new Float32Array(15) } };
    expect(await session?.run(short, reporter)).toBeUndefined();
    expect(reporter.diagnostics.map(({ code }) => code)).toEqual(["DN0816"]);
    expect((await resultsOf(session)).map(([name]) => name)).toEqual(["map", "sum"]);
    await session?.dispose();
  }
});
