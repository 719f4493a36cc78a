/** Benchmarks: small networks on real libraries, and what is told of contestants that are absent, wrong or dead. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { compile, elaborate } from "../../src/compile.ts";
import { type Contestant, ownContestants, rivals } from "../../src/runtime/bench/contestant.ts";
import { type RaceOptions, race } from "../../src/runtime/bench/race.ts";
import { median, ratioOf, timingOf } from "../../src/runtime/bench/timing.ts";
import { writeArtifact } from "../../src/runtime/index.ts";
import { portShapes, readDescription } from "../../src/runtime/session.ts";
import { startDnc } from "../cli/dnc-process.ts";
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";

it("medians and ratios: what slows a round down goes out of the ratio", () => {
  expect([median([3]), median([4, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 3, 2.5]);
  expect(timingOf([[5, 1], [3]])).toEqual({ minMs: 1, medianMs: 3 });
  const [base, other] = [
    [[1], [10, 10], [2]],
    [[3], [20], [6, 6, 6]],
  ];
  expect(ratioOf(other ?? [], base ?? [])).toBe(3);
});

const QUICK = ["--seconds", "0.05", "--starts", "1"];

function withPython(path: string): void {
  const before = process.env["DNC_PYTHON"];
  process.env["DNC_PYTHON"] = path;
  onTestFinished(() => {
    if (before === undefined) delete process.env["DNC_PYTHON"];
    else process.env["DNC_PYTHON"] = before;
  });
}

interface Document {
  readonly rows: readonly {
    readonly name: string;
    readonly batch: number;
    readonly form: string;
    readonly minMs: number;
    readonly medianMs: number;
    readonly imagesPerSecond: number;
    readonly ratio: number;
  }[];
  readonly contestants: readonly {
    readonly name: string;
    readonly startMs: number;
    readonly peakBytes: number;
    readonly difference: number;
  }[];
  readonly absent: readonly { readonly name: string; readonly code: string }[];
}

async function bench(...args: readonly string[]): Promise<Document> {
  const { code, stdout, stderr } = await dnc("bench", ...args, ...QUICK, "--json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

it("times dnc and onnxruntime at each batch, and compares what they compute", async () => {
  const { rows, contestants } = await bench(
    "specs/densenet-tiny.dn",
    "--batch",
    "1,3",
    "--against",
    "onnxruntime",
  );
  expect(rows.map(({ name, batch }) => [name, batch])).toEqual([
    ["dnc", 1],
    ["onnxruntime", 1],
    ["dnc", 3],
    ["onnxruntime", 3],
  ]);
  for (const { name, batch, minMs, medianMs, imagesPerSecond, ratio } of rows) {
    expect(minMs).toBeGreaterThan(0);
    expect(medianMs).toBeGreaterThanOrEqual(minMs);
    expect(imagesPerSecond).toBeCloseTo((1000 * batch) / medianMs, 6);
    if (name === "dnc") expect(ratio).toBe(1);
    else expect(ratio).toBeGreaterThan(0);
  }
  for (const { startMs, peakBytes } of contestants) {
    expect(startMs).toBeGreaterThan(10);
    expect(peakBytes).toBeGreaterThan(2 ** 24);
  }
  const [own, other] = contestants;
  expect(own?.difference).toBe(0);
  expect(other?.difference).toBeGreaterThan(0);
  expect(other?.difference).toBeLessThan(1e-5);
});

it("times every form, optimized and not", async () => {
  const { rows } = await bench(
    ...["specs/densenet-tiny.dn", "--against", "none", "--form", "all", "-O1,0", "--threads", "2"],
    ...["--batch", "2,1"],
  );
  const ways = (wanted: number): readonly string[] =>
    rows.filter(({ batch }) => batch === wanted).map(({ name, form }) => `${name} ${form}`);
  expect(ways(2)).toEqual(["dnc whole", "dnc bands", "dnc towers", "dnc -O0 whole"]);
  expect(ways(1)).toEqual(["dnc whole", "dnc bands", "dnc -O0 whole"]);
});

it("gives a form no more threads than there are", async () => {
  const { rows } = await bench(
    ...["specs/densenet-tiny.dn", "--against", "none", "--form", "all", "--threads", "1"],
  );
  expect(rows.map(({ form }) => form)).toEqual(["whole"]);
});

it("fails for a library that was named and is not there (DN0817), and only mentions any other", async () => {
  withPython("/nowhere/python3");
  const wanted = await dnc("bench", "specs/densenet-tiny.dn", "--against", "openvino", ...QUICK);
  expect([wanted.code, wanted.stdout]).toEqual([4, ""]);
  expect(wanted.stderr).toContain(
    "error[DN0817]: OpenVINO is not installed: /nowhere/python3 has no package",
  );
  const { absent } = await bench("specs/densenet-tiny.dn");
  expect(absent).toContainEqual(expect.objectContaining({ name: "openvino", code: "DN0817" }));
  const { code, stdout } = await dnc("bench", "specs/densenet-tiny.dn", ...QUICK);
  expect([code, stdout]).toEqual([0, expect.stringContaining("\nnot compared: OpenVINO is not installed: ")]);
});

it("takes an artifact for what it is", async () => {
  const folder = join(temporaryFolder(), "tiny");
  await dnc("compile", "specs/densenet-tiny.dn", "--target", "onnx", "-o", folder);
  const { rows } = await bench(folder, "--against", "onnxruntime");
  expect(rows.map(({ name, ratio }) => [name, ratio])).toEqual([["onnxruntime", 1]]);
  const saved = join(temporaryFolder(), "tiny");
  await dnc("compile", "specs/densenet-tiny.dn", "-o", saved);
  const { code, stderr } = await dnc("bench", saved, "--against", "onnxruntime", ...QUICK);
  expect([code, stderr]).toEqual([4, expect.stringContaining("error[DN0819]: onnxruntime does not run")]);
});

it.each([
  [["--batch", "0"], "`--batch` takes a number of at least 1, not 0"],
  [["--batch", "1,,2"], "`--batch` takes a number of at least 1, not 1,,2"],
  [["--against", "torhc"], "`--against` takes"],
  [["--form", "bandss"], "did you mean `bands`?"],
  [["--seconds", "0"], "`--seconds` takes a number above 0"],
  [["--threads", "1,2"], "take one number"],
  [["-O2"], "`-O` takes 0 or 1, not `2`"],
])("refuses %j", async (flags, message) => {
  const { code, stderr } = await dnc("bench", "specs/densenet-tiny.dn", ...flags);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

const NETWORK = `dn 1;
model net {
  set order = post;
  input a: f32[2 @ 5, 7];
  input b: f32[3];
  output map = a < conv 3 -> 4; maxpool 2 (ceil=true) >;
  short = map < gap; linear -> 3 >;
  output sum = add(short, b);
}`;

async function artifactOf(target: string, seed: number) {
  const reporter = collectDiagnostics();
  const { graph } = elaborate({ path: "net.dn", text: NETWORK });
  if (graph === undefined) throw new Error("no graph");
  const folder = join(temporaryFolder(), "net");
  const options = { target, weights: { kind: "init", seed }, version: "0" } as const;
  await writeArtifact(folder, compile(graph, options, reporter).files ?? [], reporter);
  const description = readDescription(folder, reporter);
  if (description === undefined) throw new Error("no artifact");
  return { folder, description };
}

/** Our network with the weights of seed 0 against these. */
async function raceAgainst(...others: readonly Contestant[]) {
  const own = await artifactOf("savedmodel", 0);
  const reporter = collectDiagnostics();
  const options: RaceOptions = {
    contestants: [...ownContestants(own, { name: "dnc", form: "chosen", threads: 1 }), ...others],
    inputs: portShapes(own.description.inputs),
    batches: [2],
    seconds: 0.01,
    starts: 1,
    tolerance: 1e-4,
    reporterFor: () => reporter,
    onStep: () => undefined,
    onAdvance: () => undefined,
  };
  const result = await race(options);
  return { result, told: reporter.diagnostics.map(({ code, message }) => `${code} ${message}`) };
}

