/** What `dnc run` runs: a spec, which is compiled for whichever library is chosen, or an artifact, which is what it is. */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CheckedGraph,
  collectDiagnostics,
  compile,
  describeModel,
  type Precision,
  type Reporter,
  type WeightsChoice,
} from "../index.ts";
import { writeArtifact } from "../runtime/artifact.ts";
import { type PortShape, portShapes, readDescription } from "../runtime/session.ts";
import { specHash } from "../runtime/spec-hash.ts";
import type { ExitCode, FlagValues, Terminal } from "./command.ts";
import { readTarget } from "./target.ts";
import { VERSION } from "./version.ts";

export interface Runnable {
  readonly inputs: readonly PortShape[];
  /** The target that it is compiled to, if it is. */
  readonly target: string | undefined;
  /** What the time of a run depends on, as data. */
  readonly subject: object;
  /**
   * The folder of the artifact for a target, optimized as was asked for unless this says otherwise; `undefined`: it was
   * reported why there is none.
   */
  artifact(target: string, reporter: Reporter, optimize?: boolean): Promise<string | undefined>;
  dispose(): void;
}

/** How a spec is compiled. */
export interface Making {
  readonly weights: WeightsChoice;
  readonly optimize: boolean;
  readonly precision: Precision;
}

/** The exit code: it was reported what is wrong. */
export function openRunnable(
  target: string,
  making: Making,
  flags: FlagValues,
  terminal: Terminal,
): Runnable | ExitCode {
  if (existsSync(target) && statSync(target).isDirectory()) return artifactAt(target, terminal);
  const { graph, files, diagnostics, exitCode } = readTarget(target, flags);
  terminal.show(diagnostics);
  return graph === undefined || exitCode !== 0 ? exitCode : specOf(graph, making, specHash(files));
}

function artifactAt(folder: string, terminal: Terminal): Runnable | ExitCode {
  const collector = collectDiagnostics();
  const description = readDescription(folder, collector);
  terminal.show(collector.diagnostics);
  if (description === undefined) return 4;
  const { model, target, version, spec, parameters, macs } = description;
  const inputs = portShapes(description.inputs);
  return {
    inputs,
    target,
    subject: { version, model, spec, parameters, macs, inputs },
    artifact: async () => folder,
    dispose: () => undefined,
  };
}

/** Compiles into a folder that goes away with the process. */
function specOf(graph: CheckedGraph, { weights, optimize, precision }: Making, spec: string): Runnable {
  const { name: model, inputs: described, params: parameters, macs } = describeModel(graph);
  const inputs = described.map(({ name, shape: [channels, ...sizes] }) => ({
    name,
    shape: { channels: Number(channels), sizes: sizes.map(Number) },
  }));
  const parent = mkdtempSync(join(tmpdir(), "dnc-run-"));
  const clean = (): void => rmSync(parent, { recursive: true, force: true });
  process.once("exit", clean);
  const written = new Map<string, string>();
  return {
    inputs,
    target: undefined,
    subject: { version: VERSION, model, optimize, precision, spec, parameters, macs, inputs },
    async artifact(target, reporter, optimizeThis = optimize) {
      const name = optimizeThis ? target : `${target}-O0`;
      const known = written.get(name);
      if (known !== undefined) return known;
      const folder = join(parent, name, graph.name);
      const options = {
        target,
        weights,
        optimize: optimizeThis,
        precision,
        version: VERSION,
        spec,
      };
      const { files } = compile(graph, options, reporter);
      if (files === undefined || !(await writeArtifact(folder, files, reporter))) return undefined;
      written.set(name, folder);
      return folder;
    },
    dispose() {
      clean();
      process.off("exit", clean);
    },
  };
}
