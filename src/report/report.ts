/** What a model costs: a row for each operation, subtotals for each part, totals of the whole, as pure data. */
import { groupBy } from "../base/group.ts";
import type { Span } from "../base/source.ts";
import type { GraphPort } from "../ir/graph.ts";
import type { Window } from "../ir/lowered.ts";
import { elementCount, type Shape } from "../ir/shape.ts";
import type { Convention, Count, Phase, Spelling } from "../measure/convention.ts";
import { foldableNorms } from "../measure/foldable.ts";
import { type KeptBytes, keptBytes } from "../measure/kept.ts";
import { livenessOf } from "../measure/liveness.ts";
import { fieldAtHead, type ReceptiveField, receptiveFields } from "../measure/receptive-field.ts";
import { sourcesOf, withFlatConcats } from "../measure/sources.ts";
import { trafficOf } from "../measure/traffic.ts";
import { bn } from "../ops/bn.ts";
import { countsByNode, inputShapes, macsOf, weightCountsOf } from "../ops/counts.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { describeOp } from "../ops/print.ts";
import { windowOf } from "../ops/window.ts";
import { type WindowSizes, windowSizes } from "../ops/window-sizes.ts";
import { partsOf } from "./parts.ts";
import { type Sums, sumOf } from "./sums.ts";

export const PARAMETER_KINDS = ["trainable", "keras", "folded"] as const;
/** `keras`: with running statistics; `folded`: after folding batch norms, as inference engines publish them. */
export type ParameterKind = (typeof PARAMETER_KINDS)[number];

export interface ReportOptions {
  /** Default 1. */
  readonly batch?: number;
  /** Default `infer`. */
  readonly phase?: Phase;
  /** Default: each convention does as it does by itself, and everything else keeps them. */
  readonly norms?: "kept" | "folded";
  /** Default `trainable`, or `folded` where the norms are. */
  readonly params?: ParameterKind;
  /** Of one element of an activation or weight; default 4. */
  readonly bytes?: number;
  /** Counted beside the multiply-adds. */
  readonly conventions?: readonly Convention[];
  /** Where a source writes an operation otherwise than the conventions take it to be. */
  readonly spellingOf?: (node: OpNode) => Spelling | undefined;
  readonly device?: Device;
}

/** What bounds an operation from below: its arithmetic, or the bytes that it moves. */
export interface Device {
  /** Floating-point operations a second. */
  readonly peak: number;
  /** Bytes a second. */
  readonly bandwidth: number;
}

export interface Report {
  readonly model: string;
  readonly inputs: readonly ReportPort[];
  readonly outputs: readonly ReportPort[];
  readonly circumstances: Circumstances;
  readonly conventions: readonly ConventionTotal[];
  readonly totals: Sums;
  readonly memory: ReportMemory;
  readonly norms: ReportNorms;
  /** Of the last map before the outputs. */
  readonly field: ReceptiveField;
  /** In execution order. */
  readonly rows: readonly ReportRow[];
  /** The same rows as a tree, by their paths. */
  readonly parts: readonly ReportPart[];
}

export interface Circumstances extends Required<Pick<ReportOptions, "batch" | "phase" | "params" | "bytes">> {
  readonly norms: "kept" | "folded";
  readonly device?: Device;
}

export interface ConventionTotal {
  readonly convention: Convention;
  readonly total: bigint;
  /** Of what kinds of operations it is made, where the convention tells. */
  readonly kinds: Readonly<Record<string, bigint>>;
  /** Operations without a rule, which count 0, and how many there are of each. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Whether it folds batch norms. */
  readonly folds: boolean;
  /** How operations are taken to be written, where it matters: `relu` as `module`. */
  readonly spelled: ReadonlyMap<Spelling, readonly string[]>;
}

export interface ReportMemory {
  /** The most bytes of activations alive at once, as the spec is written. */
  readonly peak: bigint;
  /** The path of the first operation where they are. */
  readonly at: string;
  /** The same where each concat is made of all its parts, not of the concat before it. */
  readonly flatPeak: bigint;
  readonly kept: KeptBytes;
}

export interface ReportNorms {
  readonly count: number;
  readonly foldable: number;
  /** Parameters after folding. */
  readonly foldedParams: bigint;
}