async function onnxruntimeWith(seed: number): Promise<Contestant> {
  const rival = rivals.find(({ name }) => name === "onnxruntime");
  if (rival === undefined) throw new Error("no onnxruntime");
  return rival.contestant(await artifactOf("onnx", seed), 1);
}

it("feeds several inputs and compares several outputs", async () => {
  const { result, told } = await raceAgainst(await onnxruntimeWith(0));
  expect(told).toEqual([]);
  expect(result?.rows).toHaveLength(2);
  expect(result?.entries[1]?.difference).toBeLessThan(1e-5);
});

it("does not time what computes something else (DN0820)", async () => {
  const { result } = await raceAgainst(await onnxruntimeWith(1));
  expect(result?.rows.map(({ contestant }) => contestant.name)).toEqual(["dnc"]);
  expect(result?.disagreeing.map(({ contestant }) => contestant.name)).toEqual(["onnxruntime"]);
  expect(result?.disagreeing[0]?.difference).toBeGreaterThan(0.01);
});

it("goes on without what ends before it answers, and says so", async () => {
  const healthy = await onnxruntimeWith(0);
  const { result, told } = await raceAgainst(
    { ...healthy, title: "Falls", command: ["sh", "-c", "echo out of luck >&2; exit 3"] },
    { ...healthy, title: "Killed", command: ["sh", "-c", "kill -9 $$"] },
    { ...healthy, title: "Nobody", command: ["/nowhere/program"] },
    healthy,
  );
  expect(told).toEqual([
    "DN0818 Falls is installed and cannot be used: its process ended with exit code 3",
    "DN0818 Killed is installed and cannot be used: SIGKILL ended its process",
    "DN0818 Nobody is installed and cannot be used: spawn /nowhere/program ENOENT",
  ]);
  expect(result?.rows.map(({ contestant }) => contestant.title)).toEqual(["TensorFlow", "onnxruntime"]);
});

