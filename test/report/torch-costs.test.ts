/**
 * What networks cost against what PyTorch keeps for their backward pass and what tools count of them: shipped networks,
 * and some that are written here and nowhere else.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Spelling } from "../../src/measure/convention.ts";
import type { CheckedGraph, OpNode } from "../../src/ops/op.ts";
import { reportOf } from "../../src/report/report.ts";
import { convention, totalOf } from "./golden-conventions.ts";
import { graphOf, type SpecTarget } from "./spec-files.ts";

interface Measured {
  readonly params: number;
  readonly kept_bytes_batch_2: number;
  readonly peak_bytes: number;
  /** By operation, how its calls are written and how many follow one another alike. */
  readonly spelling?: Readonly<Record<string, readonly (readonly [spelling: Spelling, calls: number])[]>>;
  /** What tools count of the others is in `conventions.json`. */
  readonly counts?: Readonly<Record<string, number>>;
}

const { networks } = JSON.parse(
  readFileSync(new URL("../golden/torch-costs.json", import.meta.url), "utf8"),
) as { readonly networks: Readonly<Record<string, Measured>> };

const UNSEEN = readFileSync(new URL("unseen.dn", import.meta.url), "utf8");

const TARGETS: Readonly<Record<string, SpecTarget>> = {
  ...Object.fromEntries(
    [...UNSEEN.matchAll(/^model (\w+)/gm)].map(([, model = ""]) => [model, { text: UNSEEN, model }]),
  ),
  densenet121: { file: "densenet121.dn" },
  densenet161: { file: "densenet161.dn" },
  densenet169: { file: "densenet169.dn" },
  densenet201: { file: "densenet201.dn" },
  resnet18: { file: "resnet.dn", model: "resnet18" },
  resnet50: { file: "resnet.dn", model: "resnet50" },
  resnet20_cifar: { file: "resnet-cifar.dn", model: "resnet20_cifar" },
  resnet110_cifar: { file: "resnet-cifar.dn", model: "resnet110_cifar" },
  unet: { file: "unet.dn", model: "unet", input: "H=572,W=572" },
  unet2d: { file: "unet.dn", model: "unet2d", input: "H=256,W=256" },
  unet2d_bn: { file: "unet.dn", model: "unet2d_bn", input: "H=256,W=256" },
  vgg16: { file: "vgg.dn" },
  googlenet: { file: "googlenet.dn", model: "googlenet" },
  squeezenet1_0: { file: "squeezenet.dn", model: "squeezenet1_0" },
  squeezenet1_1: { file: "squeezenet.dn", model: "squeezenet1_1" },
  mobilenet_v1: { file: "mobilenet-v1.dn" },
  mobilenet_v2: { file: "mobilenet-v2.dn" },
  efficientnet_b0: { file: "efficientnet.dn" },
  resnet101: { file: "resnet.dn", model: "resnet101" },
  resnet152: { file: "resnet.dn", model: "resnet152" },
  resnext50_32x4d: { file: "resnext.dn", model: "resnext50" },
  se_resnet50: { file: "se-resnet.dn" },
  densenet264d: { file: "densenet-wide.dn", model: "densenet264d" },
  peleenet: { file: "peleenet.dn" },
  preresnet20: { file: "resnet-preact.dn", model: "preresnet20" },
  resnet20_cifar_projected: { file: "resnet-cifar.dn", model: "resnet20_cifar_projected" },
  fc_densenet56: { file: "fc-densenet.dn", model: "fc_densenet56", input: "H=224,W=224" },
  fc_densenet103: { file: "fc-densenet.dn", model: "fc_densenet103", input: "H=224,W=224" },
  unet3d: { file: "unet.dn", model: "unet3d", input: "D=32,H=32,W=32" },
};

it("knows a spec of every network that was measured", () => {
  expect(Object.keys(TARGETS).toSorted()).toEqual(Object.keys(networks).toSorted());
});

const each = Object.entries(networks);
const graphs = new Map<string, CheckedGraph>();
function networkNamed(name: string): CheckedGraph {
  const graph = graphs.get(name) ?? graphOf(TARGETS[name] ?? {});
  graphs.set(name, graph);
  return graph;
}

