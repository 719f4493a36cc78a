/** Checked graphs on the native library against their references. */
import type { Shape } from "../../src/ir/shape.ts";
import type { Tensor } from "../../src/ir/tensor.ts";
import { type InputValues, interpret } from "../../src/ops/interpret.ts";
import { lowerGraph } from "../../src/ops/lower-graph.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { hashFill } from "../../src/weights/hash.ts";
import { fill, type Value } from "../passes/interpret.ts";
import { expectSameValues } from "../passes/support.ts";
import { runFormsNatively } from "../targets/run-natively.ts";

/** With hash weights, every output of every form within 1e-5 of its largest number. */
export async function expectNativeAgrees(graph: CheckedGraph, inputs: InputValues): Promise<void> {
  const weights = hashFill(graph);
  const expected = interpret(graph, weights, inputs);
  const lowered = lowerGraph(graph, weights);
  const actual = await runFormsNatively(lowered, eachChannelsLast(Object.entries(inputs)));
  for (const values of actual.values()) expectSameValues(values, eachChannelsLast(expected), 1e-5);
}

function eachChannelsLast(values: Iterable<readonly [string, Tensor]>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Array.from(values, ([name, value]) => [name, channelsLast(value)]));
}

function channelsLast({ shape, data }: Tensor): Value {
  const [batch = 1, channels = 1, ...sizes] = shape;
  const positions = sizes.reduce((product, size) => product * size, 1);
  const moved = fill([batch, positions, channels], ([sample = 0, position = 0, channel = 0]) => {
    return data[(sample * channels + channel) * positions + position] ?? Number.NaN;
  });
  return { shape: [batch, ...sizes, channels], data: moved.data };
}

/** As the language writes it. */
export function typeText({ channels, sizes }: Shape): string {
  return sizes.length === 0 ? `f32[${channels}]` : `f32[${channels} @ ${sizes.join(", ")}]`;
}
