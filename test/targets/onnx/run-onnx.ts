/** Writes lowered graphs as ONNX models and runs them on onnxruntime. Values go in and come out channels last. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { collectDiagnostics } from "../../../src/base/diagnostic.ts";
import { invariant } from "../../../src/base/invariant.ts";
import type { LoweredGraph } from "../../../src/ir/lowered.ts";
import { runPasses } from "../../../src/passes/pass.ts";
import { onnxTarget } from "../../../src/targets/onnx/target.ts";
import type { ArtifactFile } from "../../../src/targets/target.ts";
import { fill, type Value, type Values } from "../../passes/interpret.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { facts } from "../run-natively.ts";

export function onnxFilesOf(graph: LoweredGraph): readonly ArtifactFile[] {
  const reporter = collectDiagnostics();
  const files = onnxTarget.emit(runPasses(graph, onnxTarget.passes), facts, reporter);
  invariant(files !== undefined, reporter.diagnostics.map(({ message }) => message).join("\n"));
  return files;
}

/** The outputs by port. */
export async function runOnnx(
  graph: LoweredGraph,
  feeds: Values,
  files: readonly ArtifactFile[] = onnxFilesOf(graph),
): Promise<Values> {
  const folder = temporaryFolder();
  for (const { path, pieces } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), Uint8Array.from(Buffer.concat([...pieces()])));
  }
  const session = await InferenceSession.create(join(folder, "model.onnx"), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const fed = Object.entries(feeds).map(([name, value]) => {
    const { shape, data } = channelsMoved(value, "first");
    return [name, new Tensor("float32", Float32Array.from(data), shape)] as const;
  });
  const results = await session.run(Object.fromEntries(fed));
  await session.release();
  const read = graph.outputs.map(({ name }) => {
    const tensor = results[name];
    invariant(tensor?.data instanceof Float32Array, `no output ${name}`);
    return [
      name,
      channelsMoved({ shape: tensor.dims, data: Float64Array.from(tensor.data) }, "last"),
    ] as const;
  });
  return Object.fromEntries(read);
}

function channelsMoved({ shape, data }: Value, to: "first" | "last"): Value {
  const [batch = 1, ...others] = shape;
  const channels = (to === "first" ? others.at(-1) : others[0]) ?? 1;
  const sizes = to === "first" ? others.slice(0, -1) : others.slice(1);
  const positions = sizes.reduce((product, size) => product * size, 1);
  if (to === "first") {
    const moved = fill([batch, channels, positions], ([sample = 0, channel = 0, position = 0]) => {
      return data[(sample * positions + position) * channels + channel] ?? Number.NaN;
    });
    return { shape: [batch, channels, ...sizes], data: moved.data };
  }
  const moved = fill([batch, positions, channels], ([sample = 0, position = 0, channel = 0]) => {
    return data[(sample * channels + channel) * positions + position] ?? Number.NaN;
  });
  return { shape: [batch, ...sizes, channels], data: moved.data };
}
