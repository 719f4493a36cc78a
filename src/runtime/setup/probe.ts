/** Loads an installation in a process of its own and lets it compute: a library may kill the process that loads it. */
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../../base/diagnostic.ts";
import type { Artifact } from "./artifact.ts";
import type { Environment } from "./cache.ts";
import { lastLines, type Outcome, runProgram } from "./processes.ts";

export const probeFailed: DiagnosticKind<[reason: string]> = defineDiagnostic({
  code: "DN0813",
  message: (reason) => `the native library does not work here: ${reason}`,
  explain: {
    title: "probe-failed",
    text: "Before an installation is used, it is loaded in a process of its own and must compute one small convolution exactly. This one did not.",
  },
});

/** What the probe found out: the version that the library gives itself. */
export interface ProbeResult {
  readonly version: string;
}

export interface ProbeContext {
  readonly artifact: Artifact;
  readonly addon: string;
  readonly environment: Environment;
}

export async function probe(ctx: ProbeContext, reporter: Reporter): Promise<ProbeResult | undefined> {
  const { artifact, addon, environment } = ctx;
  const command = [process.execPath, "--eval", artifact.probe, addon];
  const options = { environment, timeoutMs: 120_000 };
  const outcome = await runProgram(command, options);
  if (outcome.code === 0) return JSON.parse(lastLines(outcome.stdout, 1)) as ProbeResult;
  const notes = outcome.stderr.trim() === "" ? [] : [lastLines(outcome.stderr, 12)];
  const help = [
    outcome.killedBy === "SIGILL"
      ? "use a machine whose processor has AVX"
      : "run `dnc doctor` to see what is known about this machine",
  ];
  reporter.report(probeFailed.at({ notes, help }, reasonOf(outcome)));
  return undefined;
}

function reasonOf(outcome: Outcome): string {
  if (outcome.killedBy === "SIGILL") return "it uses instructions that this processor lacks";
  if (outcome.killedBy !== undefined) return `its process was ended by ${outcome.killedBy}`;
  const message = /^\w*Error: (.*)$/m.exec(outcome.stderr)?.[1];
  return message ?? `its process ended with exit code ${outcome.code}`;
}
