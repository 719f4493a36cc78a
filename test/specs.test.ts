/** Published and measured counts of whole networks, from their specs: every integer must be the same. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { check } from "../src/compile.ts";
import { dimensions } from "../src/ir/shape.ts";
import { avgpool } from "../src/ops/avgpool.ts";
import { bn } from "../src/ops/bn.ts";
import { concat } from "../src/ops/concat.ts";
import { conv } from "../src/ops/conv.ts";
import { countsOf } from "../src/ops/counts.ts";
import { depthOf } from "../src/ops/depth.ts";
import { linear } from "../src/ops/linear.ts";
import type { CheckedGraph, Op, OpNode } from "../src/ops/op.ts";
import { upconv } from "../src/ops/upconv.ts";
import { windowOf as windowOfNode } from "../src/ops/window.ts";
import { NETWORK_SPECS } from "./networks.ts";
import { MEASURED } from "./report/measured-models.ts";
import {
  elaborateTarget,
  load,
  graphOf as makeGraph,
  SPECS,
  type SpecTarget,
  shapesAt,
} from "./report/spec-files.ts";

const graphs = new Map<SpecTarget, CheckedGraph>();

/** Made once, however many tests look at it. */
function graphOf(target: SpecTarget): CheckedGraph {
  const graph = graphs.get(target) ?? makeGraph(target);
  graphs.set(target, graph);
  return graph;
}

interface GoldenModel {
  readonly id: string;
  readonly spec: {
    readonly family: string;
    readonly blocks?: readonly number[];
    readonly bottleneck?: boolean;
  };
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly params: Readonly<
    Record<"trainable" | "bn_buffers" | "conv_weights" | "conv_biases" | "bn" | "linear", number>
  >;
  readonly macs: Readonly<Record<"total" | "conv" | "fc", number>>;
  readonly tensors: Readonly<Record<"trainable" | "with_running_stats", number>>;
  readonly depth?: number;
  readonly min_square_input: {
    readonly value: number;
    readonly checked_up_to: number;
    readonly legal_sizes?: readonly number[];
  };
  readonly channels?: readonly { readonly at: string; readonly channels: number | readonly number[] }[];
  readonly stages: readonly {
    readonly name: string;
    readonly out: readonly number[];
    readonly params: number;
    readonly macs: number;
  }[];
}

const golden: { readonly models: readonly GoldenModel[] } = readGolden("models.json");

const goldenById = new Map(golden.models.map((model) => [model.id, model]));

it("every measured model is held by a spec", () => {
  expect(Object.keys(MEASURED).toSorted()).toEqual([...goldenById.keys()].toSorted());
});

it("every model of specs/ was measured", () => {
  const names = readdirSync(SPECS)
    .filter((name) => name.endsWith(".dn"))
    .flatMap((name) => {
      const path = join(SPECS, name);
      return check({ path, text: readFileSync(path, "utf8") }, { load }).models;
    })
    .map((model) => model.name);
  const measured = [
    ...Object.values(MEASURED).map((target) => graphOf(target).name),
    ...Object.values(NETWORK_SPECS).map(({ model }) => model),
  ];
  expect([...new Set(measured)].toSorted()).toEqual(names.toSorted());
});

for (const [id, target] of Object.entries(MEASURED)) {
  it(`${id} has the parameters, buffers and multiply-adds that were measured`, () => {
    const graph = graphOf(target);
    const model = goldenNamed(id);
    expect(numbersOf(graph)).toEqual({ ...model.params, ...model.macs, ...prefixed(model.tensors) });
    expect(shapesAt(graph.inputs, graph)).toEqual([model.input.slice(1)]);
    expect(shapesAt(graph.outputs, graph)).toEqual([model.output.slice(1)]);
    if (model.depth !== undefined) expect(depthOf(graph)).toBe(model.depth);
  });
}

