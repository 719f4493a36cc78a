/** The networks of `specs/` compute on every target what PyTorch computes in float64. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { collectDiagnostics } from "../src/base/diagnostic.ts";
import { compile } from "../src/compile.ts";
import type { CheckedGraph } from "../src/ops/op.ts";
import { elementsOf } from "../src/ops/reference-tensor.ts";
import { type BatchValues, openSession, writeArtifact } from "../src/runtime/index.ts";
import { hashInput } from "../src/weights/hash.ts";
import { NETWORKS, networkTarget } from "./networks.ts";
import { graphOf, type SpecTarget, shapesAt } from "./report/spec-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Of the largest magnitude: float32 adds up in another order. PyTorch's own float32 is as far away. */
const TOLERANCE = 1e-4;

const FORMATS = ["savedmodel", "onnx", "graphmodel"] as const;

/**
 * The first output for hashed weights and inputs, compiled as `dnc compile` does and run on what is meant for it, in
 * each form that the artifact has.
 */
async function outputsOf(target: SpecTarget, format: string): Promise<readonly (readonly number[])[]> {
  const reporter = collectDiagnostics();
  const graph = graphOf(target);
  const folder = join(temporaryFolder(), "artifact");
  const options = { target: format, weights: { kind: "hash" }, version: "0" } as const;
  const { files = [] } = compile(graph, options, reporter);
  await writeArtifact(folder, files, reporter);
  const session = await openSession(folder, {}, reporter);
  const results: (readonly number[])[] = [];
  for (const form of session?.forms ?? []) {
    const outputs = await session?.run(hashedInputs(graph), reporter, form);
    results.push(Array.from(outputs?.[graph.outputs[0]?.name ?? ""]?.data ?? []));
  }
  await session?.dispose();
  expect(reporter.diagnostics).toEqual([]);
  expect(results.length).toBeGreaterThan(0);
  return results;
}

/** Each input goes on counting where the one before has ended. */
function hashedInputs(graph: CheckedGraph): Readonly<Record<string, BatchValues>> {
  const lengths = shapesAt(graph.inputs, graph).map(elementsOf);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const all = Float32Array.from(hashInput({ channels: total, sizes: [] }).data);
  let end = 0;
  const inputs = graph.inputs.map(({ name }, index) => {
    const start = end;
    end += lengths[index] ?? 0;
    return [name, { batch: 1, data: all.subarray(start, end) }] as const;
  });
  return Object.fromEntries(inputs);
}

/** Of both, as a share of the largest magnitude. */
function distance(
  actual: readonly number[],
  expected: readonly number[],
  largest = largestOf(expected),
): number {
  return (
    Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] ?? Number.NaN)))) / largest
  );
}

function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

for (const [name, { run }] of Object.entries(NETWORKS)) {
  if (run === undefined) continue;
  it.each(FORMATS)(`${name} as %s computes what PyTorch computes`, async (format) => {
    for (const values of await outputsOf(networkTarget(name, run.inputs), format)) {
      // Only the first values are known, but as with `--verify` they are measured by the largest of all.
      const first = values.slice(0, run.first.length);
      expect(distance(first, run.first, largestOf(values))).toBeLessThan(TOLERANCE);
      const magnitude = meanOf(values.map(Math.abs));
      expect(distance([magnitude], [run.mean_abs])).toBeLessThan(TOLERANCE);
      expect(Math.abs(meanOf(values) - run.sum / values.length)).toBeLessThan(TOLERANCE * magnitude);
    }
  });
}

interface Golden {
  readonly input: readonly number[];
  readonly first8: readonly number[];
  readonly sum: number;
  readonly mean_abs: number;
}

const golden: { readonly models: Readonly<Record<string, Golden>> } = JSON.parse(
  readFileSync(new URL("golden/forward.json", import.meta.url), "utf8"),
);

const GOLDEN = [
  ["resnet18", { file: "resnet.dn", model: "resnet18" }],
  ["unet_small", { file: "unet.dn", model: "unet_small", input: "image=1x48x48" }],
] as const;

it.each(GOLDEN.flatMap(([name, target]) => FORMATS.map((format) => [name, format, target] as const)))(
  "%s as %s computes the golden numbers",
  async (name, format, target) => {
    const expected = golden.models[name];
    for (const values of await outputsOf(target, format)) {
      expect(distance(values, expected?.first8 ?? [Number.NaN])).toBeLessThan(TOLERANCE);
      expect(distance([meanOf(values.map(Math.abs))], [expected?.mean_abs ?? Number.NaN])).toBeLessThan(
        TOLERANCE,
      );
    }
  },
);
