/** The networks of `specs/` are PyTorch's: in counts, in sizes, and in the shapes and the order of their weights. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { countsOf } from "../src/ops/counts.ts";
import type { CheckedGraph } from "../src/ops/op.ts";
import { NETWORK_SPECS, NETWORKS, type Network, networkNamed, networkTarget } from "./networks.ts";
import { elaborateTarget, graphOf, shapesAt } from "./report/spec-files.ts";

type Counts = Pick<Network, "params" | "buffers" | "macs">;

interface Published extends Partial<Counts> {
  readonly min_size?: number;
}

const { networks: published }: { readonly networks: Readonly<Record<string, Published>> } =
  readGolden("published.json");

function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8"));
}

function countsIn(graph: CheckedGraph): Counts {
  const { params, buffers, macs } = countsOf(graph.nodes, graph);
  return { params: Number(params), buffers: Number(buffers), macs: Number(macs) };
}

/** Shared weights once. */
function weightsOf(graph: CheckedGraph) {
  return [...new Set(graph.nodes.flatMap((node) => node.weights))];
}

/** PyTorch has some linear layers as convolutions of 1x1. */
function withoutSizes(shape: string): string {
  return shape.replace(/(x1)+$/, "");
}

it("every network has a spec, and every published count a network", () => {
  expect(Object.keys(NETWORK_SPECS).toSorted()).toEqual(Object.keys(NETWORKS).toSorted());
  expect(Object.keys(published).filter((name) => !(name in NETWORKS))).toEqual([]);
});

for (const [name, network] of Object.entries(NETWORKS)) {
  it(`${name} has PyTorch's counts, sizes and weights`, () => {
    const graph = graphOf(networkTarget(name, network.inputs));
    const { params, buffers, macs, weights } = network;
    expect(countsIn(graph)).toEqual({ params, buffers, macs });
    const { min_size, ...counts } = published[name] ?? {};
    expect(countsIn(graph)).toMatchObject(counts);
    expect(shapesAt(graph.inputs, graph)).toEqual(network.inputs);
    expect(shapesAt(graph.outputs, graph)[0]).toEqual(network.output);
    if (weights === undefined) return;
    const shapes = weightsOf(graph).map(({ shape }) => shape.join("x"));
    expect(shapes.map(withoutSizes)).toEqual(weights.split(" ").map(withoutSizes));
  });
}

for (const [name, { min_size: smallest }] of Object.entries(published)) {
  if (smallest === undefined) continue;
  it(`${name} takes images of ${smallest}x${smallest} and larger ones`, () => {
    const isTaken = (size: number) =>
      elaborateTarget(networkTarget(name, [[3, size, size]])).diagnostics.every(
        ({ severity }) => severity !== "error",
      );
    expect([smallest - 1, smallest, smallest + 1].map(isTaken)).toEqual([false, true, true]);
  });
}

it("resnet50 has the names of torchvision's weights, too", () => {
  const {
    tensors,
  }: { readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[] } =
    readGolden("resnet50_state_dict.json");
  const expected = tensors.filter(({ name }) => !name.endsWith("num_batches_tracked"));
  const lastOf = (path: string) => path.split(/[./]/).at(-1);
  const weights = weightsOf(graphOf(networkTarget("resnet50", networkNamed("resnet50").inputs)));
  expect(weights.map(({ shape, path }) => [lastOf(path), shape])).toEqual(
    expected.map(({ shape, name }) => [lastOf(name), shape]),
  );
});
