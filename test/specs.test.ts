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
import { windowOf as windowOfNode } from "../src/ops/window.ts";
import { elaborateTarget, load, graphOf as makeGraph, SPECS, type SpecTarget } from "./report/spec-files.ts";
import { CIFAR_RESNET, DENSENET_FAMILY, INCEPTION, SEED, VARIANTS } from "./report/spec-texts.ts";

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

/** How each measured model is written. */
const MEASURED: Readonly<Record<string, SpecTarget>> = {
  densenet121: { file: "densenet121.dn" },
  densenet169: { file: "densenet169.dn" },
  densenet201: { file: "densenet201.dn" },
  densenet161: { file: "densenet161.dn" },
  densenet264: { file: "densenet264.dn" },
  densenet264_k48: { text: VARIANTS, model: "densenet264_k48" },
  densenet232_k48: { text: VARIANTS, model: "densenet232_k48" },
  densenet_l40_k12: { file: "densenet-cifar.dn", model: "densenet_l40_k12" },
  densenet_l40_k12_init24: { text: VARIANTS, model: "densenet_l40_k12_init24" },
  densenet_l40_k12_init24_half: { text: VARIANTS, model: "densenet_l40_k12_init24_half" },
  densenet_l100_k12: { file: "densenet-cifar.dn", model: "densenet_l100_k12" },
  densenet_l100_k24: { file: "densenet-cifar.dn", model: "densenet_l100_k24" },
  densenet_bc_l100_k12: { file: "densenet-cifar.dn" },
  densenet_bc_l100_k12_c100: { file: "densenet-cifar.dn", set: ["classes=100"] },
  densenet_bc_l100_k12_1ch28: { file: "densenet-cifar.dn", input: "x=1x28x28" },
  densenet_bc_l250_k24: { file: "densenet-cifar.dn", model: "densenet_bc_l250_k24" },
  densenet_bc_l250_k24_c100: {
    file: "densenet-cifar.dn",
    model: "densenet_bc_l250_k24",
    set: ["classes=100"],
  },
  densenet_bc_l190_k40: { file: "densenet-cifar.dn", model: "densenet_bc_l190_k40" },
  densenet_bc_l190_k40_c100: {
    file: "densenet-cifar.dn",
    model: "densenet_bc_l190_k40",
    set: ["classes=100"],
  },
  densenet_bc_l40_k36: { text: VARIANTS, model: "densenet_bc", set: ["L=40", "k=36"] },
  densenet_bc_l40_k48: { text: VARIANTS, model: "densenet_bc", set: ["L=40", "k=48"] },
  densenet_bc_l40_k60: { text: VARIANTS, model: "densenet_bc", set: ["L=40", "k=60"] },
  densenet_bc_l16_k12: { text: VARIANTS, model: "densenet_bc", set: ["L=16", "k=12"] },
  densenet121_1ch: { file: "densenet121.dn", set: ["cin=1"] },
  densenet121_1ch_2cls: { file: "densenet121-gray.dn", model: "densenet121_gray2d" },
  densenet121_3d_1ch_2cls: { file: "densenet121-gray.dn", model: "densenet121_gray3d" },
  densenet121_1d_2ch_2cls: { file: "densenet121-gray.dn", model: "densenet121_gray1d", set: ["cin=2"] },
  tiny: { file: "densenet-tiny.dn" },
  resnet18: { text: VARIANTS, model: "resnet18" },
  resnet34: { text: VARIANTS, model: "resnet34" },
  resnet50: { text: VARIANTS, model: "resnet50" },
  inception3a: { text: INCEPTION, model: "inception3a" },
  inception3a_torchvision: { text: VARIANTS, model: "inception3a_torchvision" },
};

/** Measured models that need stages which are not supported yet: `chpad` (option A shortcuts), `upconv` (U-Net). */
const NOT_YET = /^(resnet\d+_cifar|unet_.*)$/;

/** Models of `specs/` that no measured model equals, with their published counts. */
const COUNTED: Readonly<Record<string, { readonly target: SpecTarget; readonly params: bigint }>> = {
  densenet121_gray1d: {
    target: { file: "densenet121-gray.dn", model: "densenet121_gray1d" },
    params: 5_521_538n,
  },
};