for (const [id, target] of Object.entries(MEASURED)) {
  const { channels, spec, stages } = goldenNamed(id);
  if (channels === undefined) continue;

  it(`${id} has the channels that were measured after each layer`, () => {
    const { nodes } = graphOf(target);
    const stem = nodes.find(({ op }) => op === conv);
    const marks = nodes.filter((node) => node === stem || node.op === concat || node.op === avgpool);
    expect(marks.map(({ shape }) => shape.channels)).toEqual(channels.flatMap((entry) => entry.channels));
  });

  it(`${id} has the parameters, multiply-adds and shape that were measured in each stage`, () => {
    const graph = graphOf(target);
    const layerOps = spec.bottleneck === true ? 7 : 4;
    let at = graph.inputs.length;
    const measured = stages.map(({ name }) => {
      const block = /\.denseblock(\d+)$/.exec(name)?.[1];
      const layers = spec.blocks?.[Number(block) - 1] ?? 0;
      const length = block !== undefined ? layers * layerOps : /\.transition\d+$/.test(name) ? 4 : 1;
      // Activations and the pool that PyTorch calls as functions are no stages of theirs.
      if (name === "classifier") at = graph.nodes.length - 1;
      const nodes = graph.nodes.slice(at, at + length);
      at += length;
      const { params, macs } = countsOf(nodes, graph);
      return { name, out: dimensionsOf(nodes.at(-1)), params: Number(params), macs: Number(macs) };
    });
    expect(measured).toEqual(stages);
  });
}

for (const [id, target] of Object.entries(MEASURED)) {
  const { input, min_square_input: smallest } = goldenNamed(id);
  // Sizes of the published Inception block are fixed; the valid U-Net refuses sizes whose halves lose a row.
  if (target.input !== undefined && smallest.legal_sizes === undefined) continue;
  if (id.startsWith("inception")) continue;

  it(`${id} takes the square inputs that PyTorch's network takes`, () => {
    const name = graphOf(target).inputs[0]?.name ?? "";
    const takes = (size: number) => {
      const sizes = [input[1], ...input.slice(2).map(() => size)].join("x");
      const { diagnostics } = elaborateTarget({ ...target, input: `${name}=${sizes}` });
      return diagnostics.every(({ severity }) => severity !== "error");
    };
    const { value, legal_sizes: legal, checked_up_to: end } = smallest;
    if (legal !== undefined) {
      const sizes = Array.from({ length: end }, (_, index) => index + 1);
      expect(sizes.filter(takes)).toEqual(legal);
    } else {
      expect(takes(value)).toBe(true);
      if (value > 1) expect(takes(value - 1)).toBe(false);
    }
  });
}

it("the valid U-Net takes the squares whose halves lose no row", () => {
  const sizes = Array.from({ length: 60 }, (_, index) => index + 170);
  const taken = sizes.filter((size) =>
    elaborateTarget({ file: "unet.dn", model: "unet", input: `image=1x${size}x${size}` }).diagnostics.every(
      ({ severity }) => severity !== "error",
    ),
  );
  expect(taken).toEqual([188, 204, 220]);
});

interface GoldenOp {
  readonly i: number;
  readonly op: string;
  readonly inputs: readonly number[];
  readonly out: readonly number[];
  readonly params: number;
  readonly buffers: number;
  readonly macs: number;
  readonly kernel?: readonly number[];
  readonly stride?: readonly number[];
  readonly padding?: readonly number[];
}

const OP_NAMES: Readonly<Record<string, string>> = {
  conv: "conv",
  batch_norm: "bn",
  relu: "relu",
  max_pool: "maxpool",
  avg_pool: "avgpool",
  concat: "concat",
  global_avg_pool: "gap",
  linear: "linear",
};

