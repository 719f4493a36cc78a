/** `dnc run`: runs a spec or an artifact on a library, one native call a run, and shows what comes out. */
import { availableParallelism } from "node:os";
import { listOf, quoted } from "../../base/text.ts";
import { collectDiagnostics, type Precision, precisionsOf, type Reporter } from "../../index.ts";
import type { Threads } from "../../runtime/environment.ts";
import { type Choice, chooseFastest, type Question } from "../../runtime/fastest.ts";
import type { FormChoice } from "../../runtime/forms.ts";
import { type Input, readInputs } from "../../runtime/inputs/index.ts";
import { describeOutput, type Output, readLabels, summarize, writeNpy } from "../../runtime/outputs/index.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { runtimes } from "../../runtime/runtimes/index.ts";
import {
  feedsOf,
  openSession,
  type PortShape,
  portShapes,
  type Session,
  timeOf,
} from "../../runtime/session.ts";
import { cacheFolder } from "../../runtime/setup/cache.ts";
import { oneOf } from "../choice.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { openRunnable, type Runnable } from "../runnable.ts";
import { TARGET_FLAGS } from "../target.ts";
import {
  OPTIMIZATION_FLAGS,
  PRECISION_FLAGS,
  readOptimize,
  readPrecision,
  readWeights,
  WEIGHT_FLAGS,
} from "./compile.ts";

const AUTO = "auto";
const RUNTIMES = [...runtimes.map(({ name }) => name), AUTO];
/** Of specs where no runtime is named. */
const DEFAULT_TARGET = "savedmodel";

export const command: Command = {
  name: "run",
  summary: "run a spec or an artifact natively on an image or array",
  usage: "dnc run TARGET|ARTIFACT [INPUT…] [--runtime NAME] [--top N] [--save FILE.npy] [--json]",
  description:
    "Compiles the model if it is a spec, and runs it on TensorFlow's native library or on another one that is installed: " +
    "onnxruntime (`npm install --ignore-scripts onnxruntime-node`) or OpenVINO (`pip install openvino`). An INPUT is an " +
    "image (png, jpg …), an array (npy, json, safetensors; channels first), or the word `random` or `hash`; one for " +
    "each input of the model, in its order. Without any, `random`.",
  examples: [
    ["dnc run specs/densenet121.dn specs/images/meadow.png", "the largest outputs for a picture"],
    ["dnc run specs/densenet-tiny.dn hash --weights hash --json", "the golden numbers, as JSON"],
    ["dnc run specs/densenet-tiny.dn --runtime onnxruntime", "compiles to ONNX and runs that"],
  ],
  flags: {
    top: { type: "string", value: "N", summary: "how many of the largest values to show (default 5)" },
    labels: { type: "string", value: "FILE", summary: "names of the classes, one a line" },
    save: { type: "string", value: "FILE", summary: "write the first output as .npy" },
    runtime: {
      type: "string",
      value: "NAME",
      summary: `${listOf(RUNTIMES, "or")}, the fastest here (default: tensorflow for specs, what fits for artifacts)`,
    },
    threads: { type: "string", value: "N", summary: "threads in all (default auto: one for each core)" },
    ...WEIGHT_FLAGS,
    ...PRECISION_FLAGS,
    ...OPTIMIZATION_FLAGS,
    ...TARGET_FLAGS,
    json: { type: "boolean", summary: "print JSON (schema dnc/run-1)" },
  },
  exitCodes: [
    [1, "the spec has errors"],
    [3, "only promises (`expect`) do not hold"],
    [4, "the library is not installed, or an input cannot be read"],
  ],
  async run(positionals, flags, terminal) {
    const [target, ...sources] = positionals;
    if (target === undefined)
      throw new UsageError("`dnc run` needs a target: FILE.dn[:MODEL], or the folder of an artifact");
    const options = readOptions(flags);
    const { precision } = options;
    const making = { weights: readWeights(flags), optimize: readOptimize(flags), precision };
    const runnable = openRunnable(target, making, flags, terminal);
    if (typeof runnable === "number") return runnable;
    try {
      return await runRunnable(runnable, sources, options, terminal);
    } finally {
      runnable.dispose();
    }
  },
};

