/** What the graph model target writes: read as JSON, and run by tfjs on WebAssembly and compared with naive loops. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { silent } from "../../../src/base/diagnostic.ts";
import type { LoweredGraph, PrimitiveKind } from "../../../src/ir/lowered.ts";
import { runPasses } from "../../../src/passes/pass.ts";
import { wasm } from "../../../src/runtime/runtimes/wasm.ts";
import { graphModelTarget } from "../../../src/targets/graphmodel/target.ts";
import type { ArtifactFile, Quantization } from "../../../src/targets/target.ts";
import { interpret } from "../../passes/interpret.ts";
import { feedFor, randomGraph } from "../../passes/random-graph.ts";
import { sketch } from "../../passes/sketch.ts";
import { expectSameValues } from "../../passes/support.ts";
import { facts } from "../run-natively.ts";
import { runOn } from "../run-on.ts";

const run = runOn(wasm);

async function expectTfjsAgrees(graph: LoweredGraph, batch = 2): Promise<void> {
  const feed = feedFor(graph, batch);
  expectSameValues(await run(graph, feed), interpret(graph, feed), 1e-4);
}

it("every kind of primitive, at every rank, computes what the loops compute", async () => {
  const seen = new Map<PrimitiveKind, Set<number>>();
  await fc.assert(
    fc.asyncProperty(randomGraph, fc.integer({ min: 1, max: 9 }), async (graph, batch) => {
      for (const { primitive, outputs } of graph.nodes) {
        const ranks = seen.get(primitive.kind) ?? new Set();
        seen.set(primitive.kind, ranks.add(outputs[0]?.shape.length ?? 0));
      }
      // Where everything cancels out, nothing but rounding is left to compare.
      const expected = Object.values(interpret(graph, feedFor(graph, batch)));
      fc.pre(expected.every(({ data }) => data.some((value) => Math.abs(value) > 1e-2)));
      await expectTfjsAgrees(graph, batch);
    }),
    { numRuns: 100 },
  );
  const onMaps = [...seen].filter(([, ranks]) => ranks.has(4) && ranks.has(5)).map(([kind]) => kind);
  expect(onMaps.length).toBeGreaterThan(20);
});

it("an output may be an input, and one value may leave under two names", async () => {
  await expectTfjsAgrees(
    sketch([3, 2, 2], (s, x) => ({ raw: x, a: s.relu("relu", x), b: s.relu("again", x) })),
  );
});

function filesOf(graph: LoweredGraph, quantization?: Quantization): readonly ArtifactFile[] {
  const known = quantization === undefined ? facts : { ...facts, quantization };
  return graphModelTarget.emit(runPasses(graph, graphModelTarget.passes), known, silent) ?? [];
}

function bytesOf(files: readonly ArtifactFile[]): Uint8Array {
  const bytes = new Uint8Array(files.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const { pieces, size } of files) {
    const end = at + size;
    for (const piece of pieces()) {
      bytes.set(piece, at);
      at += piece.length;
    }
    expect(at).toBe(end);
  }
  return bytes;
}

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly min?: number; readonly scale?: number };
}

interface GraphModel {
  readonly format: string;
  readonly signature: object;
  readonly userDefinedMetadata: object;
  readonly modelTopology: {
    readonly node: readonly {
      readonly name: string;
      readonly op: string;
      readonly input?: readonly string[];
      readonly attr: Readonly<Record<string, unknown>>;
    }[];
  };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightEntry[];
  }[];
}

function modelOf(files: readonly ArtifactFile[]): GraphModel {
  expect(files[0]?.path).toBe("model.json");
  return JSON.parse(new TextDecoder().decode(bytesOf(files.slice(0, 1))));
}

it("a network written out by hand", () => {
  const graph = sketch([5, 6, 2], (s, x) =>
    s.mean("mean", s.relu("relu", s.norm("bn", s.conv("conv", x, 3, 4, { padding: [1, 1] })))),
  );
  const model = modelOf(filesOf(graph));
  expect(model).toMatchObject({
    format: "graph-model",
    signature: {
      inputs: {
        x: {
          name: "x:0",
          dtype: "DT_FLOAT",
          tensorShape: { dim: [{ size: "-1" }, { size: "5" }, { size: "6" }, { size: "2" }] },
        },
      },
      outputs: { y: { name: "mean:0", dtype: "DT_FLOAT" } },
    },
    userDefinedMetadata: { "dnc.version": "0.0.0", "dnc.model": "sketch", "dnc.weights": "test" },
  });
  expect(model.modelTopology.node.map(({ name, op, input = [] }) => [name, op, ...input])).toEqual([
    ["x", "Placeholder"],
    ["bn/kernel", "Const"],
    ["bn/bias", "Const"],
    ["relu", "_FusedConv2D", "x", "bn/kernel", "bn/bias"],
    ["mean/axes", "Const"],
    ["mean", "Mean", "relu", "mean/axes"],
  ]);
  expect(model.modelTopology.node[3]?.attr).toMatchObject({
    data_format: { s: "TkhXQw==" },
    dilations: { list: { i: ["1", "1", "1", "1"] } },
    explicit_paddings: { list: { i: ["0", "0", "1", "1", "1", "1", "0", "0"] } },
    fused_ops: { list: { s: ["Qmlhc0FkZA==", "UmVsdQ=="] } },
    num_args: { i: "1" },
    T: { type: "DT_FLOAT" },
  });
  expect(model.weightsManifest).toEqual([
    {
      paths: ["group1-shard1of1.bin"],
      weights: [
        { name: "bn/kernel", shape: [3, 3, 2, 4], dtype: "float32" },
        { name: "bn/bias", shape: [4], dtype: "float32" },
        { name: "mean/axes", shape: [2], dtype: "int32" },
      ],
    },
  ]);
});

it("weights are cut into files of 4 MiB, wherever they end", async () => {
  const graph = sketch([1000], (s, x) => s.matmul("b", s.relu("relu", s.matmul("a", x, 1500)), 700));
  const files = filesOf(graph);
  const size = 4 * (1000 * 1500 + 1500 * 700);
  expect(files.slice(1).map((file) => [file.path, file.size])).toEqual([
    ["group1-shard1of3.bin", 4 * 2 ** 20],
    ["group1-shard2of3.bin", 4 * 2 ** 20],
    ["group1-shard3of3.bin", size - 8 * 2 ** 20],
  ]);
  await expectTfjsAgrees(graph);
});

/** What a tensor of the file stands for. */
function weightIn(files: readonly ArtifactFile[], name: string): readonly number[] {
  const [group] = modelOf(files).weightsManifest;
  const whole = bytesOf(files.slice(1));
  let at = 0;
  for (const { name: candidate, shape, quantization } of group?.weights ?? []) {
    const length = shape.reduce((product, size) => product * size, 1);
    const bits = { float16: 2, uint8: 1 }[quantization?.dtype ?? ""] ?? 4;
    const part = whole.slice(at, at + bits * length);
    at += bits * length;
    if (candidate !== name) continue;
    if (quantization?.dtype === "float16") return Array.from(new Uint16Array(part.buffer), halfOf);
    if (quantization === undefined) return [...new Float32Array(part.buffer)];
    const { min = 0, scale = 1 } = quantization;
    return Array.from(part, (value) => min + scale * value);
  }
  throw new Error(`no weight ${name}`);
}