it("densenet121 is torchvision's network, op by op", () => {
  const layers: { readonly ops: readonly GoldenOp[] } = readGolden("densenet121_layers.json");
  const graph = graphOf({ file: "densenet121.dn" });
  // What copies a value, as the first concat of a block and the flatten do, is its source.
  const idOf = new Map([[-1, 0]]);
  const expected = layers.ops.flatMap(({ i, op, inputs, out, params, buffers, macs, ...window }) => {
    const sources = inputs.map((source) => idOf.get(source) ?? Number.NaN);
    if (op === "flatten" || (op === "concat" && sources.length === 1)) {
      idOf.set(i, sources[0] ?? Number.NaN);
      return [];
    }
    const id = new Set(idOf.values()).size;
    idOf.set(i, id);
    // PyTorch keeps axes of one position, which its flatten takes off.
    const shape = op === "global_avg_pool" ? out.slice(0, 1) : out;
    return [{ id, op: OP_NAMES[op], sources, out: shape, params, buffers, macs, window: bothSides(window) }];
  });
  const actual = graph.nodes.slice(1).map((node) => {
    const { params, buffers, macs } = countsOf([node], graph);
    return {
      id: node.id,
      op: node.op.name,
      sources: node.op === concat ? joinedBy(node, graph) : node.inputs,
      out: dimensionsOf(node),
      params: Number(params),
      buffers: Number(buffers),
      macs: Number(macs),
      window: windowOf(node, graph.nodes),
    };
  });
  expect(actual).toEqual(expected);
});

function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8"));
}

function goldenNamed(id: string): GoldenModel {
  const model = goldenById.get(id);
  if (model === undefined) throw new Error(`no measured model ${id}`);
  return model;
}

/** The numbers of the golden data, counted in our graph. */
function numbersOf(graph: CheckedGraph): Readonly<Record<string, number>> {
  const of = (...ops: readonly Op<never>[]) =>
    countsOf(
      graph.nodes.filter(({ op }) => ops.includes(op)),
      graph,
    );
  const total = countsOf(graph.nodes, graph);
  const [convolutions, norms, linears] = [of(conv, upconv), of(bn), of(linear)];
  const weights = graph.nodes.flatMap((node) => node.weights);
  const biases = graph.nodes
    .filter(({ op }) => op === conv || op === upconv)
    .flatMap((node) => node.weights)
    .filter(({ role }) => role === "bias")
    .reduce((sum, { shape: [length = 0] }) => sum + length, 0);
  return {
    trainable: Number(total.params),
    bn_buffers: Number(total.buffers),
    trainable_plus_bn_buffers: Number(total.params + total.buffers),
    conv_weights: Number(convolutions.params) - biases,
    conv_biases: biases,
    bn: Number(norms.params),
    linear: Number(linears.params),
    total: Number(total.macs),
    conv: Number(convolutions.macs),
    fc: Number(linears.macs),
    tensors_trainable: weights.filter(({ trainable }) => trainable).length,
    tensors_with_running_stats: weights.length,
  };
}

function prefixed({
  trainable,
  with_running_stats,
}: GoldenModel["tensors"]): Readonly<Record<string, number>> {
  return { tensors_trainable: trainable, tensors_with_running_stats: with_running_stats };
}

function dimensionsOf(node: OpNode | undefined): readonly number[] {
  return node === undefined ? [] : dimensions(node.shape);
}

/** The operands of a running concat, as one concat of many would name them. */
function joinedBy(node: OpNode, graph: CheckedGraph): readonly number[] {
  return node.inputs.flatMap((id) => {
    const source = graph.nodes[id];
    return source?.op === concat ? joinedBy(source, graph) : [id];
  });
}

/** Size, stride and padding of the windows; PyTorch pads both sides alike. */
function bothSides({
  kernel,
  stride,
  padding = [],
}: Pick<GoldenOp, "kernel" | "stride" | "padding">): unknown {
  return kernel && [kernel, stride, padding.map((pad) => [pad, pad])];
}

function windowOf(node: OpNode, nodes: readonly OpNode[]): unknown {
  const window = windowOfNode(node, nodes[node.inputs[0] ?? -1]?.shape);
  if (window === undefined) return undefined;
  const { size, stride, padding } = window;
  return [size, stride, padding];
}
