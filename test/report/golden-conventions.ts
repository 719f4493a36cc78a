/** What tools counted, of single operations and of whole models, and the conventions that say the same. */
import { readFileSync } from "node:fs";
import type { Convention, Spelling } from "../../src/measure/convention.ts";
import { conventionNamed, isConvention } from "../../src/measure/conventions.ts";
import type { CheckedGraph, OpNode } from "../../src/ops/op.ts";

interface Probe {
  readonly op: string;
  readonly spelling?: Spelling;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly batch1?: Readonly<Record<string, number>>;
  readonly batch2: Readonly<Record<string, number>>;
}

export interface MeasuredModel {
  readonly spelling: Readonly<Record<string, Readonly<Partial<Record<Spelling, number>>>>>;
  readonly values: Readonly<Record<string, number>>;
  readonly values_by_rule?: Readonly<Record<string, number>>;
  readonly onnx_tool_measured?: Readonly<Record<string, { readonly value: number }>>;
}

interface Golden {
  readonly conventions: Readonly<Record<string, unknown>>;
  readonly probes: {
    readonly torch_tools: Readonly<Record<string, Probe>>;
    readonly tf_profiler_batch1: { readonly values: Readonly<Record<string, number>> };
    readonly onnx_tool_batch1: { readonly values: Readonly<Record<string, number>> };
  };
  readonly models: Readonly<Record<string, MeasuredModel>>;
  readonly bn_fold: Readonly<
    Record<string, { readonly foldable: number; readonly fvcore_without_foldable_bn: number }>
  >;
}

export const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/conventions.json", import.meta.url), "utf8"),
);

/** Names of the measurements that differ from those of `--convention`. */
export const IDS: Readonly<Record<string, string>> = {
  torch_flop_counter: "torch",
  ptflops_nofunctional: "ptflops-nofunctional",
  ptflops_aten: "ptflops-aten",
  tf_profiler: "tf-profiler",
  onnx_tool: "onnx-tool",
};

export function convention(name: string): Convention {
  const found = conventionNamed(IDS[name] ?? name);
  if (!isConvention(found)) throw new Error(found.why);
  return found;
}

export function totalOf(
  name: string,
  graph: CheckedGraph,
  options: {
    readonly batch?: number;
    readonly norms?: "folded";
    readonly spellingOf?: (node: OpNode) => Spelling | undefined;
  } = {},
): number {
  const counts = convention(name).count(graph, { batch: 1, phase: "infer", ...options });
  return Number(counts.reduce((sum, { amount }) => sum + amount, 0n));
}
