/** `dnc compile`: from a spec to an artifact on disk. */
import { join } from "node:path";
import { count, listOf, withByteUnit, withSeparators } from "../../base/text.ts";
import {
  type CheckedGraph,
  type CompileResult,
  collectDiagnostics,
  compile,
  describeModel,
  describeWeights,
  hasErrors,
  type ModelDescription,
  type Precision,
  passNames,
  precisionsOf,
  printLowered,
  type Quantization,
  quantizationsOf,
  sizeOfGraph,
  targetNames,
  type WeightsChoice,
  weightsOf,
} from "../../index.ts";
import { writeArtifact } from "../../runtime/artifact.ts";
import { runtimes } from "../../runtime/runtimes/index.ts";
import { openSession } from "../../runtime/session.ts";
import { specHash } from "../../runtime/spec-hash.ts";
import { type Agreement, toleranceIn, verifySession } from "../../runtime/verify.ts";
import { oneOf } from "../choice.ts";
import {
  type Command,
  type ExitCode,
  type Flag,
  type FlagValues,
  type Terminal,
  UsageError,
} from "../command.ts";
import { readTarget, TARGET_FLAGS } from "../target.ts";
import { VERSION } from "../version.ts";

export const WEIGHT_FLAGS: Readonly<Record<"weights" | "seed", Flag>> = {
  weights: {
    type: "string",
    value: "KIND",
    summary: "init (the spec's initialisers; default) or hash (the golden filling)",
  },
  seed: { type: "string", value: "N", summary: "of the initialisers (default 0)" },
};

export const PRECISION_FLAGS: Readonly<Record<"precision", Flag>> = {
  precision: {
    type: "string",
    value: "KIND",
    summary: "f32 (default), or bf16: faster on processors that have it, and less exact; for savedmodel",
  },
};

export const OPTIMIZATION_FLAGS: Readonly<Record<"optimize", Flag>> = {
  optimize: {
    type: "string",
    short: "O",
    value: "LEVEL",
    summary: "0: only the passes that the target needs; 1: all (default)",
  },
};

export const command: Command = {
  name: "compile",
  summary: "write a model as a TensorFlow SavedModel, as ONNX, or for browsers",
  usage: "dnc compile TARGET [-o DIR] [--target NAME] [--weights init|hash] [--verify] [--json]",
  description:
    "Compiles a model to an artifact: a SavedModel, which TensorFlow loads in Python, in TensorFlow Serving and in " +
    "tfjs-node, an ONNX model for onnxruntime, OpenVINO, Triton and others, or a tfjs graph model for browsers. The " +
    "folder appears at once or not at all. TARGET is FILE.dn[:MODEL]; without a model, the last one.",
  examples: [
    ["dnc compile specs/densenet121.dn", "writes build/densenet121"],
    ["dnc compile specs/densenet121.dn --target onnx", "writes build/densenet121-onnx"],
    [
      "dnc compile specs/densenet-tiny.dn --verify",
      "also compares a native run with the reference interpreter",
    ],
  ],
  flags: {
    output: {
      type: "string",
      short: "o",
      value: "DIR",
      summary: "the folder of the artifact (default build/MODEL, or build/MODEL-TARGET)",
    },
    target: { type: "string", value: "NAME", summary: "savedmodel (default), onnx or graphmodel" },
    quantize: {
      type: "string",
      value: "FORM",
      summary: "weights in fewer bits, for graphmodel: uint8 or float16",
    },
    ...WEIGHT_FLAGS,
    ...PRECISION_FLAGS,
    ...OPTIMIZATION_FLAGS,
    ...TARGET_FLAGS,
    "print-after": {
      type: "string",
      value: "PASS",
      summary: "print the graph after a pass, after `lowering`, or after `all`",
    },
    "stop-after": { type: "string", value: "PASS", summary: "end after this pass and write nothing" },
    verify: { type: "boolean", summary: "run the artifact and compare it with the reference interpreter" },
    runtime: {
      type: "string",
      value: "NAME",
      summary: "what --verify runs it on: tensorflow, onnxruntime, openvino or wasm",
    },
    json: { type: "boolean", summary: "print JSON (schema dnc/compile-1)" },
  },
  exitCodes: [
    [1, "the spec has errors, or the artifact does not compute what it should"],
    [3, "only promises (`expect`) do not hold"],
    [4, "no library to run it (for --verify), or the folder cannot be written"],
  ],
  async run(positionals, flags, terminal) {
    const [target, ...rest] = positionals;
    if (target === undefined || rest.length > 0)
      throw new UsageError("`dnc compile` takes one target: FILE.dn[:MODEL]");
    const weights = readWeights(flags);
    const format = readFormat(flags);
    const runtime = readRuntime(flags, format);
    const quantization = readQuantization(flags, format);
    const precision = readPrecision(flags, format);
    checkPassFlags(flags, { format, precision });
    const { graph, files, diagnostics, exitCode } = readTarget(target, flags);
    terminal.show(diagnostics);
    if (graph === undefined || exitCode !== 0) return exitCode;
    return compileGraph(
      graph,
      { format, weights, spec: specHash(files), runtime, quantization, precision },
      flags,
      terminal,
    );
  },
};

