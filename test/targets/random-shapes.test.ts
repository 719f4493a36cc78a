/**
 * What the checker says of random specs without running them is what the native library finds when it runs them: the
 * shape of every value, and how many numbers there are to learn and to remember.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import type { GraphPort } from "../../src/ir/graph.ts";
import { boundSize } from "../../src/ir/size.ts";
import { bn } from "../../src/ops/bn.ts";
import { type ConvAttrs, conv } from "../../src/ops/conv.ts";
import { countsOf } from "../../src/ops/counts.ts";
import { type LinearAttrs, linear } from "../../src/ops/linear.ts";
import { lowerGraph } from "../../src/ops/lower-graph.ts";
import type { CheckedGraph, OpNode } from "../../src/ops/op.ts";
import { type UpconvAttrs, upconv } from "../../src/ops/upconv.ts";
import { hashFill } from "../../src/weights/hash.ts";
import { randomSpec } from "../fuzz/random-spec.ts";
import { runNatively } from "./run-natively.ts";

/** `DNC_FUZZ_RUNS=1000` looks further. */
const numRuns = Number(process.env["DNC_FUZZ_RUNS"] ?? 8);

/** Larger networks take long, and say nothing more. */
const MOST_MACS = 20_000_000n;

it("random specs have the shapes and counts that the native library finds", async () => {
  let nValues = 0;
  await fc.assert(
    fc.asyncProperty(randomSpec, fc.integer({ min: 1, max: 4 }), async (text, batch) => {
      const { graph } = elaborate({ path: "net.dn", text });
      if (graph === undefined) throw new Error("the spec has no graph");
      const { params, buffers, macs } = countsOf(graph.nodes, graph);
      fc.pre(macs * BigInt(batch) < MOST_MACS);
      const whole = withAllValues(graph);
      const inputs = inputsOf(graph, batch);
      const values = { ...inputs, ...(await runNatively(lowerGraph(whole, hashFill(whole)), inputs)) };
      const shapes = new Map(
        [...whole.inputs, ...whole.outputs].map(({ name, node }) => [node, values[name]?.shape]),
      );
      for (const node of graph.nodes) expect(shapes.get(node.id), node.path).toEqual(shapeOf(node, batch));
      nValues += shapes.size;
      const channelsAt = (id: number | undefined): number => shapes.get(id ?? -1)?.at(-1) ?? Number.NaN;
      const numbers = graph.nodes.reduce(
        (sum, node) => sum + numbersOf(node, channelsAt(node.inputs[0]), channelsAt(node.id)),
        0,
      );
      expect(BigInt(numbers)).toBe(params + buffers);
    }),
    { numRuns, maxSkipsPerRun: 1000 },
  );
  expect(nValues).toBeGreaterThan(10 * numRuns);
});

/** The same network, of which every value is an output. */
function withAllValues(graph: CheckedGraph): CheckedGraph {
  const outputs = graph.nodes.flatMap(({ id, inputs, origin }): GraphPort[] =>
    inputs.length === 0 ? [] : [{ name: `v${id}`, node: id, span: origin.span }],
  );
  return { ...graph, outputs };
}

/** As TensorFlow has it: the batch first, the channels last. */
function shapeOf(node: OpNode, batch: number): readonly number[] {
  return [batch, ...node.shape.sizes.map(boundSize), node.shape.channels];
}

function inputsOf({ inputs, nodes }: CheckedGraph, batch: number): Parameters<typeof runNatively>[1] {
  return Object.fromEntries(
    inputs.flatMap(({ name, node }) => {
      const shape = nodes[node] && shapeOf(nodes[node], batch);
      const data = new Float64Array(shape?.reduce((product, size) => product * size, 1) ?? 0);
      return shape === undefined ? [] : [[name, { shape, data }]];
    }),
  );
}

/** By the formulas of textbooks, from the channels that the native library found. */
function numbersOf({ op, attrs, weights }: OpNode, before: number, after: number): number {
  if (weights.length === 0) return 0;
  switch (op) {
    case bn:
      return 4 * after;
    case linear:
      return before * after + ((attrs as LinearAttrs).bias ? after : 0);
    case conv:
    case upconv: {
      const convolution = attrs as ConvAttrs | UpconvAttrs;
      const { groups, bias } = convolution;
      const { size } = "rule" in convolution ? convolution.rule : convolution;
      const window = size.reduce((product, length) => product * length, 1);
      return (window * before * after) / groups + (bias ? after : 0);
    }
    default:
      throw new Error(`say how many numbers \`${op.name}\` has`);
  }
}
