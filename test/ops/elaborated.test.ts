/** Networks from their specs, run by the references with hash weights, against PyTorch: text to logits. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import { dimensions } from "../../src/ir/shape.ts";
import { interpret } from "../../src/ops/interpret.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { hashFill, hashInput } from "../../src/weights/hash.ts";
import { expectSame } from "./apply.ts";
import { densenet } from "./densenet.ts";

const golden: { readonly models: Readonly<Record<string, { readonly logits: readonly number[] }>> } =
  JSON.parse(readFileSync(new URL("../golden/forward.json", import.meta.url), "utf8"));

const TINY = `dn 1;
import { dense, transition } from "std";
model tiny {
  set order = pre;
  input x: f32[3 @ 32x32];
  output logits = x <
    conv 7 (order=post) /2 -> 8;
    maxpool 3 /2;
    dense(k=4, n=2); transition; dense(k=4, n=2);
    bn; relu; gap; linear -> 5 >;
}
`;

const DENSENET_BC = `dn 1;
import { dense, transition } from "std";
model bc {
  set order = pre;
  input x: f32[3 @ 32x32];
  output logits = x <
    conv 3 (order=bare, bias=false) -> 24;
    for i in range(3) < dense(k=12, n=16); when (i < 2) < transition > >;
    bn; relu; gap; linear -> 10 >;
}
`;

const RESNET18 = `dn 1;
block basic(c, s=1) <
  add < conv 3 /s -> c; conv 3 (order=bare, bias=false) -> c; bn
      | when (s > 1) < conv 1 (order=bare, bias=false) /s -> c; bn > else < id > >;
  relu >
model resnet18 {
  set order = post;
  input x: f32[3 @ 224x224];
  output logits = x <
    conv 7 /2 -> 64;
    maxpool 3 /2;
    basic(c=64); basic(c=64);
    for c in [128, 256, 512] < basic(c=c, s=2); basic(c=c) >;
    gap; linear -> 1000 >;
}
`;

function graphOf(text: string): CheckedGraph {
  const { graph, diagnostics } = elaborate({ path: "spec.dn", text });
  expect(diagnostics.filter(({ severity }) => severity !== "hint")).toEqual([]);
  if (graph === undefined) throw new Error("the spec has no graph");
  return graph;
}

for (const [name, text] of Object.entries({
  tiny: TINY,
  densenet_bc_l100_k12: DENSENET_BC,
  resnet18: RESNET18,
})) {
  it(`the spec of ${name} has the logits of PyTorch`, () => {
    const graph = graphOf(text);
    const [x] = graph.nodes;
    if (x === undefined) throw new Error("the graph is empty");
    const logits = interpret(graph, hashFill(graph), { x: hashInput(x.shape) }).get("logits");
    expectSame([...(logits?.data ?? [])], golden.models[name]?.logits ?? [], 1e-9);
  });
}

it("a spec expands to the operations that the paper names, in their order", () => {
  const byHand = densenet({
    blocks: [2, 2],
    growth: 4,
    stem: "imagenet",
    stemChannels: 8,
    classes: 5,
    size: 32,
  });
  const steps = (graph: CheckedGraph) =>
    graph.nodes.map(({ op, inputs, shape }) => `${op.name} (${inputs}) ${dimensions(shape).join("x")}`);
  expect(steps(graphOf(TINY))).toEqual(steps(byHand));
});