export interface ReportPort {
  readonly name: string;
  readonly shape: Shape;
}

/** One operation. A weight that several operations share counts in the first. */
export interface ReportRow extends Sums {
  readonly kind: "row";
  readonly path: string;
  readonly op: string;
  /** With its window: `conv 7x7 /2 pad 3`. */
  readonly described: string;
  readonly in: readonly Shape[];
  readonly out: Shape;
  readonly window?: Window;
  /** As `window`, and of transposed convolutions, too. */
  readonly windowSizes?: WindowSizes;
  readonly span: Span;
  /** Bytes of activations alive while it runs. */
  readonly live: bigint;
  readonly field: ReceptiveField;
  /** Of how many values its operands are made, seen through concats. */
  readonly fanIn: number;
  /** Under each convention, in their order. */
  readonly counted: readonly Count[];
}

/** The operations whose paths begin alike: a value, a call of a block, a repetition, a unit. */
export interface ReportGroup extends Sums {
  readonly kind: "group";
  readonly path: string;
  /** Of its last operation. */
  readonly out: Shape;
  readonly field: ReceptiveField;
  /** The most of its operations. */
  readonly live: bigint;
  /** How many operations it holds. */
  readonly ops: number;
  /** In execution order; their sums add up to those of the group. */
  readonly parts: readonly ReportPart[];
}

export type ReportPart = ReportRow | ReportGroup;

export function reportOf(graph: CheckedGraph, options: ReportOptions = {}): Report {
  const circumstances = circumstancesOf(options);
  const folds = foldableNorms(graph);
  const portOf = ({ name, node }: GraphPort): readonly ReportPort[] => {
    const shape = graph.nodes[node]?.shape;
    return shape === undefined ? [] : [{ name, shape }];
  };
  const byteOptions = { ...circumstances, folded: foldedIn(circumstances, folds) };
  const { live, peak, at } = livenessOf(graph, byteOptions);
  const fields = receptiveFields(graph);
  const rows = rowsOf(graph, { options, circumstances, folds, live, fields });
  return {
    model: graph.name,
    inputs: graph.inputs.flatMap(portOf),
    outputs: graph.outputs.flatMap(portOf),
    circumstances,
    conventions: (options.conventions ?? []).map((convention, index) =>
      totalOf(convention, { graph, rows, index, options }),
    ),
    totals: sumOf(rows),
    memory: {
      peak,
      at: graph.nodes[at]?.path ?? "",
      flatPeak: livenessOf(withFlatConcats(graph), byteOptions).peak,
      kept: keptBytes(graph, circumstances),
    },
    norms: {
      count: graph.nodes.filter(({ op }) => op === bn).length,
      foldable: folds.size,
      foldedParams: parametersOf(graph, "folded", folds).reduce((sum, params) => sum + params, 0n),
    },
    field: fieldAtHead(graph, fields),
    rows,
    // Every path begins with the model.
    parts: partsOf(rows, 1),
  };
}

function circumstancesOf({
  batch = 1,
  phase = "infer",
  norms = "kept",
  params,
  bytes = 4,
  device,
}: ReportOptions): Circumstances {
  return {
    batch,
    phase,
    norms,
    params: params ?? (norms === "folded" ? "folded" : "trainable"),
    bytes,
    ...(device && { device }),
  };
}

function foldedIn({ norms }: Circumstances, folds: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  return norms === "folded" ? folds : new Map();
}

interface Given {
  readonly options: ReportOptions;
  readonly circumstances: Circumstances;
  readonly folds: ReadonlyMap<number, number>;
  readonly live: readonly bigint[];
  readonly fields: readonly ReceptiveField[];
}

