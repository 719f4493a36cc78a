/** Checked graphs on the runtimes of all targets against their references. */
import type { Shape } from "../../src/ir/shape.ts";
import type { Tensor } from "../../src/ir/tensor.ts";
import { type InputValues, interpret } from "../../src/ops/interpret.ts";
import { lowerGraph } from "../../src/ops/lower-graph.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { savedModelBfloat16Passes } from "../../src/passes/index.ts";
import { onnxruntime } from "../../src/runtime/runtimes/onnxruntime.ts";
import { wasm } from "../../src/runtime/runtimes/wasm.ts";
import { hashFill } from "../../src/weights/hash.ts";
import { fill, type Value } from "../passes/interpret.ts";
import { expectSameValues } from "../passes/support.ts";
import { runFormsNatively } from "../targets/run-natively.ts";
import { runOn } from "../targets/run-on.ts";

const RUNS = [onnxruntime, wasm].map(runOn);

/** Numbers of eight binary digits, rounded after each operation. */
const BFLOAT16_TOLERANCE = 5e-2;

/** With hash weights, every output of every target, in each of its forms, as a share of its largest number. */
export async function expectTargetsAgree(
  graph: CheckedGraph,
  inputs: InputValues,
  tolerance = 1e-5,
): Promise<void> {
  const weights = hashFill(graph);
  const expected = eachChannelsLast(interpret(graph, weights, inputs));
  const feeds = eachChannelsLast(Object.entries(inputs));
  const forms = await runFormsNatively(lowerGraph(graph, weights), feeds);
  for (const values of forms.values()) expectSameValues(values, expected, tolerance);
  const rounded = await runFormsNatively(lowerGraph(graph, weights), feeds, savedModelBfloat16Passes);
  for (const values of rounded.values()) expectSameValues(values, expected, BFLOAT16_TOLERANCE);
  for (const run of RUNS) expectSameValues(await run(lowerGraph(graph, weights), feeds), expected, tolerance);
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