it.each(each)("has as many parameters, and keeps as many bytes as PyTorch: %s", (name, measured) => {
  const { totals, memory } = reportOf(networkNamed(name), { batch: 2 });
  expect(Number(totals.params)).toBe(measured.params);
  expect(Number(memory.kept.naive)).toBe(measured.kept_bytes_batch_2);
});

/** Where PyTorch makes values at the peak that are no results of operations of the spec, and why. */
const MAKES_MORE: Readonly<Record<string, string>> = {
  transposed: "no tanh in place",
  modern: "no GELU in place",
  attended: "local response norms in steps",
  even_windows: "rows are added before the convolution",
  signal: "a pool of signals reshapes its indices",
};

it.each(each)("has as many bytes alive at once as PyTorch: %s", (name, measured) => {
  const { memory } = reportOf(networkNamed(name), {});
  // The DenseNets of torchvision and timm join all parts of a block at once, the specs one after the other.
  const peak = Number(name.startsWith("densenet") ? memory.flatPeak : memory.peak);
  if (MAKES_MORE[name] === undefined) expect(peak).toBe(measured.peak_bytes);
  else expect(peak).toBeLessThan(measured.peak_bytes);
});

/** A mean of all positions has two names here. */
function calledName({ op, shape }: OpNode): string {
  return op.name === "avgpool" && shape.sizes.every((size) => size === 1) ? "gap" : op.name;
}

function spellingsOf(graph: CheckedGraph, { spelling = {} }: Measured): ReadonlyMap<number, Spelling> {
  const spelled = Object.entries(spelling).flatMap(([name, runs]) => {
    const calls = runs.flatMap(([written, times]) => Array<Spelling>(times).fill(written));
    const nodes = graph.nodes.filter((node) => calledName(node) === name);
    expect(nodes, `calls of ${name}`).toHaveLength(calls.length);
    return nodes.map(({ id }, index) => [id, calls[index] ?? "module"] as const);
  });
  return new Map(spelled);
}

/** What tools make of how the counterpart is spelled, which no rule for an operation says. */
const OVERLOOKS: Readonly<Record<string, { readonly tools: readonly string[]; readonly why: string }>> = {
  even_windows: {
    tools: ["fvcore", "calflops", "deepspeed"],
    why: '`padding="same"`: one does not count the convolution, the others one row less of it',
  },
};

/** Networks of which some tools do not see the norms, which are of a class of timm's own. */
const UNSEEN_NORMS: Readonly<Record<string, readonly string[]>> = {
  densenet264d: ["torchinfo", "thop", "ptflops"],
};

/** Networks whose gates have 1x1 convolutions where the spec has linear layers. */
const CONVOLVED_GATES: readonly string[] = ["efficientnet_b0", "se_resnet50"];

/** Some tools count the biases of convolutions, but not those of linear layers. */
function ofGates(tool: string, name: string, graph: CheckedGraph): number {
  if (!CONVOLVED_GATES.includes(name) || !["calflops", "deepspeed"].includes(tool)) return 0;
  return graph.nodes
    .filter(({ op, path }) => op.name === "linear" && /\bgate\b/.test(path))
    .reduce((sum, { shape }) => sum + shape.channels, 0);
}

function ofUnseenNorms(tool: string, name: string, graph: CheckedGraph): number {
  if (!(UNSEEN_NORMS[name]?.includes(tool) ?? false)) return 0;
  const counts = convention(tool).count(graph, { batch: 1, phase: "infer" });
  return graph.nodes
    .filter(({ op }) => op.name === "bn")
    .reduce((sum, { id }) => sum + Number(counts[id]?.amount), 0);
}

it.each(each.filter(([, { counts }]) => counts !== undefined))(
  "counts as the tools do: %s",
  (name, measured) => {
    const graph = networkNamed(name);
    const spellings = spellingsOf(graph, measured);
    const counts = Object.entries(measured.counts ?? {}).filter(
      ([tool]) => !(OVERLOOKS[name]?.tools.includes(tool) ?? false),
    );
    expect(counts.length).toBeGreaterThan(4);
    const found = counts.map(([tool]) => [
      tool,
      totalOf(tool, graph, { spellingOf: ({ id }) => spellings.get(id) }) +
        ofGates(tool, name, graph) -
        ofUnseenNorms(tool, name, graph),
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(counts));
  },
);
