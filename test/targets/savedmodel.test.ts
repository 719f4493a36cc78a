/** The SavedModel target as a whole: its files, its description, its limits. */
import { expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import type { LoweredGraph } from "../../src/ir/lowered.ts";
import { runPasses } from "../../src/passes/pass.ts";
import { emitArtifact } from "../../src/targets/artifact.ts";
import { savedModelTarget } from "../../src/targets/savedmodel/target.ts";
import type { ArtifactFile } from "../../src/targets/target.ts";
import { sketch } from "../passes/sketch.ts";

const facts = { version: "1.2.3", weights: "hash", parameters: 2n ** 60n, macs: 12n };

function textOf(file: ArtifactFile | undefined): string {
  return Buffer.concat([...(file?.pieces() ?? [])]).toString("utf8");
}

it("the description says how to feed and read the model, channels first", () => {
  const graph = sketch([5, 6, 3], (s, x) => ({
    y: s.mean("mean", x),
    map: s.relu("relu", x),
  }));
  const files = emitArtifact(savedModelTarget, graph, facts, collectDiagnostics());
  expect(files?.map(({ path }) => path)).toEqual(["saved_model.pb", "dnc.json"]);
  expect(textOf(files?.[1]).length).toBe(files?.[1]?.size);
  expect(JSON.parse(textOf(files?.[1]))).toEqual({
    schema: "dnc/artifact-1",
    model: "sketch",
    target: "savedmodel",
    version: "1.2.3",
    files: ["saved_model.pb"],
    weights: "hash",
    parameters: "1152921504606846976",
    macs: 12,
    inputs: { x: { tensor: "x:0", shape: [3, 5, 6], layout: "NHWC", element: "float32" } },
    outputs: {
      y: { tensor: "mean:0", shape: [3], layout: "NC", element: "float32" },
      map: { tensor: "relu:0", shape: [3, 5, 6], layout: "NHWC", element: "float32" },
    },
  });
});

it("signals and volumes have layouts of their own", () => {
  for (const [shape, layout] of [
    [[7, 2], "NLC"],
    [[3, 4, 5, 2], "NDHWC"],
  ] as const) {
    const graph = sketch(shape, (s, x) => s.relu("relu", x));
    const files = emitArtifact(savedModelTarget, graph, facts, collectDiagnostics());
    expect(JSON.parse(textOf(files?.[1]))).toMatchObject({ outputs: { y: { layout } } });
  }
});

/** The product of an input of `rows` and a weight that would be `4 * rows * columns` bytes, if someone made it. */
function matmulOf(rows: number, columns: number): LoweredGraph {
  return sketch([rows], (s, x) => {
    const values = (): Float32Array => {
      throw new Error("no test has room for this");
    };
    return s.add("fc", { kind: "matmul" }, [
      x,
      s.add("weight", { kind: "constant", shape: [rows, columns], values }, []),
    ]);
  });
}

it("a model that a SavedModel cannot hold is refused before any weight is made", () => {
  const reporter = collectDiagnostics();
  expect(emitArtifact(savedModelTarget, matmulOf(20_000, 20_000), facts, reporter)).toBeUndefined();
  expect(reporter.diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ["DN0702", "the SavedModel of sketch would have 1.5 GiB, and 1.4 GiB is the most that loads safely"],
  ]);
});

it("a model that just fits has its size without any weight being made", () => {
  const reporter = collectDiagnostics();
  const files = emitArtifact(savedModelTarget, matmulOf(18_000, 20_000), facts, reporter);
  expect(reporter.diagnostics).toEqual([]);
  expect(files?.[0]?.size).toBeGreaterThan(1.44e9);
});

it("passes keep the names by which outputs are fetched", () => {
  const graph = sketch([4, 4, 2], (s, x) =>
    s.add("net/y", { kind: "identity" }, [s.norm("bn", s.conv("c", x, 3, 2))]),
  );
  const lowered = runPasses(graph, savedModelTarget.passes);
  const files = emitArtifact(savedModelTarget, lowered, facts, collectDiagnostics());
  expect(JSON.parse(textOf(files?.[1]))).toMatchObject({ outputs: { y: { tensor: "net/y:0" } } });
});
