/** `dnc bench`: how fast a model is, beside what else is installed that runs it. */
import { availableParallelism, cpus } from "node:os";
import { listOf } from "../../base/text.ts";
import { collectDiagnostics, hasErrors, type Reporter } from "../../index.ts";
import { type FormRequest, type Rival, rivals } from "../../runtime/bench/contestant.ts";
import { type LineUp, lineUp } from "../../runtime/bench/line-up.ts";
import { type RaceResult, race, resultsDiffer } from "../../runtime/bench/race.ts";
import { toleranceIn } from "../../runtime/verify.ts";
import { type BenchFacts, benchJson, benchText } from "../bench-text.ts";
import { oneOf } from "../choice.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { type ShownProgress, showProgress } from "../progress.ts";
import { openRunnable, type Runnable } from "../runnable.ts";
import { TARGET_FLAGS } from "../target.ts";
import { readWeights, WEIGHT_FLAGS } from "./compile.ts";

const FORMS: readonly FormRequest[] = ["chosen", "whole", "bands", "towers", "all"];
const NONE = "none";

export const command: Command = {
  name: "bench",
  summary: "time a model, side by side with other libraries that run it",
  usage: "dnc bench TARGET [--batch 1,8] [--against NAME,…] [--form NAME] [--json]",
  description:
    "Times a model on TensorFlow's native library, as `dnc run` runs it, and the same network with the same weights on " +
    `what else is installed: ${listOf(rivals.map(({ title }) => title))}. Each has a process of its own with as many ` +
    "threads as the others, and they take turns, so that whatever else the machine does slows all of them down alike. " +
    "Before anything is timed, the results of each are compared with dnc's.",
  examples: [
    ["dnc bench specs/densenet121.dn", "one image at a time, against whatever is installed"],
    [
      "dnc bench specs/densenet121.dn --batch 1,8 --against onnxruntime --json",
      "two batch sizes and one other library, for a script",
    ],
  ],
  flags: {
    batch: { type: "string", value: "N,…", summary: "how many images at a time (default 1)" },
    against: {
      type: "string",
      value: "NAME,…",
      summary: `${listOf([...rivals.map(({ name }) => name), NONE], "or")} (default: what is installed)`,
    },
    form: {
      type: "string",
      value: "NAME",
      summary: `in which form dnc computes: ${listOf(FORMS, "or")} (default chosen: as \`dnc run\` does)`,
    },
    optimize: {
      type: "string",
      short: "O",
      value: "LEVEL,…",
      summary: "0: dnc with only the passes that the target needs; 1: with all (default); 1,0: both",
    },
    threads: { type: "string", value: "N", summary: "of each (default: one for each core)" },
    python: {
      type: "string",
      value: "FILE",
      summary: "the Python whose packages take part (default: $DNC_PYTHON, else python3)",
    },
    seconds: { type: "string", value: "S", summary: "for how long each is timed at each batch (default 3)" },
    starts: { type: "string", value: "N", summary: "how often each is started (default 3)" },
    ...WEIGHT_FLAGS,
    ...TARGET_FLAGS,
    json: { type: "boolean", summary: "print JSON (schema dnc/bench-1)" },
  },
  exitCodes: [
    [1, "the spec has errors, or a library computes something else"],
    [3, "only promises (`expect`) do not hold"],
    [4, "a library that was named is not installed, or none is"],
  ],
  async run(positionals, flags, terminal) {
    const [target, ...rest] = positionals;
    if (target === undefined || rest.length > 0)
      throw new UsageError("`dnc bench` takes one target: FILE.dn[:MODEL], or the folder of an artifact");
    const options = readOptions(flags);
    if (options.python !== undefined) process.env["DNC_PYTHON"] = options.python;
    const runnable = openRunnable(
      target,
      { weights: options.weights, optimize: true, precision: "f32" },
      flags,
      terminal,
    );
    if (typeof runnable === "number") return runnable;
    try {
      return await benchRunnable(runnable, options, terminal);
    } finally {
      runnable.dispose();
    }
  },
};

type BenchOptions = ReturnType<typeof readOptions>;

