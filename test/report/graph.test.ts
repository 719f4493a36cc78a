/** Checked graphs as text, and what their verifier refuses. */
import { expect, it } from "vitest";
import type { Weight } from "../../src/ir/graph.ts";
import { dropout } from "../../src/ops/dropout.ts";
import type { CheckedGraph, OpNode } from "../../src/ops/op.ts";
import { printGraph } from "../../src/ops/print.ts";
import { verifyGraph } from "../../src/ops/verify.ts";
import { checkSpec, specNames } from "../golden-specs.ts";
import { graphOf } from "./spec-files.ts";

const ok = new URL("../golden/ok/", import.meta.url);
/** Longer texts would hide what changes in them. */
const MOST_NODES = 60;

it.each(specNames(ok))("expands %s as it did", async (name) => {
  const { models } = checkSpec(ok, `${name}.dn`);
  const texts = models.flatMap(({ graph }) => {
    if (graph === undefined) return [];
    verifyGraph(graph);
    return graph.nodes.length <= MOST_NODES ? [printGraph(graph)] : [];
  });
  if (texts.length > 0) await expect(texts.join("\n")).toMatchFileSnapshot(`../golden/ok/${name}.ir.txt`);
});

const SMALL = graphOf({
  text: `dn 1;
model m {
  set order = post;
  input x: f32[3 @ 8x8];
  output y = x < conv 3 -> 4; concat < id | maxpool 3 /1 >; gap; linear -> 2 >;
}
`,
});

function nodeAt(path: string): OpNode {
  const node = SMALL.nodes.find((each) => each.path === path);
  if (node === undefined) throw new Error(`no node ${path}`);
  return node;
}

function withNode(path: string, change: Partial<OpNode>): CheckedGraph {
  return { ...SMALL, nodes: SMALL.nodes.map((node) => (node.path === path ? { ...node, ...change } : node)) };
}

function withWeight(path: string, change: Partial<Weight>): CheckedGraph {
  const { weights } = nodeAt(path);
  return withNode(path, {
    weights: weights.map((weight, index) => (index === 0 ? { ...weight, ...change } : weight)),
  });
}

it("accepts what the expansion makes, shared weights included", () => {
  verifyGraph(SMALL);
  const conv = nodeAt("m/y/conv");
  const twice: OpNode = { ...conv, id: SMALL.nodes.length, path: "m/y/again" };
  verifyGraph({ ...SMALL, nodes: [...SMALL.nodes, twice] });
});

it.each<[string, CheckedGraph, string]>([
  ["an id out of order", withNode("m/y/gap", { id: 1 }), "node m/y/gap stands at"],
  ["a value read before it is made", withNode("m/y/conv", { inputs: [5] }), "does not stand before it"],
  ["a value read from nowhere", withNode("m/y/conv", { inputs: [-1] }), "does not stand before it"],
  ["a path that TensorFlow refuses", withNode("m/y/gap", { path: "_m/y/gap" }), "cannot name a node"],
  ["a path with a space", withNode("m/y/gap", { path: "m/y/g ap" }), "cannot name a node"],
  ["a path taken twice", withNode("m/y/gap", { path: "m/y/conv" }), "the path m/y/conv is taken twice"],
  [
    "a node named like a weight",
    withNode("m/y/gap", { path: "m/y/conv/weight" }),
    "m/y/conv/weight is taken twice",
  ],
  [
    "a weight of another node",
    withWeight("m/y/conv", { path: "m/y/other/weight" }),
    "has the weight m/y/other/weight",
  ],
  ["a weight of another name", withWeight("m/y/conv", { path: "m/y/conv/kernel" }), "for its weight weight"],
  ["a weight of another role", withWeight("m/y/conv", { role: "bias" }), "for its weight weight"],
  [
    "a weight of another shape",
    withWeight("m/y/conv", { shape: [4, 3, 3, 2] }),
    "has the shape [4, 3, 3, 2]",
  ],
  ["a missing weight", withNode("m/y/linear", { weights: [] }), "node m/y/linear has 0 weights, not 2"],
  ["a shape that is not inferred", withNode("m/y/gap", { shape: { channels: 9, sizes: [] } }), "not [8]"],
  [
    "a shape without channels",
    withNode("m/y/gap", { shape: { channels: 0, sizes: [] } }),
    "has the shape [0]",
  ],
  ["operands that do not fit", withNode("m/y/linear", { inputs: [0] }), "breaks DN0402"],
  ["an input that nobody feeds", { ...SMALL, inputs: [] }, "node m/x is input and is not fed"],
  ["an operation without operands", withNode("m/y/gap", { op: dropout, inputs: [] }), "reads 0 values"],
  [
    "an output without a node",
    { ...SMALL, outputs: SMALL.outputs.map((port) => ({ ...port, node: 99 })) },
    "the port y has no node",
  ],
  [
    "two outputs of one name",
    { ...SMALL, outputs: [...SMALL.outputs, ...SMALL.outputs] },
    "two ports have one name",
  ],
])("refuses %s", (_, graph, message) => {
  expect(() => verifyGraph(graph)).toThrow(message);
});

it("names the nodes of a model that begins with an underscore as TensorFlow takes them", () => {
  const graph = graphOf({ text: "dn 1;\nmodel _m { input x: f32[3 @ 8x8]; output y = x < gap >; }\n" });
  expect([graph.name, ...graph.nodes.map(({ path }) => path)]).toEqual(["_m", "n_m/x", "n_m/y/gap"]);
});
