/** Which library is fastest for a model: measured once on each kind of machine, and remembered. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform } from "node:os";
import { join } from "node:path";
import { collectDiagnostics, type Reporter } from "../base/diagnostic.ts";
import type { Runtime } from "./runtime.ts";
import { writeWholeFile } from "./write-whole-file.ts";

export interface Choice {
  readonly runtime: Runtime;
  /** Milliseconds of a run, by the names of the runtimes. */
  readonly measured: Readonly<Record<string, number>>;
  readonly isRemembered: boolean;
}

export interface Question {
  /** What is run, as data: all that the time depends on but the machine and the libraries. */
  readonly subject: object;
  readonly candidates: readonly Runtime[];
  /** Milliseconds of a run; `undefined`: it was reported why there is none. */
  measure(runtime: Runtime, reporter: Reporter): Promise<number | undefined>;
}

/** `undefined`: no candidate is installed, or none works (reported). */
export async function chooseFastest(
  { subject, candidates, measure }: Question,
  cache: string,
  reporter: Reporter,
): Promise<Choice | undefined> {
  const versions = await Promise.all(candidates.map((runtime) => runtime.version()));
  const installed = candidates.filter((_, index) => versions[index] !== undefined);
  const key = hashOf([subject, thisMachine(), installed.map(({ name }) => name), versions]);
  const memory = recall(cache);
  const known = memory.get(key);
  const remembered = known && installed.find(({ name }) => name === fastestOf(known));
  if (known !== undefined && remembered !== undefined)
    return { runtime: remembered, measured: known, isRemembered: true };

  const measured: Record<string, number> = {};
  const problems = collectDiagnostics();
  // Where none is installed, the first says how to install it.
  for (const runtime of installed.length > 0 ? installed : candidates.slice(0, 1)) {
    const ms = await measure(runtime, problems);
    if (ms !== undefined) measured[runtime.name] = ms;
  }
  const runtime = installed.find(({ name }) => name === fastestOf(measured));
  // Where another one works, a library that does not is no reason to fail.
  const severity = runtime === undefined ? "error" : "warning";
  for (const problem of problems.diagnostics) reporter.report({ ...problem, severity });
  if (runtime === undefined) return undefined;
  memory.set(key, measured);
  remember(cache, memory, reporter);
  return { runtime, measured, isRemembered: false };
}

type Measured = Readonly<Record<string, number>>;

function fastestOf(measured: Measured): string | undefined {
  return Object.entries(measured).toSorted(([, a], [, b]) => a - b)[0]?.[0];
}

/** Machines that are alike share what was measured. */
function thisMachine(): object {
  const [processor] = cpus();
  return { processor: processor?.model, cores: availableParallelism(), system: [platform(), arch()] };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}

const SCHEMA = "dnc/fastest-1";
/** The oldest are forgotten. */
const MOST_ENTRIES = 500;

function fileIn(cache: string): string {
  return join(cache, "fastest.json");
}

/** Whatever is wrong with the file, it can be measured anew. */
function recall(cache: string): Map<string, Measured> {
  try {
    const { schema, measured }: { schema?: string; measured?: Record<string, Measured> } = JSON.parse(
      readFileSync(fileIn(cache), "utf8"),
    );
    return new Map(schema === SCHEMA ? Object.entries(measured ?? {}) : []);
  } catch {
    return new Map();
  }
}

function remember(cache: string, memory: ReadonlyMap<string, Measured>, reporter: Reporter): void {
  const measured = Object.fromEntries([...memory].slice(-MOST_ENTRIES));
  const asWarning: Reporter = { report: (problem) => reporter.report({ ...problem, severity: "warning" }) };
  writeWholeFile(fileIn(cache), [`${JSON.stringify({ schema: SCHEMA, measured })}\n`], {
    help: "it is measured anew each time until the cache folder can be written",
    reporter: asWarning,
  });
}