function rowsOf(graph: CheckedGraph, given: Given): readonly ReportRow[] {
  const { options, circumstances, folds, live, fields } = given;
  const { batch, phase, bytes, device } = circumstances;
  const byteOptions = { ...circumstances, folded: foldedIn(circumstances, folds) };
  const { unfused, fused } = trafficOf(graph, byteOptions);
  const sources = sourcesOf(graph);
  const parameters = parametersOf(graph, circumstances.params, folds);
  const counts = (options.conventions ?? []).map((convention) =>
    convention.count(graph, {
      batch,
      phase,
      ...(options.norms && { norms: options.norms }),
      ...(options.spellingOf && { spellingOf: options.spellingOf }),
    }),
  );
  const buffers = countsByNode(graph, (node) => weightCountsOf([node]).buffers);
  return graph.nodes.map((node): ReportRow => {
    const { id, path, op, shape, origin } = node;
    const operand = graph.nodes[node.inputs[0] ?? -1]?.shape;
    const window = windowOf(node, operand);
    const sizes = operand && windowSizes(node, operand);
    const counted = counts.flatMap((each) => each[id] ?? []);
    const macs = macsOf(node, graph) * BigInt(batch);
    const traffic = unfused[id] ?? 0n;
    return {
      kind: "row",
      path,
      op: op.name,
      described: describeOp(node, graph.nodes),
      in: inputShapes(node, graph.nodes) ?? [],
      out: shape,
      ...(window === undefined ? {} : { window }),
      ...(sizes === undefined ? {} : { windowSizes: sizes }),
      params: parameters[id] ?? 0n,
      buffers: buffers[id] ?? 0n,
      macs,
      written: node.inputs.length === 0 ? 0n : elementCount(shape) * BigInt(batch * bytes),
      traffic,
      fusedTraffic: fused[id] ?? 0n,
      picoseconds: device === undefined ? 0n : leastPicoseconds(macs, traffic, device),
      counts: counted.map(({ amount }) => amount),
      counted,
      span: origin.span,
      live: live[id] ?? 0n,
      field: fields[id] ?? [],
      fanIn: sources[id]?.length ?? 0,
    };
  });
}

/** Folding replaces the scale and shift of a norm by a bias, unless the operation before it has one. */
function parametersOf(
  graph: CheckedGraph,
  kind: ParameterKind,
  folds: ReadonlyMap<number, number>,
): readonly bigint[] {
  const absorbing = new Set(folds.values());
  return countsByNode(graph, (node) => {
    const { params, buffers } = weightCountsOf([node]);
    if (kind === "keras") return params + buffers;
    if (kind === "trainable") return params;
    if (folds.has(node.id)) return 0n;
    const gainsBias = absorbing.has(node.id) && !node.weights.some(({ role }) => role === "bias");
    return gainsBias ? params + BigInt(node.shape.channels) : params;
  });
}

interface CountedRows {
  readonly graph: CheckedGraph;
  readonly rows: readonly ReportRow[];
  /** Of the convention among those of the report. */
  readonly index: number;
  readonly options: ReportOptions;
}

function totalOf(convention: Convention, { graph, rows, index, options }: CountedRows): ConventionTotal {
  const { norms, spelling = {} } = convention.data;
  const kinds: Record<string, bigint> = {};
  let total = 0n;
  for (const { counted } of rows) {
    const count = counted[index];
    if (count === undefined) continue;
    total += count.amount;
    for (const [kind, amount] of Object.entries(count.kinds)) kinds[kind] = (kinds[kind] ?? 0n) + amount;
  }
  const unknown = groupBy(
    rows.filter(({ counted }) => counted[index]?.isKnown === false),
    ({ op }) => op,
  );
  const spelled = graph.nodes.flatMap((node): readonly (readonly [Spelling, string])[] => {
    const usual = spelling[node.op.name];
    return usual === undefined ? [] : [[options.spellingOf?.(node) ?? usual, node.op.name]];
  });
  return {
    convention,
    total,
    kinds,
    unknown: new Map([...unknown].map(([op, alike]) => [op, alike.length])),
    folds: (options.norms ?? norms) === "folded",
    spelled: new Map(
      [...groupBy(spelled, ([form]) => form)].map(([form, ops]) => [
        form,
        [...new Set(ops.map(([, op]) => op))],
      ]),
    ),
  };
}

/** No operation can take less on the device: its arithmetic or the bytes that it moves, whichever takes longer. */
function leastPicoseconds(macs: bigint, traffic: bigint, { peak, bandwidth }: Device): bigint {
  return BigInt(Math.round(1e12 * Math.max((2 * Number(macs)) / peak, Number(traffic) / bandwidth)));
}