/** The number of these 16 bits. */
function halfOf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, (bits & 1023) / 1024];
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/** A product with these weights, in one row. */
function withWeights(values: readonly number[]): LoweredGraph {
  return sketch([1], (s, x) => {
    const constant = {
      kind: "constant",
      shape: [1, values.length],
      values: () => Float32Array.from(values),
    } as const;
    return s.add("fc", { kind: "matmul" }, [x, s.add("weight", constant, [])]);
  });
}

const manyNumbers = fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), {
  minLength: 1024,
  maxLength: 1100,
  size: "max",
});

it("weights of 16 bits are the nearest numbers of 16 bits", async () => {
  await fc.assert(
    fc.property(manyNumbers, (values) => {
      const written = weightIn(filesOf(withWeights(values), "float16"), "weight");
      for (const [index, value] of values.entries()) {
        const step = 2 ** Math.max(-24, Math.floor(Math.log2(Math.abs(value) || 1)) - 10);
        expect(Math.abs((written[index] ?? Number.NaN) - value)).toBeLessThanOrEqual(step / 2);
      }
    }),
    { numRuns: 30 },
  );
  const ties = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25, 70000, -70000, -0, 65519, 2 ** -14];
  const padded = [...ties, ...new Array<number>(1024).fill(1)];
  expect(weightIn(filesOf(withWeights(padded), "float16"), "weight").slice(0, ties.length)).toEqual([
    1,
    1 + 2 ** -9,
    0,
    2 ** -23,
    65504,
    -65504,
    -0,
    65504,
    2 ** -14,
  ]);
});

it("weights of 8 bits are a step away at most, and zero stays zero", () => {
  fc.assert(
    fc.property(manyNumbers, (numbers) => {
      const values = [...numbers, 0];
      const written = weightIn(filesOf(withWeights(values), "uint8"), "weight");
      const range = Math.max(...values) - Math.min(...values);
      for (const [index, value] of values.entries())
        expect(Math.abs((written[index] ?? Number.NaN) - value)).toBeLessThanOrEqual((range / 255) * 1.001);
      expect(written.at(-1)).toBeCloseTo(0, 9);
    }),
    { numRuns: 30 },
  );
  const constant = new Array<number>(1024).fill(0);
  expect(weightIn(filesOf(withWeights(constant), "uint8"), "weight")).toEqual(constant);
});

it("few numbers keep their bits", () => {
  const values = Array.from({ length: 1023 }, (_, index) => index / 7);
  expect(weightIn(filesOf(withWeights(values), "uint8"), "weight")).toEqual(values.map(Math.fround));
});

it.each(["float16", "uint8"] as const)("tfjs reads weights as %s", async (quantization) => {
  const graph = sketch([8, 9, 3], (s, x) => s.mean("mean", s.relu("r", s.conv("conv", x, 7, 64))));
  const feed = feedFor(graph, 2);
  const lowered = (lowerer: LoweredGraph) =>
    graphModelTarget.emit(lowerer, { ...facts, quantization }, silent) ?? [];
  const tolerance = { float16: 1e-3, uint8: 2e-2 }[quantization];
  const values = await run(graph, feed, lowered);
  expectSameValues(values, interpret(graph, feed), tolerance);
  expect(() => expectSameValues(values, interpret(graph, feed), tolerance / 1e3)).toThrow();
});
