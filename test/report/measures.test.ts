/** Memory, traffic and receptive fields of whole networks, as they were measured. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { conventionIds } from "../../src/measure/conventions.ts";
import { keptBytes } from "../../src/measure/kept.ts";
import { livenessOf } from "../../src/measure/liveness.ts";
import { fieldAtHead } from "../../src/measure/receptive-field.ts";
import { sourcesOf, withFlatConcats } from "../../src/measure/sources.ts";
import { trafficOf } from "../../src/measure/traffic.ts";
import { bn } from "../../src/ops/bn.ts";
import { reportToJson } from "../../src/report/json.ts";
import { reportOf } from "../../src/report/report.ts";
import { convention } from "./golden-conventions.ts";
import { MEASURED, measuredGraph } from "./measured-models.ts";
import { elaborateTarget, graphOf } from "./spec-files.ts";

interface GoldenModel {
  readonly id: string;
  readonly peak_live_bytes?: Readonly<Partial<Record<"as_built" | "binary_concat" | "nary_concat", number>>>;
  readonly peak_live_at?: Readonly<Partial<Record<"as_built" | "binary_concat" | "nary_concat", string>>>;
  readonly saved_for_backward_bytes?: { readonly naive: number; readonly memory_efficient?: number };
  readonly traffic_bytes_binary_concat?: Readonly<Record<string, number>>;
  readonly receptive_field_at_global_pool?: {
    readonly min: number;
    readonly max: number;
    readonly jump: number;
  };
  readonly dense_edges?: { readonly inside_blocks: number; readonly into_transitions_and_head: number };
}

const golden: { readonly models: readonly GoldenModel[] } = JSON.parse(
  readFileSync(new URL("../golden/models.json", import.meta.url), "utf8"),
);
const models = golden.models.filter(({ id }) => id in MEASURED).map((model) => [model.id, model] as const);

const OPTIONS = { batch: 1, bytes: 4, phase: "infer", folded: new Map<number, number>() } as const;

it("knows every measured model", () => {
  expect(golden.models.map(({ id }) => id).filter((id) => !(id in MEASURED))).toEqual([]);
});

it.each(models)("the peak of living activations: %s", (id, { peak_live_bytes, peak_live_at }) => {
  const graph = measuredGraph(id);
  const written = livenessOf(graph, OPTIONS);
  expect(Number(written.peak)).toBe(peak_live_bytes?.as_built ?? peak_live_bytes?.binary_concat);
  const flat = livenessOf(withFlatConcats(graph), OPTIONS);
  if (peak_live_bytes?.nary_concat !== undefined) expect(Number(flat.peak)).toBe(peak_live_bytes.nary_concat);
  // `features.norm0 (bn)`, or the operation alone.
  const at = peak_live_at?.as_built ?? peak_live_at?.binary_concat ?? "";
  expect(graph.nodes[written.at]?.op.name, at).toBe(at.replace(/^.*\(|\)$/g, ""));
});

it.each(models)("what training keeps: %s", (id, { saved_for_backward_bytes: saved }) => {
  const { naive, recomputed } = keptBytes(measuredGraph(id), OPTIONS);
  expect(Number(naive)).toBe(saved?.naive);
  if (saved?.memory_efficient !== undefined) expect(Number(recomputed)).toBe(saved.memory_efficient);
  const flat = keptBytes(withFlatConcats(measuredGraph(id)), OPTIONS);
  expect(flat.recomputed).toBe(recomputed);
});

const CLASSES: Readonly<Record<string, string>> = {
  upconv: "conv",
  maxpool: "pool",
  avgpool: "pool",
  gap: "pool",
};

const dense = models.filter(([, { traffic_bytes_binary_concat: traffic }]) => traffic !== undefined);

it.each(dense)("bytes read and written: %s", (id, { traffic_bytes_binary_concat: expected = {} }) => {
  expect(dense.length).toBeGreaterThan(20);
  const graph = measuredGraph(id);
  const { unfused, fused } = trafficOf(graph, OPTIONS);
  const found: Record<string, number> = {
    conv: 0,
    linear: 0,
    bn: 0,
    relu: 0,
    pool: 0,
    concat: 0,
    add: 0,
    total: 0,
    conv_bn_relu_fused: 0,
  };
  for (const { id: node, op } of graph.nodes) {
    const name = CLASSES[op.name] ?? op.name;
    const bytes = Number(unfused[node]);
    if (bytes === 0) continue;
    found[name] = (found[name] ?? 0) + bytes;
    found["total"] = (found["total"] ?? 0) + bytes;
    found["conv_bn_relu_fused"] = (found["conv_bn_relu_fused"] ?? 0) + Number(fused[node]);
  }
  found["conv_bn_relu_fused_and_no_concat"] = (found["conv_bn_relu_fused"] ?? 0) - (found["concat"] ?? 0);
  expect(found).toEqual(expected);
});

it.each(dense)("the receptive field of the head: %s", (id, { receptive_field_at_global_pool: expected }) => {
  const field = fieldAtHead(measuredGraph(id));
  expect(field.length).toBeGreaterThan(0);
  for (const axis of field) expect(axis).toEqual(expected);
});

it("the edges of dense connections", () => {
  const known = models.filter(([, { dense_edges }]) => dense_edges !== undefined);
  expect(known.length).toBeGreaterThan(10);
  for (const [id, { dense_edges }] of known) {
    const graph = measuredGraph(id);
    const sources = sourcesOf(graph);
    // Of the norms: those that read a concat or what a block starts from, and not a convolution.
    const edges = graph.nodes
      .filter((node) => node.op === bn && !readsKernel(node.inputs[0] ?? -1))
      .reduce((sum, { id: node }) => sum + (sources[node]?.length ?? 0), 0);
    const { inside_blocks = 0, into_transitions_and_head = 0 } = dense_edges ?? {};
    expect(edges, id).toBe(inside_blocks + into_transitions_and_head);

    function readsKernel(node: number): boolean {
      const source = graph.nodes[node];
      return (
        source?.op.name === "conv" &&
        graph.nodes.some((each) => each.op === bn && each.inputs[0] === node) &&
        !isBlockInput(node)
      );
    }
    function isBlockInput(node: number): boolean {
      return graph.nodes.some((each) => each.op.name === "concat" && each.inputs.includes(node));
    }
  }
});

it.each([
  ["conv 3 (dilation=2) -> 2; conv 3 /2 -> 2", 7, 7, 2],
  ["conv 3 /2 -> 2; upsample 2; conv 3 -> 2", 5, 5, 1],
  ["maxpool 2; upsample 2 (mode=bilinear)", 4, 4, 1],
  ["conv 3 /2 -> 2; upconv 3 (pad=1, outpad=1) /2 -> 2", 5, 5, 1],
  ["avgpool (to=3x4)", 4, 4, 4],
  ["concat < id | conv 5 -> 2 >; conv 3 -> 2", 3, 7, 1],
  ["gate < gap; linear -> in.c; sigmoid >; conv 3 -> 2", 3, Number.POSITIVE_INFINITY, 1],
  ["chpad -> 6; slice(1, 5); shuffle(groups=2); pad(by=1)", 1, 1, 1],
])("how far %s sees", (body, min, max, jump) => {
  const { graph } = elaborateTarget({
    text: `dn 1;\nmodel m { set order = bare; input x: f32[4 @ 12x16]; output y = x < ${body} >; }\n`,
  });
  if (graph === undefined) throw new Error("no graph");
  expect(fieldAtHead(graph)).toEqual([
    { min, max, jump },
    { min, max, jump },
  ]);
});

it("views take no memory: slices, and crops of what lives on", () => {
  const peakOf = (body: string): number => {
    const { graph } = elaborateTarget({
      text: `dn 1;\nmodel m { set order = bare; input x: f32[4 @ 8x8]; output y = x < ${body} >; }\n`,
    });
    if (graph === undefined) throw new Error("no graph");
    return Number(livenessOf(graph, OPTIONS).peak);
  };
  expect(peakOf("bn as a; slice(0, 2); bn")).toBe(4 * 64 * (4 + 4));
  expect(peakOf("bn; maxpool 1 /2; bn")).toBe(4 * 64 * (4 + 4));
});

it("an activation overwrites neither what is read later nor what the caller feeds", () => {
  const peakOf = (body: string): number =>
    Number(
      livenessOf(
        graphOf({ text: `dn 1;\nmodel m { input x: f32[4 @ 8x8]; output y = x < ${body} >; }\n` }),
        OPTIONS,
      ).peak,
    );
  const map = 4 * 4 * 64;
  expect(peakOf("bn; relu")).toBe(2 * map);
  expect(peakOf("relu")).toBe(2 * map);
  expect(peakOf("bn; add < relu | id >")).toBe(3 * map);
  expect(peakOf("bn; dropout; relu; id")).toBe(2 * map);
  expect(peakOf("bn; add < dropout; relu | id >")).toBe(3 * map);
});

it("sees a pool of one element for the slice that it is, however its padding is written", () => {
  const rowOf = (pool: string): object | undefined => {
    const text = `dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 4; ${pool} >; }\n`;
    const { rows } = reportToJson(
      reportOf(graphOf({ text }), { conventions: conventionIds().map(convention) }),
    );
    return rows.find(({ op }) => op.endsWith("pool"));
  };
  for (const pool of ["avgpool", "maxpool"]) {
    const sliced = rowOf(`${pool} 1 /2`);
    expect(sliced).toMatchObject({ trafficBytes: 0 });
    const { span: _, ...same } = { ...rowOf(`${pool} 1 (pad=same) /2`) } as Record<string, unknown>;
    expect(sliced).toMatchObject(same);
  }
});
