/** `dnc run`: runs a spec or an artifact natively, one native call a run, and shows what comes out. */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { quoted } from "../../base/text.ts";
import { collectDiagnostics, compile, type Reporter } from "../../index.ts";
import { writeArtifact } from "../../runtime/artifact.ts";
import type { Threads } from "../../runtime/environment.ts";
import { type Input, readInputs } from "../../runtime/inputs/index.ts";
import { describeOutput, type Output, readLabels, summarize, writeNpy } from "../../runtime/outputs/index.ts";
import { openSession, type PortShape, portShapes, type Session } from "../../runtime/session.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { readTarget, TARGET_FLAGS } from "../target.ts";
import { VERSION } from "../version.ts";
import { OPTIMIZATION_FLAGS, readOptimize, readWeights, WEIGHT_FLAGS } from "./compile.ts";

export const command: Command = {
  name: "run",
  summary: "run a spec or an artifact natively on an image or array",
  usage: "dnc run TARGET|ARTIFACT [INPUT…] [--top N] [--save FILE.npy] [--json]",
  description:
    "Compiles the model if it is a spec, and runs it on TensorFlow's native library. An INPUT is an image (png, jpg …), " +
    "an array (npy, json, safetensors; channels first), or the word `random` or `hash`; one for each input of the " +
    "model, in its order. Without any, `random`.",
  examples: [
    ["dnc run specs/densenet121.dn specs/images/meadow.png", "the largest outputs for a picture"],
    ["dnc run specs/densenet-tiny.dn hash --weights hash --json", "the golden numbers, as JSON"],
  ],
  flags: {
    top: { type: "string", value: "N", summary: "how many of the largest values to show (default 5)" },
    labels: { type: "string", value: "FILE", summary: "names of the classes, one a line" },
    save: { type: "string", value: "FILE", summary: "write the first output as .npy" },
    threads: { type: "string", value: "N", summary: "threads of an operation (default auto: all cores)" },
    ...WEIGHT_FLAGS,
    ...OPTIMIZATION_FLAGS,
    ...TARGET_FLAGS,
    json: { type: "boolean", summary: "print JSON (schema dnc/run-1)" },
  },
  exitCodes: [
    [1, "the spec has errors"],
    [3, "only promises (`expect`) do not hold"],
    [4, "no native library, or an input cannot be read"],
  ],
  async run(positionals, flags, terminal) {
    const [target, ...sources] = positionals;
    if (target === undefined)
      throw new UsageError("`dnc run` needs a target: FILE.dn[:MODEL], or the folder of an artifact");
    const options = readOptions(flags);
    if (isFolder(target)) return runArtifact(target, sources, options, terminal);
    return runSpec(target, sources, options, flags, terminal);
  },
};

interface RunOptions {
  readonly top: number;
  readonly threads: Threads;
  readonly seed: number;
  readonly labels: string | undefined;
  readonly save: string | undefined;
  readonly json: boolean;
}

