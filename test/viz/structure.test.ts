/** What pictures find in networks: against what the papers say of them, and whatever way they are written. */
import { expect, it } from "vitest";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { costingOf } from "../../src/viz/costs.ts";
import { draw } from "../../src/viz/draw.ts";
import { labelOf } from "../../src/viz/layers.ts";
import { leavesOf } from "../../src/viz/names.ts";
import { type Network, networkOf } from "../../src/viz/network.ts";
import { flowOf, nodesOf, seriesOf } from "../../src/viz/series.ts";
import { layersIn, type Segment } from "../../src/viz/structure.ts";
import { graphOf } from "../report/spec-files.ts";
import { MODELS, network } from "./networks.ts";
import { elementsIn, parseXml } from "./xml.ts";

function seen(graph: CheckedGraph): Network {
  const found = networkOf(graph, undefined);
  if (found === undefined) throw new Error(`${graph.name} has no picture`);
  return found;
}

function ofKind<K extends Segment["kind"]>(name: string, kind: K): readonly Extract<Segment, { kind: K }>[] {
  return leavesOf(seen(network(name)).parts).flatMap(({ segment }) =>
    segment.kind === kind ? [segment as Extract<Segment, { kind: K }>] : [],
  );
}

function titlesOf(name: string): readonly string[] {
  return leavesOf(seen(network(name)).parts).map(({ title }) => title);
}

it("a DenseNet is dense blocks with transitions between them", () => {
  expect(titlesOf("densenet121.dn")).toEqual([
    "x",
    "Stem",
    "Dense block 1",
    "Transition 1",
    "Dense block 2",
    "Transition 2",
    "Dense block 3",
    "Transition 3",
    "Dense block 4",
    "Head",
    "logits",
  ]);
  const blocks = ofKind("densenet121.dn", "dense");
  expect(blocks.map(({ layers }) => layers.length)).toEqual([6, 12, 24, 16]);
  expect(blocks.map(({ out }) => out.channels)).toEqual([256, 512, 1024, 1024]);
  const layers = blocks.flatMap((block) => block.layers);
  expect(new Set(layers.map(({ growth }) => growth))).toEqual(new Set([32]));
  expect(new Set(layers.map(({ inner }) => inner.map(labelOf).join("; ")))).toEqual(
    new Set(["conv 1×1 → 128; conv 3×3 → 32"]),
  );
});

it("the matrices of DenseNet-121 show its 535 connections, and the 62 that leave the blocks", () => {
  const { text = "" } = draw(network("densenet121.dn"), { format: "svg" }, { report: () => {} }) ?? {};
  const cells = elementsIn(parseXml(text)).flatMap(({ element: { attributes } }) =>
    attributes["data-r"] === undefined ? [] : [textTitle(attributes)],
  );
  expect(cells).toHaveLength(535 + 62);
  expect(text.match(/<title>layer \d+ reads /g)).toHaveLength(535);
  expect(text.match(/<title>what follows reads /g)).toHaveLength(62);
});

function textTitle(attributes: Readonly<Record<string, string>>): string {
  return `${attributes["data-r"]}:${attributes["data-c"]}`;
}

it("parts and layers add up to the network", () => {
  for (const name of [...MODELS, "densenet121.dn"]) {
    const { parts, surroundings, totals } = seen(network(name));
    const { costing } = surroundings;
    const sums = parts.map(({ segment }) => costing(segment.nodes));
    expect(
      sums.reduce((sum, { params }) => sum + params, 0n),
      name,
    ).toBe(totals.params);
    expect(
      sums.reduce((sum, { macs }) => sum + macs, 0n),
      name,
    ).toBe(totals.macs);
    const layers = layersIn(parts.map(({ segment }) => segment));
    expect(
      layers.reduce((sum, { costs }) => sum + costs.macs, 0n),
      name,
    ).toBe(totals.macs);
  }
});