function readOptions(flags: FlagValues) {
  const { against, form = "chosen", python } = flags;
  const names = against === undefined ? undefined : listed("--against", String(against));
  return {
    batches: numbers(flags, "batch", "1"),
    rivals: names === undefined ? rivals.filter(({ isUsual }) => isUsual) : named(names),
    areNamed: names !== undefined,
    form: oneOf(FORMS, "--form", String(form)),
    optimize: levels(flags),
    threads: flags["threads"] === undefined ? availableParallelism() : only(numbers(flags, "threads", "")),
    python: typeof python === "string" ? python : undefined,
    seconds: secondsOf(flags),
    starts: only(numbers(flags, "starts", "3")),
    weights: readWeights(flags),
    json: flags["json"] === true,
  };
}

function listed(flag: string, text: string): readonly string[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.some((word) => word === "")) throw new UsageError(`\`${flag}\` takes names with commas between`);
  return [...new Set(words)];
}

function named(names: readonly string[]): readonly Rival[] {
  if (names.length === 1 && names[0] === NONE) return [];
  const known = rivals.map(({ name }) => name);
  return names.map((each) => {
    const name = oneOf(known, "--against", each);
    return rivals.find((rival) => rival.name === name) as Rival;
  });
}

/** In the order in which they are given, each once. */
function numbers(flags: FlagValues, flag: string, fallback: string): readonly number[] {
  const text = String(flags[flag] ?? fallback);
  if (!/^[1-9][0-9]{0,3}(,[1-9][0-9]{0,3})*$/.test(text))
    throw new UsageError(`\`--${flag}\` takes a number of at least 1, not ${text}`);
  return [...new Set(text.split(",").map(Number))];
}

function only(list: readonly number[]): number {
  const [first = 1, ...rest] = list;
  if (rest.length > 0) throw new UsageError("`--threads` and `--starts` take one number");
  return first;
}

function levels({ optimize = "1" }: FlagValues): readonly boolean[] {
  const words = listed("-O", String(optimize));
  return words.map((word) => oneOf(["0", "1"], "-O", word) === "1");
}

function secondsOf({ seconds = "3" }: FlagValues): number {
  const value = Number(seconds);
  if (!(value > 0 && value <= 3600)) throw new UsageError("`--seconds` takes a number above 0");
  return value;
}

async function benchRunnable(
  runnable: Runnable,
  options: BenchOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const collector = collectDiagnostics();
  const progress = showProgress(terminal, () => "");
  progress.step("compiling");
  const entered = await lineUp({ ...options, subject: runnable }, collector);
  const result = entered && (await raceAll(entered, runnable, options, { reporter: collector, progress }));
  progress.end();
  for (const { contestant, difference } of result?.disagreeing ?? [])
    collector.report(resultsDiffer.at({}, contestant.title, difference));
  terminal.show(collector.diagnostics);
  if (entered === undefined || result === undefined) return 4;
  const facts = factsOf(options, entered, result);
  terminal.out(
    options.json ? `${JSON.stringify(benchJson(facts), undefined, 2)}\n` : benchText(facts, terminal),
  );
  if (result.disagreeing.length > 0) return 1;
  return hasErrors(collector.diagnostics) ? 4 : 0;
}

async function raceAll(
  { contestants }: LineUp,
  { inputs }: Runnable,
  { batches, seconds, starts, areNamed }: BenchOptions,
  { reporter, progress }: { readonly reporter: Reporter; readonly progress: ShownProgress },
): Promise<RaceResult | undefined> {
  const asWarning: Reporter = { report: (problem) => reporter.report({ ...problem, severity: "warning" }) };
  const [base] = contestants;
  return race({
    contestants,
    inputs,
    batches,
    seconds,
    starts,
    tolerance: toleranceIn("f32"),
    reporterFor: (contestant) => (areNamed || contestant.name === base?.name ? reporter : asWarning),
    onStep: (title) => progress.step(title),
    onAdvance: (share) => progress.advance(share, 1),
  });
}

function factsOf({ threads }: BenchOptions, { description, absent }: LineUp, result: RaceResult): BenchFacts {
  const { model, weights } = description;
  const processor = cpus()[0]?.model ?? "unknown processor";
  return {
    model,
    weights,
    machine: { processor, cores: availableParallelism() },
    threads,
    result,
    absent,
  };
}