it("has nothing to compare with where the first one fails", async () => {
  const [own] = ownContestants(await artifactOf("savedmodel", 0), { name: "dnc", form: "whole", threads: 1 });
  if (own === undefined) throw new Error("no contestant");
  const reporter = collectDiagnostics();
  const result = await race({
    contestants: [{ ...own, setup: { runtime: "tensorflow", folder: "/nowhere" } }, await onnxruntimeWith(0)],
    inputs: portShapes((await artifactOf("onnx", 0)).description.inputs),
    batches: [1],
    seconds: 0.01,
    starts: 1,
    tolerance: 1,
    reporterFor: () => reporter,
    onStep: () => undefined,
    onAdvance: () => undefined,
  });
  expect(result).toBeUndefined();
  expect(reporter.diagnostics.map(({ code }) => code)).toEqual(["DN0815"]);
});

it("ends with all its processes on Ctrl-C", async () => {
  const { child, text, ended } = startDnc([
    "bench",
    "specs/densenet-tiny.dn",
    "--against",
    "none",
    "--seconds",
    "60",
  ]);
  while (!text("stderr").includes("taking turns")) await new Promise((resolve) => setTimeout(resolve, 50));
  const workers = workersOf(child.pid ?? 0);
  expect(workers).toHaveLength(1);
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  for (let waits = 0; workers.some((pid) => existsSync(`/proc/${pid}`)); waits += 1) {
    expect(waits).toBeLessThan(100);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

function workersOf(parent: number): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || !existsSync(`/proc/${pid}/stat`)) return false;
    const [, ppid] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return Number(ppid) === parent && command.includes("bench/worker.ts");
  });
}