it("every node of a network stands in its series once, and in order", () => {
  for (const name of [...MODELS, "densenet264.dn"]) {
    const flow = flowOf(network(name));
    const ids = nodesOf(seriesOf(flow)).map(({ id }) => id);
    expect(
      ids.toSorted((a, b) => a - b),
      name,
    ).toEqual(flow.nodes.map(({ id }) => id));
  }
});

it("memory while a DenseNet runs is what was measured, and does not grow with its depth", () => {
  const most = (name: string): number =>
    Number(costingOf(network(name))(network(name).nodes).bytes) / 2 ** 20;
  for (const depth of [121, 169, 201, 264]) expect(most(`densenet${depth}.dn`)).toBeCloseTo(6.89, 2);
  expect(most("densenet161.dn")).toBeCloseTo(10.34, 2);
});

it("joining layers all at once is the same dense block as joining them two by two", () => {
  const model = (body: string): CheckedGraph =>
    graphOf({
      text: `dn 1; model m { set order = pre; input x: f32[8 @ 8x8]; output y = x < conv 3 (order=post) -> 8 as a; ${body} bn; relu; gap; linear -> 2 >; }`,
    });
  const binary = seen(
    model(
      "conv 3 -> 4 as b; concat(a, b) as ab; conv 3 -> 4 as c; concat(ab, c) as abc; conv 3 -> 4 as d; concat(abc, d);",
    ),
  );
  const nary = seen(
    model(
      "conv 3 -> 4 as b; concat(a, b); conv 3 -> 4 as c; concat(a, b, c); conv 3 -> 4 as d; concat(a, b, c, d);",
    ),
  );
  const blocks = [binary, nary].map(({ parts }) =>
    parts.flatMap(({ segment }) =>
      segment.kind === "dense"
        ? [segment.layers.map(({ growth, in: { channels } }) => [channels, growth])]
        : [],
    ),
  );
  expect(blocks[0]).toEqual([
    [
      [8, 4],
      [12, 4],
      [16, 4],
    ],
  ]);
  expect(blocks[1]).toEqual(blocks[0]);
});

it("a residual network is stages of units, and projects where the shape changes", () => {
  const stages = ofKind("resnet50", "residual");
  expect(titlesOf("resnet50").slice(2, 6)).toEqual(["layer1", "layer2", "layer3", "layer4"]);
  expect(stages.map(({ layers }) => layers.length)).toEqual([3, 4, 6, 3]);
  for (const { layers } of stages) {
    expect(layers.map(({ shortcut }) => shortcut)).toEqual([
      "projection",
      ...layers.slice(1).map(() => "identity"),
    ]);
    expect(layers.map(({ inner }) => inner.length)).toEqual(layers.map(() => 3));
  }
});

it("a shortcut without weights is one, too", () => {
  const stages = seen(graphOf({ file: "resnet-cifar.dn", model: "resnet20_cifar" })).parts.flatMap(
    ({ segment }) => (segment.kind === "residual" ? [segment.layers.map(({ shortcut }) => shortcut)] : []),
  );
  expect(stages).toEqual([
    ["identity", "identity", "identity"],
    ["projection", "identity", "identity"],
    ["projection", "identity", "identity"],
  ]);
});

it("a very deep stage shows its first and last units, and the others as a number", () => {
  const stages = ofKind("resnet1202", "residual");
  expect(stages.map(({ layers }) => layers.length)).toEqual([200, 200, 200]);
  const { text = "" } = draw(network("resnet1202"), { format: "svg" }, { report: () => {} }) ?? {};
  expect(text.match(/>×196</g)).toHaveLength(3);
  expect(text.match(/>Stage \d, unit 200: \w+ shortcut</g)).toHaveLength(3);
});

it("a gate is a part of its unit, and makes no U of it", () => {
  const [stage] = ofKind("excitedNet", "residual");
  expect(stage?.layers).toHaveLength(3);
  expect(stage?.layers[0]?.inner.map(labelOf)).toEqual(["conv 3×3 → 16", "conv 3×3 → 16", "gate"]);
});

