/** The numbers of a whole model that `expect` may name: for one sample of 32-bit numbers, at inference. */
import { withSeparators } from "../base/text.ts";
import { elementCount } from "../ir/shape.ts";
import { countsByNode, macsOf, weightCountsOf } from "../ops/counts.ts";
import { depthOf } from "../ops/depth.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import type { Convention } from "./convention.ts";
import { livenessOf } from "./liveness.ts";
import { oncePerGraph } from "./once-per-graph.ts";

export interface Metric {
  /** As a person writes it: `macs("fvcore")`. */
  readonly name: string;
  /** Whether it depends on sizes. */
  readonly needsSizes: boolean;
  total(graph: CheckedGraph): bigint;
  /** What each operation adds to it, by node; absent where the total is no sum. */
  shares?(graph: CheckedGraph): readonly bigint[];
}

const BYTES = 4;

const weightCounts = oncePerGraph((graph) => weightCountsOf(graph.nodes));

const METRICS: readonly Metric[] = [
  {
    name: "params",
    needsSizes: false,
    total: (graph) => weightCounts(graph).params,
    shares: (graph) => countsByNode(graph, (node) => weightCountsOf([node]).params),
  },
  {
    name: "buffers",
    needsSizes: false,
    total: (graph) => weightCounts(graph).buffers,
    shares: (graph) => countsByNode(graph, (node) => weightCountsOf([node]).buffers),
  },
  {
    name: "macs",
    needsSizes: true,
    total: oncePerGraph((graph) => sumOf(macsByNode(graph))),
    shares: macsByNode,
  },
  {
    name: "peak",
    needsSizes: true,
    total: (graph) => liveness(graph).peak,
    shares: (graph) => liveness(graph).live,
  },
  {
    // As fvcore and timm call it: what convolutions and linear layers put out.
    name: "activations",
    needsSizes: true,
    total: oncePerGraph((graph) => sumOf(graph.nodes.map(activationsOf))),
    shares: ({ nodes }) => nodes.map(activationsOf),
  },
  { name: "depth", needsSizes: false, total: oncePerGraph((graph) => BigInt(depthOf(graph))) },
];

export const METRIC_NAMES: ReadonlySet<string> = new Set(METRICS.map(({ name }) => name));

export function metricNamed(name: string): Metric | undefined {
  return METRICS.find((metric) => metric.name === name);
}

const counting = new WeakMap<Convention, Metric>();

/** `macs("fvcore")`. */
export function countingMetric(convention: Convention): Metric {
  const known = counting.get(convention);
  if (known !== undefined) return known;
  const shares = oncePerGraph((graph) =>
    convention.count(graph, { batch: 1, phase: "infer" }).map(({ amount }) => amount),
  );
  const metric: Metric = {
    name: `macs("${convention.data.id}")`,
    needsSizes: true,
    total: oncePerGraph((graph) => sumOf(shares(graph))),
    shares,
  };
  counting.set(convention, metric);
  return metric;
}

function macsByNode(graph: CheckedGraph): readonly bigint[] {
  return graph.nodes.map((node) => macsOf(node, graph));
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

function activationsOf({ weights, shape }: OpNode): bigint {
  return weights.some(({ role }) => role === "kernel") ? elementCount(shape) : 0n;
}

const liveness = oncePerGraph((graph) =>
  livenessOf(graph, { batch: 1, bytes: BYTES, phase: "infer", folded: new Map() }),
);

/** How many of the largest contributors are named. */
const SHOWN = 3;

export interface Contributor {
  readonly path: string;
  /** `net.dn:2:45`. */
  readonly place: string;
  readonly amount: bigint;
}

/** `most params: m/y/linear (30) at net.dn:2:45, …`; nothing where nothing contributes. */
export function largestContributors(name: string, contributors: readonly Contributor[]): readonly string[] {
  const parts = contributors
    .filter(({ amount }) => amount > 0n)
    .toSorted((a, b) => (a.amount > b.amount ? -1 : a.amount < b.amount ? 1 : 0))
    .slice(0, SHOWN)
    .map(({ path, place, amount }) => `${path} (${withSeparators(amount)}) at ${place}`);
  return parts.length === 0 ? [] : [`most ${name}: ${parts.join(", ")}`];
}