interface RunOptions {
  readonly runtime: string | undefined;
  readonly precision: Precision;
  readonly top: number;
  readonly threads: Threads;
  readonly seed: number;
  readonly labels: string | undefined;
  readonly save: string | undefined;
  readonly json: boolean;
}

function readOptions(flags: FlagValues): RunOptions {
  const { runtime, top = "5", threads = "auto", labels, save, seed = "0" } = flags;
  if (typeof runtime === "string") oneOf(RUNTIMES, "--runtime", runtime);
  if (!/^[0-9]{1,6}$/.test(String(top))) throw new UsageError("`--top` takes a whole number");
  if (threads !== "auto" && !/^[1-9][0-9]{0,3}$/.test(String(threads))) {
    throw new UsageError("`--threads` takes `auto` or a number of at least 1");
  }
  const target = runtimes.find(({ name }) => name === runtime)?.target ?? DEFAULT_TARGET;
  const intra = threads === "auto" ? availableParallelism() : Number(threads);
  return {
    runtime: typeof runtime === "string" ? runtime : undefined,
    precision: readPrecision(flags, target),
    top: Number(top),
    // Operations of one network follow each other: more than one at a time only costs hand-offs.
    threads: { intra, inter: 1 },
    seed: Number(seed),
    labels: typeof labels === "string" ? labels : undefined,
    save: typeof save === "string" ? save : undefined,
    json: flags["json"] === true,
  };
}

interface RunResult {
  readonly inputs: readonly Input[];
  readonly outputs: ReadonlyMap<string, Output>;
  readonly form: FormChoice;
  /** The first call, in which the library optimizes the graph. */
  readonly firstMs: number;
  readonly ms: number;
}

async function runRunnable(
  runnable: Runnable,
  sources: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const collector = collectDiagnostics();
  const inputs = await inputsOf(runnable, sources, options, collector);
  const opened = inputs && (await openChosen(runnable, inputs, options, collector));
  const result = opened && inputs && (await runSession(opened.session, inputs, collector));
  const shown = opened && result && show(opened, result, options, terminal, collector);
  await opened?.session.dispose();
  terminal.show(collector.diagnostics);
  return shown === true ? 0 : 4;
}

async function inputsOf(
  { inputs: ports }: Runnable,
  sources: readonly string[],
  { seed }: RunOptions,
  reporter: Reporter,
): Promise<readonly Input[] | undefined> {
  if (sources.length > 0 && sources.length !== ports.length) {
    throw new UsageError(
      `the model has ${ports.length} inputs (${ports.map(({ name }) => quoted(name)).join(", ")}), and ${sources.length} are given`,
    );
  }
  const wanted = ports.map((port, index) => ({ ...port, source: sources[index] ?? "random" }));
  return readInputs(wanted, { seed }, reporter);
}

interface Opened {
  readonly session: Session;
  /** Where the fastest was asked for. */
  readonly choice?: Choice;
}