it("every measured model has a spec or a stated reason", () => {
  const missing = golden.models.map(({ id }) => id).filter((id) => !(id in MEASURED) && !NOT_YET.test(id));
  expect(missing).toEqual([]);
  expect(Object.keys(MEASURED).filter((id) => !goldenById.has(id) || NOT_YET.test(id))).toEqual([]);
});

it("every model of specs/ is counted here", () => {
  const names = readdirSync(SPECS)
    .filter((name) => name.endsWith(".dn"))
    .flatMap((name) => {
      const path = join(SPECS, name);
      return check({ path, text: readFileSync(path, "utf8") }, { load }).models;
    })
    .map((model) => model.name);
  const counted = [...Object.values(MEASURED), ...Object.values(COUNTED).map(({ target }) => target)]
    .filter(({ file, set, input }) => file !== undefined && set === undefined && input === undefined)
    .map((target) => graphOf(target).name);
  expect(counted.toSorted()).toEqual(names.toSorted());
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

for (const [name, { target, params }] of Object.entries(COUNTED)) {
  it(`${name} has its published parameters`, () => {
    const graph = graphOf(target);
    expect(countsOf(graph.nodes, graph).params).toBe(params);
  });
}

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

it("the seed alone checks, and is the first block of DenseNet-121", () => {
  const errors = check({ path: "seed.dn", text: SEED }).diagnostics.filter(
    ({ severity }) => severity === "error",
  );
  expect(errors).toEqual([]);
  const text = `${SEED}\nmodel one { set order = pre; input x: f32[64 @ 56x56]; output y = x < dense > : f32[256 @ 56x56]; }`;
  const graph = graphOf({ text: `dn 1;\n${text}` });
  expect(countsOf(graph.nodes, graph)).toEqual({ params: 335_040n, buffers: 3_264n, macs: 1_040_449_536n });
});

it("the DenseNet-BC family of one model has the parameters of its members", () => {
  const names = ["densenet121", "densenet169", "densenet201", "densenet161"];
  expect(names.map((model) => paramsOf({ text: DENSENET_FAMILY, model }))).toEqual([
    7_978_856n,
    14_149_480n,
    20_013_928n,
    28_681_000n,
  ]);
});

it("the DenseNet without bottlenecks written with a loop has its published parameters", () => {
  expect(paramsOf({ text: DENSENET_FAMILY, model: "densenet40" })).toBe(1_019_722n);
});

it("the CIFAR ResNets with projections have their published parameters, up to 1202 layers", () => {
  expect(paramsOf({ text: CIFAR_RESNET, model: "resnetCifar" })).toBe(1_730_714n);
  expect(paramsOf({ text: CIFAR_RESNET, model: "resnet1202" })).toBe(19_424_026n);
});

it("a budget that is missed by one is an error", () => {
  const text = INCEPTION.replace("params == 163_696", "params == 163_697");
  const { diagnostics } = elaborateTarget({ text });
  expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ["DN0614", "expected `params == 163_697`, and params is 163,696"],
  ]);
});

function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8"));
}

function goldenNamed(id: string): GoldenModel {
  const model = goldenById.get(id);
  if (model === undefined) throw new Error(`no measured model ${id}`);
  return model;
}

function paramsOf(target: SpecTarget): bigint {
  const graph = graphOf(target);
  return countsOf(graph.nodes, graph).params;
}

/** The numbers of the golden data, counted in our graph. */
function numbersOf(graph: CheckedGraph): Readonly<Record<string, number>> {
  const of = (op: Op<never> | undefined) =>
    countsOf(op === undefined ? graph.nodes : graph.nodes.filter((node) => node.op === op), graph);
  const [total, convolutions, norms, linears] = [of(undefined), of(conv), of(bn), of(linear)];
  const weights = graph.nodes.flatMap((node) => node.weights);
  const biases = graph.nodes
    .filter(({ op }) => op === conv)
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

function shapesAt(ports: CheckedGraph["inputs"], graph: CheckedGraph): readonly (readonly number[])[] {
  return ports.map(({ node }) => dimensionsOf(graph.nodes[node]));
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
