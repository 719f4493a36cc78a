/** Single operations: every convention counts each as the tool of its name did. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Spelling } from "../../src/measure/convention.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { convention, golden } from "./golden-conventions.ts";
import { graphOf } from "./spec-files.ts";

/** The stage that a probe is of. */
const PROBED: Readonly<Record<string, string>> = {
  conv: "conv 3 (bias=false) -> 8",
  conv_bias: "conv 3 -> 8",
  conv_stride2: "conv 3 (bias=false) /2 -> 8",
  conv_groups_bias: "conv 3 (groups=2) -> 8",
  conv_depthwise: "dwconv 3 (bias=false)",
  depthwise: "dwconv 3 (bias=false)",
  conv_dilated: "conv 3 (bias=false, dilation=2) -> 8",
  conv1d_bias: "conv 3 -> 8",
  conv3d_bias: "conv 3 -> 8",
  conv3d: "conv 3 (bias=false) -> 8",
  conv_transpose_2x2_s2_bias: "upconv 2 -> 8",
  conv_transpose_2x2_s2: "upconv 2 (bias=false) -> 8",
  conv_transpose_3x3_s2_p1_op1: "upconv 3 (bias=false, pad=1, outpad=1) -> 8",
  conv_transpose_groups_bias: "upconv 2 (groups=2) -> 8",
  conv_transpose_groups: "upconv 2 (groups=2, bias=false) -> 8",
  linear: "linear (bias=false) -> 9",
  linear_bias: "linear -> 9",
  matmul: "linear (bias=false) -> 9",
  matmul_bias: "linear -> 9",
  gemm: "linear (bias=false) -> 9",
  gemm_bias: "linear -> 9",
  bn_eval: "bn",
  bn_train: "bn",
  bn: "bn",
  fused_bn: "bn",
  relu: "relu",
  relu_module: "relu",
  relu_function: "relu",
  max_pool_module: "maxpool 2",
  max_pool_function: "maxpool 2",
  max_pool_3x3_s2: "maxpool 3 /2",
  max_pool: "maxpool 3 /2",
  avg_pool_module: "avgpool 2",
  avg_pool_function: "avgpool 2",
  avg_pool_2x2: "avgpool 2",
  avg_pool: "avgpool 2",
  global_avg_pool_module: "gap",
  global_avg_pool_function: "gap",
  global_avg_pool: "gap",
  mean: "gap",
  add_operator: "add(it, x)",
  add_inplace_operator: "add(it, x)",
  add_torch_function: "add(it, x)",
  add: "add(it, x)",
  concat: "concat(it, x)",
  flatten: "flatten",
  dropout: "dropout",
  softmax: "softmax",
  upsample_nearest_module: "upsample 2",
  upsample_nearest_function: "upsample 2",
  upsample_nearest: "upsample 2",
  resize_nearest: "upsample 2",
  upsample_bilinear_module: "upsample 2 (mode=bilinear)",
  upsample_linear: "upsample 2 (mode=bilinear)",
  resize_bilinear: "upsample 2 (mode=bilinear)",
  pad: "pad (by=1)",
};

function graphOfProbe(name: string, shape: readonly number[]): CheckedGraph {
  const [channels, ...sizes] = shape;
  const type = sizes.length === 0 ? `${channels}` : `${channels} @ ${sizes.join("x")}`;
  const text = `dn 1;\nmodel m { set order = bare; input x: f32[${type}]; output y = x < ${PROBED[name]} >; }\n`;
  return graphOf({ text });
}

it.each(Object.entries(golden.probes.torch_tools))(
  "counts one operation as the tools do: %s",
  (name, probe) => {
    const { op, input, output, batch1 = {}, batch2 } = probe;
    // A mean over all positions is one of several spellings of `gap`.
    const spelling = op === "mean" ? "method" : probe.spelling;
    for (const [batch, values] of [
      [1, batch1],
      [2, batch2],
    ] as const) {
      for (const [tool, value] of Object.entries(values)) {
        // The count of multiply-adds that these print beside their FLOPs.
        if (tool.endsWith("_macs")) continue;
        const phase = op === "bn_train" ? "train" : "infer";
        const graph = graphOfProbe(name, input.slice(1));
        expect(graph.nodes.at(-1)?.shape).toEqual(
          op === "global_avg_pool"
            ? { channels: 6, sizes: [] }
            : { channels: output[1], sizes: output.slice(2) },
        );
        const counts = convention(tool).count(graph, { batch, phase, spellingOf: () => spelling });
        const { amount, isKnown } = counts.at(-1) ?? {};
        expect([Number(amount), isKnown], `${tool}, batch ${batch}`).toEqual([value, true]);
      }
    }
  },
);

interface MoreProbes {
  readonly input: readonly number[];
  readonly spelling: Spelling;
  readonly probes: Readonly<
    Record<string, Readonly<Record<"batch1" | "batch2", Readonly<Record<string, number>>>>>
  >;
}

/** By `scripts/count-probes.py`. */
const more: { readonly groups: readonly MoreProbes[] } = JSON.parse(
  readFileSync(new URL("../golden/count-probes.json", import.meta.url), "utf8"),
);

it.each(
  more.groups.flatMap(({ input, spelling, probes }) =>
    Object.entries(probes).map(([stage, values]) => ({ stage, spelling, input, values })),
  ),
)("counts further operations as the tools do: $stage as $spelling of $input", (probe) => {
  const { stage, spelling, values: measured } = probe;
  const [channels, ...sizes] = probe.input;
  const text = `dn 1;\nmodel m { set order = bare; input x: f32[${channels} @ ${sizes.join("x")}]; output y = x < ${stage} >; }\n`;
  const graph = graphOf({ text });
  for (const [batch, values] of [
    [1, measured.batch1],
    [2, measured.batch2],
  ] as const) {
    for (const [tool, value] of Object.entries(values)) {
      const found = convention(tool)
        .count(graph, {
          batch,
          phase: "infer",
          spellingOf: () => (/x\)$|^gate/.test(stage) ? "operator" : spelling),
        })
        .at(-1);
      expect([Number(found?.amount), found?.isKnown], `${tool}, batch ${batch}`).toEqual([value, true]);
    }
  }
});

it.each(Object.entries(golden.probes.tf_profiler_batch1.values))(
  "counts one operation as tf.profiler does: %s",
  (name, value) => {
    expect(countOfProbe("tf_profiler", name)).toBe(value);
  },
);

it.each(Object.entries(golden.probes.onnx_tool_batch1.values))(
  "counts one operation as onnx-tool does: %s",
  (name, value) => {
    expect(countOfProbe("onnx_tool", name)).toBe(value);
  },
);

/** Of inputs of one sample: maps of 6 channels, vectors of 14. */
function countOfProbe(tool: string, name: string): number {
  const map = name === "conv3d" ? [6, 4, 6, 8] : [6, 10, 12];
  const shape = /^(matmul|gemm)/.test(name) ? [14] : name === "softmax" ? [1000] : map;
  const counts = convention(tool).count(graphOfProbe(name, shape), { batch: 1, phase: "infer" });
  expect(counts.at(-1)?.isKnown).toBe(true);
  return Number(counts.at(-1)?.amount);
}
