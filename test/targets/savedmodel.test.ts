/** The SavedModel target as a whole: its files, its description, its limits. */
import { expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { runPasses } from "../../src/passes/pass.ts";
import { emitArtifact } from "../../src/targets/artifact.ts";
import { crc32c } from "../../src/targets/savedmodel/checksum.ts";
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

it("a model of any size has its sizes without a weight being made, and only small ones in the graph", () => {
  const values = (): Float32Array => {
    throw new Error("no test has room for this");
  };
  const graph = sketch([20_000], (s, x) =>
    s.add("fc", { kind: "matmul" }, [
      x,
      s.add("weight", { kind: "constant", shape: [20_000, 50_000], values }, []),
    ]),
  );
  const [model, data] = emitArtifact(savedModelTarget, graph, facts, collectDiagnostics()) ?? [];
  expect(model?.size).toBeLessThan(2000);
  expect(data?.size).toBe(4e9);
});

it("what is made while the values are written is not made again for their checksums", () => {
  let times = 0;
  const values = (): Float32Array => {
    times += 1;
    return new Float32Array(2000).fill(0.5);
  };
  const graph = sketch([20], (s, x) =>
    s.add("fc", { kind: "matmul" }, [x, s.add("weight", { kind: "constant", shape: [20, 100], values }, [])]),
  );
  const files = emitArtifact(savedModelTarget, graph, facts, collectDiagnostics()) ?? [];
  expect(files.map(({ path }) => path)).toEqual([
    "saved_model.pb",
    "variables/variables.data-00000-of-00001",
    "variables/variables.index",
    "dnc.json",
  ]);
  const written = files.map((file) => Buffer.concat([...file.pieces()]));
  expect(written.map(({ length }) => length)).toEqual(files.map(({ size }) => size));
  expect(times).toBe(1);
  const index = files[2] && Buffer.concat([...files[2].pieces()]);
  const again = emitArtifact(savedModelTarget, graph, facts, collectDiagnostics())?.[2];
  expect(again && Buffer.concat([...again.pieces()])).toEqual(index);
});

it.each([
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 times 255", new Uint8Array(32).fill(255), 0x62a8ab43],
  ["0 to 31", Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
])("the checksum is that of RFC 3720: %s", (_, bytes, sum) => {
  expect(crc32c([bytes])).toBe(sum);
  expect(crc32c([bytes.subarray(0, 5), bytes.subarray(5)])).toBe(sum);
});

it("passes keep the names by which outputs are fetched", () => {
  const graph = sketch([4, 4, 2], (s, x) =>
    s.add("net/y", { kind: "identity" }, [s.norm("bn", s.conv("c", x, 3, 2))]),
  );
  const lowered = runPasses(graph, savedModelTarget.passes);
  const files = emitArtifact(savedModelTarget, lowered, facts, collectDiagnostics());
  expect(JSON.parse(textOf(files?.[1]))).toMatchObject({ outputs: { y: { tensor: "net/y:0" } } });
});