interface Wanted {
  /** The name of the target. */
  readonly format: string;
  readonly weights: WeightsChoice;
  readonly spec: string;
  readonly runtime: string | undefined;
  readonly quantization: Quantization | undefined;
  readonly precision: Precision;
}

async function compileGraph(
  graph: CheckedGraph,
  { format, weights, spec, runtime, quantization, precision }: Wanted,
  flags: FlagValues,
  terminal: Terminal,
): Promise<ExitCode> {
  const collector = collectDiagnostics();
  const [printAfter, stopAfter] = [flags["print-after"], flags["stop-after"]];
  const print = flags["json"] === true ? terminal.err : terminal.out;
  const result = compile(
    graph,
    {
      target: format,
      weights,
      version: VERSION,
      optimize: readOptimize(flags),
      spec,
      precision,
      ...(quantization === undefined ? {} : { quantization }),
      ...(typeof stopAfter === "string" ? { stopAfter } : {}),
      onGraph(name, after) {
        if (printAfter === "all" || printAfter === name) print(`after ${name}:\n${printLowered(after)}\n`);
      },
    },
    collector,
  );
  const folder = typeof flags["output"] === "string" ? flags["output"] : defaultFolder(graph.name, format);
  const written = result.files !== undefined && (await writeArtifact(folder, result.files, collector));
  terminal.show(collector.diagnostics);
  if (hasErrors(collector.diagnostics)) return 4;
  const agreements =
    written && flags["verify"] === true ? await verify(folder, graph, { weights, runtime }, terminal) : [];
  if (agreements === undefined) return 4;
  const facts: Facts = {
    model: describeModel(graph),
    format,
    precision,
    weights,
    result,
    folder: written ? folder : undefined,
    agreements,
    tolerance: toleranceIn(precision, ...(quantization === undefined ? [] : [quantization])),
  };
  terminal.out(flags["json"] === true ? `${JSON.stringify(toJson(facts), undefined, 2)}\n` : toText(facts));
  return agreements.every((agreement) => agrees(agreement, facts)) ? 0 : 1;
}

/** Artifacts of one model for several targets stand side by side. */
function defaultFolder(model: string, format: string): string {
  return join("build", format === DEFAULT_FORMAT ? model : `${model}-${format}`);
}

interface Facts {
  readonly model: ModelDescription;
  readonly format: string;
  readonly precision: Precision;
  readonly weights: WeightsChoice;
  readonly result: CompileResult;
  /** Absent when nothing was to be written. */
  readonly folder: string | undefined;
  readonly agreements: readonly Agreement[];
  readonly tolerance: number;
}

async function verify(
  folder: string,
  graph: CheckedGraph,
  { weights, runtime }: Pick<Wanted, "weights" | "runtime">,
  terminal: Terminal,
): Promise<readonly Agreement[] | undefined> {
  const collector = collectDiagnostics();
  const session = await openSession(folder, runtime === undefined ? {} : { runtime }, collector);
  if (session !== undefined) terminal.err("computing the reference in float64 …\n");
  const agreements = session && (await verifySession(session, graph, weightsOf(graph, weights), collector));
  await session?.dispose();
  terminal.show(collector.diagnostics);
  return agreements;
}

function agrees({ difference }: Agreement, { tolerance }: Pick<Facts, "tolerance">): boolean {
  return difference <= tolerance;
}

export function readWeights(flags: FlagValues): WeightsChoice {
  const { weights = "init", seed = "0" } = flags;
  const kind = oneOf(["init", "hash"], "--weights", String(weights));
  if (!/^[0-9]{1,9}$/.test(String(seed))) throw new UsageError("`--seed` takes a whole number");
  return kind === "hash" ? { kind } : { kind, seed: Number(seed) };
}

export function readOptimize({ optimize = "1" }: FlagValues): boolean {
  if (optimize !== "0" && optimize !== "1")
    throw new UsageError(`\`-O\` takes 0 or 1, not ${String(optimize)}`);
  return optimize === "1";
}

const DEFAULT_FORMAT = "savedmodel";

function readFormat({ target = DEFAULT_FORMAT }: FlagValues): string {
  return oneOf(targetNames(), "--target", String(target));
}