function readOptions(flags: FlagValues): RunOptions {
  const { top = "5", threads = "auto", labels, save, seed = "0" } = flags;
  if (!/^[0-9]{1,6}$/.test(String(top))) throw new UsageError("`--top` takes a whole number");
  if (threads !== "auto" && !/^[1-9][0-9]{0,3}$/.test(String(threads))) {
    throw new UsageError("`--threads` takes `auto` or a number of at least 1");
  }
  const intra = threads === "auto" ? availableParallelism() : Number(threads);
  return {
    top: Number(top),
    // Operations of one network follow each other: more than one at a time only costs hand-offs.
    threads: { intra, inter: 1 },
    seed: Number(seed),
    labels: typeof labels === "string" ? labels : undefined,
    save: typeof save === "string" ? save : undefined,
    json: flags["json"] === true,
  };
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/** Compiles into a folder that goes away with the process. */
async function runSpec(
  target: string,
  sources: readonly string[],
  options: RunOptions,
  flags: FlagValues,
  terminal: Terminal,
): Promise<ExitCode> {
  const weights = readWeights(flags);
  const { graph, diagnostics, exitCode } = readTarget(target, flags);
  terminal.show(diagnostics);
  if (graph === undefined || exitCode !== 0) return exitCode;
  const collector = collectDiagnostics();
  const { files } = compile(
    graph,
    { target: "savedmodel", weights, version: VERSION, optimize: readOptimize(flags) },
    collector,
  );
  const parent = mkdtempSync(join(tmpdir(), "dnc-run-"));
  const clean = (): void => rmSync(parent, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    const folder = join(parent, graph.name);
    if (files !== undefined && (await writeArtifact(folder, files, collector))) {
      return await runArtifact(folder, sources, options, terminal);
    }
    terminal.show(collector.diagnostics);
    return 4;
  } finally {
    clean();
    process.off("exit", clean);
  }
}

interface RunResult {
  readonly inputs: readonly Input[];
  readonly outputs: ReadonlyMap<string, Output>;
  /** The first call, in which TensorFlow optimizes the graph. */
  readonly firstMs: number;
  readonly ms: number;
}

async function runArtifact(
  folder: string,
  sources: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const collector = collectDiagnostics();
  const session = openSession(folder, { threads: options.threads, inferenceOnly: true }, collector);
  const result = session && (await runSession(session, sources, options, collector));
  const shown = session && result && show(session, result, options, terminal, collector);
  session?.dispose();
  terminal.show(collector.diagnostics);
  return shown === true ? 0 : 4;
}

async function runSession(
  session: Session,
  sources: readonly string[],
  options: RunOptions,
  reporter: Reporter,
): Promise<RunResult | undefined> {
  const ports = portShapes(session.description.inputs);
  if (sources.length > 0 && sources.length !== ports.length) {
    throw new UsageError(
      `the model has ${ports.length} inputs (${ports.map(({ name }) => quoted(name)).join(", ")}), and ${sources.length} are given`,
    );
  }
  const wanted = ports.map((port, index) => ({ ...port, source: sources[index] ?? "random" }));
  const inputs = await readInputs(wanted, { seed: options.seed }, reporter);
  if (inputs === undefined) return undefined;
  const fed = Object.fromEntries(
    ports.flatMap(({ name }, index) => (inputs[index] === undefined ? [] : [[name, inputs[index]]])),
  );
  const firstStart = performance.now();
  if (session.run(fed, reporter) === undefined) return undefined;
  const start = performance.now();
  const values = session.run(fed, reporter);
  const end = performance.now();
  if (values === undefined) return undefined;
  const outputs = new Map<string, Output>();
  for (const { name, shape } of portShapes(session.description.outputs)) {
    const value = values[name];
    if (value !== undefined)
      outputs.set(name, { shape: [value.batch, shape.channels, ...shape.sizes], data: value.data });
  }
  return { inputs, outputs, firstMs: start - firstStart, ms: end - start };
}

/** Whether everything asked for could be done. */
function show(
  session: Session,
  result: RunResult,
  options: RunOptions,
  terminal: Terminal,
  reporter: Reporter,
): boolean {
  const [first] = result.outputs;
  if (options.save !== undefined && first !== undefined && !writeNpy(options.save, first[1], reporter))
    return false;
  if (options.json) {
    terminal.out(`${JSON.stringify(toJson(session, result, options), undefined, 2)}\n`);
    return true;
  }
  const { description, native } = session;
  const lines = [
    `${description.model} on TensorFlow ${native.version}, ${options.threads.intra} threads; weights: ${description.weights}`,
  ];
  for (const [index, { name }] of portShapes(description.inputs).entries())
    lines.push(`input ${name}: ${result.inputs[index]?.description ?? ""}`);
  for (const [name, output] of result.outputs) {
    const labels =
      options.labels === undefined
        ? undefined
        : readLabels(options.labels, { output: name, classes: output.shape[1] ?? 0 }, reporter);
    if (options.labels !== undefined && labels === undefined) return false;
    lines.push(
      ...describeOutput(`output ${name}`, output, {
        top: options.top,
        ...(labels === undefined ? {} : { labels }),
      }),
    );
  }
  if (description.weights.startsWith("init"))
    lines.push("the weights are random: the numbers mean nothing yet");
  lines.push(
    `${result.ms.toFixed(1)} ms (${result.firstMs.toFixed(0)} ms the first time, while TensorFlow optimizes the graph)`,
  );
  if (options.save !== undefined) lines.push(`saved ${first?.[0] ?? ""} to ${options.save}`);
  terminal.out(`${lines.join("\n")}\n`);
  return true;
}

/** Larger outputs are summarized only; `--save` writes them whole. */
const MOST_NUMBERS = 100_000;

function toJson(
  { description, native }: Session,
  { inputs, outputs, firstMs, ms }: RunResult,
  { threads }: RunOptions,
): object {
  const ports: readonly PortShape[] = portShapes(description.inputs);
  return {
    schema: "dnc/run-1",
    model: description.model,
    runtime: { name: "tensorflow", version: native.version },
    threads: threads.intra,
    weights: description.weights,
    inputs: Object.fromEntries(
      ports.map(({ name }, index) => [
        name,
        { batch: inputs[index]?.batch, description: inputs[index]?.description },
      ]),
    ),
    outputs: Object.fromEntries(
      [...outputs].map(([name, output]) => [
        name,
        {
          shape: output.shape,
          ...(output.data.length <= MOST_NUMBERS ? { data: [...output.data] } : {}),
          summary: summarize(output),
        },
      ]),
    ),
    ms,
    firstMs,
  };
}
