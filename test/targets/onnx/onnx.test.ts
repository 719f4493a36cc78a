/** What the ONNX target writes: read by protobufjs, and run on onnxruntime and compared with naive loops. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { silent } from "../../../src/base/diagnostic.ts";
import type { LoweredGraph, PrimitiveKind } from "../../../src/ir/lowered.ts";
import { lowerGraph } from "../../../src/ops/lower-graph.ts";
import { runPasses } from "../../../src/passes/pass.ts";
import { onnxruntime } from "../../../src/runtime/runtimes/onnxruntime.ts";
import { onnxGraph } from "../../../src/targets/onnx/model.ts";
import { onnxFiles, onnxTarget } from "../../../src/targets/onnx/target.ts";
import type { ArtifactFile } from "../../../src/targets/target.ts";
import { interpret } from "../../passes/interpret.ts";
import { feedFor, randomGraph } from "../../passes/random-graph.ts";
import { sketch } from "../../passes/sketch.ts";
import { expectSameValues } from "../../passes/support.ts";
import { graphOf } from "../../report/spec-files.ts";
import { facts } from "../run-natively.ts";
import { runOn } from "../run-on.ts";
import { type Model, readModel, rewritten } from "./onnx-proto.ts";

const run = runOn(onnxruntime);

async function expectOnnxAgrees(
  graph: LoweredGraph,
  batch = 2,
  filesOf?: (graph: LoweredGraph) => readonly ArtifactFile[],
): Promise<void> {
  const feed = feedFor(graph, batch);
  expectSameValues(await run(graph, feed, filesOf), interpret(graph, feed), 1e-4);
}

function onnxFilesOf(graph: LoweredGraph): readonly ArtifactFile[] {
  return onnxTarget.emit(runPasses(graph, onnxTarget.passes), facts, silent) ?? [];
}

function bytesOfFile(file: ArtifactFile | undefined): Uint8Array {
  const bytes = Uint8Array.from(Buffer.concat([...(file?.pieces() ?? [])]));
  expect(bytes.length).toBe(file?.size);
  return bytes;
}

function modelOf(graph: LoweredGraph): Model {
  return readModel(bytesOfFile(onnxFilesOf(graph)[0]));
}

const operatorsOf = (model: Model): readonly string[] => model.graph.node.map(({ opType }) => opType);

it("every kind of primitive, at every rank, computes what the loops compute", async () => {
  const seen = new Map<PrimitiveKind, Set<number>>();
  await fc.assert(
    fc.asyncProperty(randomGraph, fc.integer({ min: 1, max: 9 }), async (graph, batch) => {
      for (const { primitive, outputs } of graph.nodes) {
        const ranks = seen.get(primitive.kind) ?? new Set();
        seen.set(primitive.kind, ranks.add(outputs[0]?.shape.length ?? 0));
      }
      await expectOnnxAgrees(graph, batch);
    }),
    { numRuns: 200 },
  );
  const onMaps = [...seen].filter(([, ranks]) => ranks.has(4) && ranks.has(5)).map(([kind]) => kind);
  expect(onMaps.length).toBeGreaterThan(20);
});

it("every message, in the order of its fields, as protobufjs writes what it has read", () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const bytes = bytesOfFile(onnxFilesOf(graph)[0]);
      expect(bytes).toEqual(rewritten(bytes));
    }),
    { numRuns: 50 },
  );
});

it("a network written out by hand", () => {
  const graph = sketch([5, 6, 2], (s, x) =>
    s.relu("relu", s.norm("bn", s.bias("conv", s.conv("conv/kernel", x, 3, 4, { padding: [1, 1] })))),
  );
  const { graph: written, metadataProps } = modelOf(graph);
  expect(written.node.map(({ opType, input, output }) => [opType, ...input, "→", ...output])).toEqual([
    ["Conv", "x", "conv/kernel/weight", "conv/bias", "→", "conv"],
    ["BatchNormalization", "conv", "bn/scale", "bn/offset", "bn/mean", "bn/variance", "→", "bn"],
    ["Relu", "bn", "→", "y"],
  ]);
  expect(written.node[0]?.attribute).toEqual([
    { name: "dilations", ints: [1, 1], type: "INTS" },
    { name: "kernel_shape", ints: [3, 3], type: "INTS" },
    { name: "pads", ints: [1, 1, 1, 1], type: "INTS" },
    { name: "strides", ints: [1, 1], type: "INTS" },
    { name: "group", i: 1, type: "INT" },
  ]);
  const dimensionsOf = (info: Model["graph"]["input"][number] | undefined) => info?.type.tensorType.shape.dim;
  expect(dimensionsOf(written.input[0])).toEqual([
    { dimParam: "N" },
    { dimValue: 2 },
    { dimValue: 5 },
    { dimValue: 6 },
  ]);
  expect(written.output.map(({ name }) => name)).toEqual(["y"]);
  expect(written.valueInfo?.map(({ name }) => name)).toEqual(["conv", "bn"]);
  expect(written.initializer?.[0]).toMatchObject({ name: "conv/kernel/weight", dims: [4, 2, 3, 3] });
  expect(metadataProps).toEqual([
    { key: "dnc.version", value: "0.0.0" },
    { key: "dnc.model", value: "sketch" },
    { key: "dnc.weights", value: "test" },
    { key: "dnc.parameters", value: "0" },
    { key: "dnc.macs", value: "0" },
  ]);
});

it("moves axes only where two orders meet", async () => {
  const flattened = sketch([3, 4, 2], (s, x) => {
    const channelMajor = s.add("t", { kind: "transpose", permutation: [0, 3, 1, 2] }, [s.relu("r", x)]);
    return s.matmul("fc", s.add("flat", { kind: "reshape", shape: [24] }, [channelMajor]), 5);
  });
  expect(operatorsOf(modelOf(flattened))).toEqual(["Relu", "Reshape", "Gemm"]);
  await expectOnnxAgrees(flattened);

  const shuffled = sketch([3, 4, 6], (s, x) => {
    const split = s.add("split", { kind: "reshape", shape: [12, 2, 3] }, [x]);
    const turned = s.add("turn", { kind: "transpose", permutation: [0, 1, 3, 2] }, [split]);
    return s.conv("conv", s.add("joined", { kind: "reshape", shape: [3, 4, 6] }, [turned]), 1, 2);
  });
  expect(operatorsOf(modelOf(shuffled))).toEqual(["Reshape", "Transpose", "Reshape", "Conv"]);
  await expectOnnxAgrees(shuffled);

  // Row-major as counted: the channels of each position one after the other.
  const interleaved = sketch([3, 4, 2], (s, x) => s.add("flat", { kind: "reshape", shape: [24] }, [x]));
  expect(operatorsOf(modelOf(interleaved))).toEqual(["Transpose", "Reshape"]);
  await expectOnnxAgrees(interleaved);
});

it("a value that is wanted in two orders is moved once", async () => {
  const graph = sketch([3, 4, 2], (s, x) => {
    const flat = s.add("flat", { kind: "reshape", shape: [24] }, [x]);
    const columns = s.add("columns", { kind: "reshape", shape: [2, 12] }, [x]);
    return { flat, columns: s.relu("relu", columns) };
  });
  expect(operatorsOf(modelOf(graph)).filter((op) => op === "Transpose").length).toBe(2);
  await expectOnnxAgrees(graph);
});

it("sizes of 1 are no reason to move anything", () => {
  const graph = sketch([1, 1, 6], (s, x) => s.add("flat", { kind: "reshape", shape: [6] }, [s.relu("r", x)]));
  expect(operatorsOf(modelOf(graph))).toEqual(["Relu", "Reshape"]);
});

it("an output may be an input, and one value may leave under two names", async () => {
  await expectOnnxAgrees(
    sketch([3, 2, 2], (s, x) => {
      const relu = s.relu("relu", x);
      return { raw: x, a: relu, b: relu, c: s.add("id", { kind: "identity" }, [relu]) };
    }),
  );
});

it("a node may be called like an output of another, or like what the target adds", async () => {
  await expectOnnxAgrees(
    sketch([4, 4, 2], (s, x) => {
      const flat = s.add("flat", { kind: "reshape", shape: [32] }, [s.relu("y", x)]);
      return { y: s.relu("x/transposed", s.relu("flat/sizes", flat)) };
    }),
  );
});

it("padding that no window reads is left out of pools", async () => {
  const window = { size: [2, 2], stride: [4, 4], dilation: [1, 1] };
  const padding = [
    [0, 3],
    [1, 3],
  ] as const;
  for (const kind of ["max-pool", "average-pool"] as const) {
    const extra = kind === "max-pool" ? { kind } : { kind, countsPadding: true };
    await expectOnnxAgrees(
      sketch([5, 5, 2], (s, x) => s.add("pool", { ...extra, window: { ...window, padding } }, [x])),
    );
  }
});

it("resizing has the sizes that were asked for, whatever the quotient", async () => {
  for (let from = 1; from <= 12; from += 1) {
    const sizes = Array.from({ length: 23 }, (_, index) => index + 1);
    const graph = sketch([from, 2, 1], (s, x) =>
      Object.fromEntries(
        sizes.map((to) => [`y${to}`, s.add(`r${to}`, { kind: "resize", sizes: [to, 3] }, [x])]),
      ),
    );
    await expectOnnxAgrees(graph, 1);
  }
});

it("weights go into a file of their own where they would be too many, page by page", async () => {
  const graph = sketch([6, 7, 3], (s, x) => s.mean("mean", s.conv("b", s.conv("a", x, 3, 16), 3, 8)));
  const inTwo = (lowered: LoweredGraph): readonly ArtifactFile[] => onnxFiles(lowered, facts, 1000);
  const files = inTwo(runPasses(graph, onnxTarget.passes));
  expect(files.map(({ path }) => path)).toEqual(["model.onnx", "model.onnx.data"]);
  const bytes = bytesOfFile(files[0]);
  expect(bytes).toEqual(rewritten(bytes));
  const places = readModel(bytes).graph.initializer?.map(({ name, externalData }) => [
    name,
    Object.fromEntries((externalData ?? []).map(({ key, value }) => [key, value])),
  ]);
  expect(places).toEqual([
    ["a/weight", { location: "model.onnx.data", offset: "0", length: "1728" }],
    ["b/weight", { location: "model.onnx.data", offset: "4096", length: "4608" }],
  ]);
  expect(bytesOfFile(files[1]).length).toBe(8704);
  await expectOnnxAgrees(graph, 3, inTwo);
});

it("a model of more than a protocol buffer can hold has its size without any weight being made", () => {
  const graph = sketch([20_000], (s, x) => {
    const values = (): Float32Array => {
      throw new Error("no test has room for this");
    };
    return s.add("fc", { kind: "matmul" }, [
      x,
      s.add("weight", { kind: "constant", shape: [20_000, 30_000], values }, []),
    ]);
  });
  expect(onnxFilesOf(graph).map(({ path, size }) => [path, size >= 2.4e9])).toEqual([
    ["model.onnx", false],
    ["model.onnx.data", true],
  ]);
});

it.each([
  { file: "densenet121.dn" },
  { file: "vgg.dn", model: "vgg16" },
  { file: "efficientnet.dn", model: "efficientnet_b0" },
  { file: "unet.dn", model: "unet3d", input: "volume=1x16x16x16" },
  { file: "fc-densenet.dn", model: "fc_densenet56", input: "image=3x32x32" },
])("nothing is transposed in $file", (target) => {
  const lowered = lowerGraph(graphOf(target), ({ path }) => {
    throw new Error(`the values of ${path} are not needed`);
  });
  const operators = onnxGraph(runPasses(lowered, onnxTarget.passes)).nodes.map(({ op }) => op);
  expect(operators.length).toBeGreaterThan(20);
  expect(operators).not.toContain("Transpose");
});