/** The model on the runtime that is asked for, on the fastest, or on the first that takes it. */
async function openChosen(
  runnable: Runnable,
  inputs: readonly Input[],
  options: RunOptions,
  reporter: Reporter,
): Promise<Opened | undefined> {
  const open = async (runtime: Runtime | undefined, to: Reporter): Promise<Session | undefined> => {
    const target = runnable.target ?? runtime?.target ?? DEFAULT_TARGET;
    const folder = await runnable.artifact(target, to);
    const settings = { threads: options.threads, inferenceOnly: true };
    const chosen = runtime === undefined ? settings : { ...settings, runtime: runtime.name };
    return folder === undefined ? undefined : openSession(folder, chosen, to);
  };
  if (options.runtime !== AUTO) {
    const session = await open(
      runtimes.find(({ name }) => name === options.runtime),
      reporter,
    );
    return session && { session };
  }
  const candidates = runtimes.filter(({ target, isNative }) =>
    runnable.target === undefined
      ? isNative && precisionsOf(target).includes(options.precision)
      : runnable.target === target,
  );
  const subject = {
    ...runnable.subject,
    batch: inputs.map(({ batch }) => batch),
    threads: options.threads,
  };
  const question: Question = {
    subject,
    candidates,
    async measure(runtime, to) {
      const session = await open(runtime, to);
      const ms = session && (await timeOf(session, inputs, to));
      await session?.dispose();
      return ms;
    },
  };
  const choice = await chooseFastest(question, cacheFolder(process.env), reporter);
  const session = choice && (await open(choice.runtime, reporter));
  return session && choice && { session, choice };
}

async function runSession(
  session: Session,
  inputs: readonly Input[],
  reporter: Reporter,
): Promise<RunResult | undefined> {
  const fed = feedsOf(session, inputs);
  const firstStart = performance.now();
  if ((await session.run(fed, reporter)) === undefined) return undefined;
  const start = performance.now();
  const values = await session.run(fed, reporter);
  const end = performance.now();
  if (values === undefined) return undefined;
  const outputs = new Map<string, Output>();
  for (const { name, shape } of portShapes(session.description.outputs)) {
    const value = values[name];
    if (value !== undefined)
      outputs.set(name, { shape: [value.batch, shape.channels, ...shape.sizes], data: value.data });
  }
  const form = session.formFor(inputs[0]?.batch ?? 1);
  return { inputs, outputs, form, firstMs: start - firstStart, ms: end - start };
}

/** Whether everything asked for could be done. */
function show(
  { session, choice }: Opened,
  result: RunResult,
  options: RunOptions,
  terminal: Terminal,
  reporter: Reporter,
): boolean {
  const [first] = result.outputs;
  if (options.save !== undefined && first !== undefined && !writeNpy(options.save, first[1], reporter))
    return false;
  if (options.json) {
    terminal.out(`${JSON.stringify(toJson(session, choice, result, options), undefined, 2)}\n`);
    return true;
  }
  const { description, runtime } = session;
  const lines = [
    `${description.model} on ${runtime.title} ${runtime.version}, ${options.threads.intra} threads${describeForm(result.form)}${description.precision === undefined ? "" : ` in ${description.precision}`}; weights: ${description.weights}`,
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
    `${result.ms.toFixed(1)} ms (${result.firstMs.toFixed(0)} ms the first time, while ${runtime.title} optimizes the graph)`,
  );
  if (choice !== undefined) lines.push(describeChoice(choice));
  if (options.save !== undefined) lines.push(`saved ${first?.[0] ?? ""} to ${options.save}`);
  terminal.out(`${lines.join("\n")}\n`);
  return true;
}

function describeForm(form: FormChoice): string {
  return form === "whole" ? "" : ` in ${form}`;
}

function describeChoice({ measured, isRemembered }: Choice): string {
  const times = Object.entries(measured)
    .toSorted(([, a], [, b]) => a - b)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`);
  return `the fastest here: ${times.join(", ")} (measured ${isRemembered ? "earlier" : "just now"})`;
}

/** Larger outputs are summarized only; `--save` writes them whole. */
const MOST_NUMBERS = 100_000;

function toJson(
  { description, runtime }: Session,
  choice: Choice | undefined,
  { inputs, outputs, form, firstMs, ms }: RunResult,
  { threads }: RunOptions,
): object {
  const ports: readonly PortShape[] = portShapes(description.inputs);
  return {
    schema: "dnc/run-1",
    model: description.model,
    runtime: { name: runtime.name, version: runtime.version },
    ...(choice === undefined ? {} : { measured: choice.measured, remembered: choice.isRemembered }),
    threads: threads.intra,
    precision: description.precision ?? "f32",
    form,
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