it("a U-Net is a U: depth is resolution, and skips are level", () => {
  const { layout, parts, levels } = seen(network("unet"));
  expect(layout).toBe("u");
  expect(levels.depths).toEqual([0, 0, 1, 2, 3, 4, 3, 2, 1, 0, 0, 0]);
  expect(levels.skips.map(({ from, to }) => [parts[from]?.title, parts[to]?.title]).toSorted()).toEqual([
    ["Encoder 1", "Decoder 1"],
    ["Encoder 2", "Decoder 2"],
    ["Encoder 3", "Decoder 3"],
    ["Encoder 4", "Decoder 4"],
  ]);
  for (const { from, to } of levels.skips) expect(levels.depths[from]).toBe(levels.depths[to]);
  expect(parts.map(({ title }) => title)).toContain("Bottleneck");
});

it("skips are level where borders are lost and skips are cropped", () => {
  const graph = graphOf({ file: "unet.dn", model: "unet", input: "H=572,W=572" });
  const { levels } = seen(graph);
  expect(levels.skips).toHaveLength(4);
  for (const { from, to, layers } of levels.skips) {
    expect(levels.depths[from]).toBe(levels.depths[to]);
    expect(layers.map(labelOf)).toEqual(["crop"]);
  }
});

it("a level of many blocks is one card", () => {
  const { parts, levels } = seen(graphOf({ file: "fc-densenet.dn", input: "H=224,W=224" }));
  expect(levels.skips).toHaveLength(5);
  for (const { from, to } of levels.skips) expect(levels.depths[from]).toBe(levels.depths[to]);
  const bottom = parts.find(({ title }) => title === "Bottleneck")?.segment;
  const labels = bottom?.kind === "chain" ? bottom.layers.map(labelOf) : [];
  expect(labels.filter((label) => label === "dense conv 3×3")).toHaveLength(15);
});

it("an encoder and decoder without skips is a U, too", () => {
  expect(seen(network("autoencoder")).layout).toBe("u");
});

it("an Inception network is modules of branches under their own names", () => {
  const modules = ofKind("googlenet", "branches");
  expect(modules).toHaveLength(9);
  expect(modules.map(({ branches }) => branches.map((branch) => branch.length))).toEqual(
    modules.map(() => [1, 2, 2, 2]),
  );
  expect(titlesOf("googlenet").filter((title) => title.startsWith("inception"))).toEqual(
    ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"].map((name) => `inception${name}`),
  );
});

it("a module of branches is all of its block", () => {
  const modules = ofKind("squeeze", "branches");
  expect(modules.map(({ lead, branches }) => [lead.length, branches.length])).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(titlesOf("squeeze")).toContain("fire 2");
});

it("a network without blocks is stages by resolution", () => {
  expect(titlesOf("vgg")).toEqual([
    "x",
    ...[1, 2, 3, 4, 5].map((stage) => `Stage ${stage}`),
    "Head",
    "logits",
  ]);
});

it("several inputs are lanes, and shared weights count and are told once", () => {
  const { parts, surroundings } = seen(network("siamese"));
  const [lanes] = parts;
  expect(lanes?.segment.kind === "lanes" && lanes.segment.lanes.length).toBe(3);
  const [left, right] = lanes?.segment.kind === "lanes" ? lanes.segment.lanes : [];
  const paramsOf = (lane: readonly Segment[] = []): bigint =>
    lane.reduce((sum, { nodes }) => sum + surroundings.costing(nodes).params, 0n);
  expect(paramsOf(left)).toBeGreaterThan(0n);
  expect(paramsOf(right)).toBe(0n);
  const { text = "" } = draw(network("siamese"), { format: "svg" }, { report: () => {} }) ?? {};
  expect(text.match(/>shared weights</g)?.length).toBe(5);
});