function readQuantization({ quantize }: FlagValues, format: string): Quantization | undefined {
  if (quantize === undefined) return undefined;
  const known = quantizationsOf(format);
  if (known.length === 0) throw new UsageError(`\`--quantize\` is for graphmodel, not for ${format}`);
  return oneOf(known, "--quantize", String(quantize));
}

export function readPrecision({ precision = "f32" }: FlagValues, format: string): Precision {
  const wanted = oneOf(["f32", "bf16"], "--precision", String(precision));
  if (!precisionsOf(format).includes(wanted))
    throw new UsageError(`\`--precision ${wanted}\` is for savedmodel, not for ${format}`);
  return wanted;
}

/** What `--verify` runs the artifact on; absent: what is meant for the target. */
function readRuntime({ runtime, verify: isVerified }: FlagValues, format: string): string | undefined {
  if (runtime === undefined) return undefined;
  if (isVerified !== true) throw new UsageError("`--runtime` says what `--verify` runs on: give both");
  const fitting = runtimes.filter(({ target }) => target === format).map(({ name }) => name);
  if (!fitting.includes(String(runtime)))
    throw new UsageError(
      `\`--runtime\` takes ${listOf(fitting, "or")} for ${format}, not ${String(runtime)}`,
    );
  return String(runtime);
}

function checkPassFlags(
  flags: FlagValues,
  { format, precision }: Pick<Wanted, "format" | "precision">,
): void {
  const names = passNames(format, { optimize: readOptimize(flags), precision });
  for (const [flag, known] of [
    ["print-after", [...names, "lowering", "all"]],
    ["stop-after", names],
  ] as const) {
    const name = flags[flag];
    if (typeof name === "string" && !known.includes(name))
      throw new UsageError(`\`--${flag}\` knows no pass ${name}`, [`the passes are ${names.join(", ")}`]);
  }
}

function toJson({ model, format, precision, weights, result, folder, agreements, tolerance }: Facts): object {
  return {
    schema: "dnc/compile-1",
    artifact: folder ?? null,
    target: format,
    precision,
    model: model.name,
    bytes: sizeOf(result),
    passes: result.passes.map(({ name, before, after }) => ({
      name,
      before: before.operations,
      after: after.operations,
      macs: { before: before.macs, after: after.macs },
    })),
    forms: result.lowered.forms?.map(({ name, parts, outputs }) => ({
      name,
      parts,
      ...sizeOfGraph(result.lowered, outputs),
    })),
    weights: describeWeights(weights),
    inputs: model.inputs,
    outputs: model.outputs,
    params: model.params,
    macs: model.macs,
    ...(agreements.length === 0
      ? {}
      : { verified: agreements.map((each) => ({ ...each, ok: agrees(each, { tolerance }) })) }),
  };
}

function sizeOf({ files = [] }: CompileResult): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function toText({ model, weights, result, folder, agreements, tolerance }: Facts): string {
  if (folder === undefined) return `${model.name}: stopped, nothing written\n`;
  const [first, last] = [result.passes.at(0)?.before, result.passes.at(-1)?.after];
  const checks = agreements.map((agreement) => {
    const { output, difference, largest } = agreement;
    const verdict = agrees(agreement, { tolerance }) ? "agrees with" : "DIFFERS from";
    return `  ${output} ${verdict} the reference: at most ${difference.toExponential(1)} of the largest value (${largest.toPrecision(4)})\n`;
  });
  return [
    `${model.name}: ${withSeparators(model.params)} parameters, ${withSeparators(model.macs ?? "?")} multiply-adds\n`,
    ...result.passes.map(describePass),
    `  wrote ${folder} (${withByteUnit(sizeOf(result))}, ${first?.operations ?? 0} operations before the passes, ${last?.operations ?? 0} after)\n`,
    weights.kind === "hash" ? "" : `  the weights are random (initialisers, seed ${weights.seed})\n`,
    ...checks,
  ].join("");
}

/** Empty for a pass that changed nothing. */
function describePass({ name, before, after, rewritten, form }: CompileResult["passes"][number]): string {
  if (form !== undefined)
    return `  ${name}: a form in ${form.parts} parts, of ${count(rewritten, "operation")}\n`;
  const changes = [
    [before.operations, after.operations, "operations"],
    [before.macs, after.macs, "multiply-adds"],
  ] as const;
  const told = changes
    .filter(([from, to]) => from !== to)
    .map(([from, to, unit]) => `${withSeparators(from)} → ${withSeparators(to)} ${unit}`);
  if (told.length === 0 && rewritten > 0) told.push(`${count(rewritten, "operation")} rewritten`);
  return told.length === 0 ? "" : `  ${name}: ${told.join(", ")}\n`;
}
