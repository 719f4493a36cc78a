/** Shared instances: one set of weights, whatever the instance is and however often it is used. */
import { expect, it } from "vitest";
import { elaborate } from "../src/compile.ts";
import { countsOf } from "../src/ops/counts.ts";
import type { CheckedGraph } from "../src/ops/op.ts";

function graphOf(items: string): CheckedGraph {
  const text = `dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; input z: f32[3 @ 8x8]; ${items} }\n`;
  const { graph, diagnostics } = elaborate({ path: "m.dn", text });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  if (graph === undefined) throw new Error("there is no graph");
  return graph;
}

it("counts the weights of an instance once, and its multiply-adds with every use", () => {
  const one = graphOf(
    "a = x < conv 3 -> 8 >; b = z < maxpool 3 /1 >; output y = a < gap >; output w = b < gap >;",
  );
  const two = graphOf(
    "shared f = conv 3 -> 8; a = x < f >; b = z < f >; output y = a < gap >; output w = b < gap >;",
  );
  const [before, after] = [one, two].map((graph) => countsOf(graph.nodes, graph));
  expect(after?.params).toBe(before?.params);
  expect(after?.macs).toBe(2n * (before?.macs ?? 0n));
});

it("keeps the branches of a shared join", () => {
  const graph = graphOf(
    "shared f = add < conv 1 -> 4 | conv 3 -> 4 >; output y = x < f >; output w = z < f >;",
  );
  expect(graph.nodes.filter(({ op }) => op.name === "conv").length).toBe(4);
  expect(countsOf(graph.nodes, graph).params).toBe(BigInt(3 * 4 + 4 + 27 * 4 + 4));
});

it("reads the arguments of an instance where it is defined", () => {
  const graph = graphOf(
    "let c = 4; shared f = conv 1 -> c; output y = x < let c = 9; f >; output w = z < f >;",
  );
  expect(graph.nodes.filter(({ op }) => op.name === "conv").map(({ shape }) => shape.channels)).toEqual([
    4, 4,
  ]);
});
