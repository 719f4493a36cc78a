/** Writes lowered graphs as artifacts and runs them on the library that is meant for them. Values are channels last. */
import { join } from "node:path";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { invariant } from "../../src/base/invariant.ts";
import type { LoweredGraph } from "../../src/ir/lowered.ts";
import { runPasses } from "../../src/passes/pass.ts";
import { writeArtifact } from "../../src/runtime/artifact.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { readDescription } from "../../src/runtime/session.ts";
import { emitArtifact } from "../../src/targets/artifact.ts";
import { targets } from "../../src/targets/index.ts";
import type { ArtifactFile } from "../../src/targets/target.ts";
import { fill, type Value, type Values } from "../passes/interpret.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { facts } from "./run-natively.ts";

/** `files`: those of the target, where they are not what it writes by itself. */
export type Run = (
  graph: LoweredGraph,
  feeds: Values,
  files?: (graph: LoweredGraph) => readonly ArtifactFile[],
) => Promise<Values>;

/** The outputs by port. Fails the test, with the diagnostics, when anything refuses. */
export function runOn(runtime: Runtime): Run {
  const target = targets.find(({ name }) => name === runtime.target);
  invariant(target !== undefined, `there is no target ${runtime.target}`);
  return async (graph, feeds, filesOf) => {
    const reporter = collectDiagnostics();
    const orFail = <T>(value: T | undefined | false): T => {
      const told = reporter.diagnostics.map(
        ({ code, message, notes }) => `${code} ${message} ${notes ?? ""}`,
      );
      invariant(value, told.join("\n"));
      return value;
    };
    const folder = join(temporaryFolder(), "model");
    const emit = filesOf === undefined ? target.emit : filesOf;
    const files = emitArtifact({ ...target, emit }, runPasses(graph, target.passes), facts, reporter);
    orFail(await writeArtifact(folder, orFail(files), reporter));
    const description = orFail(readDescription(folder, reporter));
    const settings = { threads: { intra: 1, inter: 2 } };
    const engine = orFail(await runtime.open({ folder, description, settings }, reporter));
    const isFirst = target.channels === "first";
    const fed = Object.entries(feeds).map(([name, value]) => {
      const { shape, data } = isFirst ? channelsFirst(value) : value;
      return [name, { shape, data: Float32Array.from(data) }] as const;
    });
    const results = orFail(await engine.run(Object.fromEntries(fed), reporter));
    await engine.dispose();
    const read = graph.outputs.map(({ name }) => {
      const { shape, data } = orFail(results[name]);
      const value = { shape, data: Float64Array.from(data) };
      return [name, isFirst ? channelsLast(value) : value] as const;
    });
    return Object.fromEntries(read);
  };
}

function channelsFirst({ shape, data }: Value): Value {
  const [batch = 1, ...others] = shape;
  const [sizes, channels = 1] = [others.slice(0, -1), others.at(-1)];
  const positions = sizes.reduce((product, size) => product * size, 1);
  const moved = fill([batch, channels, positions], ([sample = 0, channel = 0, position = 0]) => {
    return data[(sample * positions + position) * channels + channel] ?? Number.NaN;
  });
  return { shape: [batch, channels, ...sizes], data: moved.data };
}

function channelsLast({ shape: [batch = 1, channels = 1, ...sizes], data }: Value): Value {
  const positions = sizes.reduce((product, size) => product * size, 1);
  const moved = fill([batch, positions, channels], ([sample = 0, position = 0, channel = 0]) => {
    return data[(sample * channels + channel) * positions + position] ?? Number.NaN;
  });
  return { shape: [batch, ...sizes, channels], data: moved.data };
}
