/** The interpreter's own work: which values it keeps, what it passes on, and what it refuses. */
import { expect, it } from "vitest";
import type { Weight } from "../../src/ir/graph.ts";
import { add } from "../../src/ops/add.ts";
import { bn } from "../../src/ops/bn.ts";
import { concat } from "../../src/ops/concat.ts";
import { gap } from "../../src/ops/gap.ts";
import { interpret } from "../../src/ops/interpret.ts";
import { linear } from "../../src/ops/linear.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { relu } from "../../src/ops/relu.ts";
import { tensor } from "./apply.ts";
import { graphBuilder } from "./graph-builder.ts";

const noWeights = (weight: Weight): Float32Array => {
  throw new Error(`no weights here, also not ${weight.path}`);
};

const vector = (channels: number) => ({ channels, sizes: [] });

it("outputs come by their names, also inputs passed on and values used further", () => {
  const graph = graphBuilder("m");
  const [a, b] = [graph.input("a", vector(2)), graph.input("b", vector(2))];
  const sum = graph.add("sum", add, [a, b]);
  graph.output("same", a);
  graph.output("sum", sum);
  graph.output("positive", graph.add("positive", relu, [sum]));
  const inputs = { a: tensor([1, 2], [1, 2]), b: tensor([1, 2], [-10, 20]) };
  const outputs = interpret(graph.finish(), noWeights, inputs);
  expect([...outputs].map(([name, { data }]) => [name, ...data])).toEqual([
    ["same", 1, 2],
    ["sum", -9, 22],
    ["positive", 0, 22],
  ]);
});

it("a value may be both operands of a join", () => {
  const graph = graphBuilder("m");
  const x = graph.input("x", vector(2));
  graph.output("y", graph.add("y", concat, [x, x]));
  const outputs = interpret(graph.finish(), noWeights, { x: tensor([1, 2], [1, 2]) });
  expect(outputs.get("y")).toEqual(tensor([1, 4], [1, 2, 1, 2]));
});

it("nodes that share weights read the same numbers", () => {
  const graph = graphBuilder("m");
  const x = graph.input("x", vector(1));
  const first = graph.add("shared", linear, [x], { channels: 1, arguments: { bias: false } });
  const second = graph.add(
    "again",
    linear,
    [first],
    { channels: 1, arguments: { bias: false } },
    first.weights,
  );
  graph.output("y", second);
  const asked: string[] = [];
  const outputs = interpret(
    graph.finish(),
    (weight) => {
      asked.push(weight.path);
      return Float32Array.of(3);
    },
    { x: tensor([1, 1], [2]) },
  );
  expect(outputs.get("y")).toEqual(tensor([1, 1], [18]));
  expect(asked).toEqual(["m/shared/weight", "m/shared/weight"]);
});

it("every value is shown once, in execution order", () => {
  const graph = graphBuilder("m");
  const x = graph.input("x", { channels: 1, sizes: [2] });
  graph.output("y", graph.add("mean", gap, [graph.add("positive", relu, [x])]));
  const seen: string[] = [];
  interpret(graph.finish(), noWeights, { x: tensor([1, 1, 2], [-2, 4]) }, (node, { data }) =>
    seen.push(`${node.path} ${data.join(" ")}`),
  );
  expect(seen).toEqual(["m/x -2 4", "m/positive 0 4", "m/mean 2"]);
});

function vectorGraph(): CheckedGraph {
  const graph = graphBuilder("m");
  graph.output("y", graph.add("norm", bn, [graph.input("x", vector(2))]));
  return graph.finish();
}

it("an input that is missing or of another shape is refused", () => {
  expect(() => interpret(vectorGraph(), noWeights, {})).toThrow("nothing is fed to the input x");
  expect(() => interpret(vectorGraph(), noWeights, { x: tensor([1, 3], [1, 2, 3]) })).toThrow(
    "m/x is 2, and its value is 3",
  );
});

it("weights of the wrong length are refused", () => {
  const x = tensor([1, 2], [1, 2]);
  expect(() => interpret(vectorGraph(), () => new Float32Array(3), { x })).toThrow(
    "m/norm/running_mean has 3 values",
  );
});

it("a result that is not of the inferred shape is a bug", () => {
  const graph = vectorGraph();
  const wrong = graph.nodes.map((node) => (node.op === bn ? { ...node, shape: vector(3) } : node));
  const run = () =>
    interpret({ ...graph, nodes: wrong }, ({ shape }) => new Float32Array(shape[0] ?? 0), {
      x: tensor([1, 2], [1, 2]),
    });
  expect(run).toThrow("m/norm is 3, and its value is 2");
});

it("inputs of unequal batches are refused", () => {
  const graph = graphBuilder("m");
  graph.output("y", graph.add("sum", add, [graph.input("a", vector(1)), graph.input("b", vector(1))]));
  const inputs = { a: tensor([1, 1], [1]), b: tensor([2, 1], [1, 2]) };
  expect(() => interpret(graph.finish(), noWeights, inputs)).toThrow("unequal batches");
});
