/** Stages that move through space compute natively what their references compute, at all ranks and odd sizes. */
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import { hashInput } from "../../src/weights/hash.ts";
import { expectNativeAgrees, typeText } from "./native-agrees.ts";

/** The input, and stages that work on it. */
const CASES: readonly (readonly [channels: number, sizes: readonly number[], stages: readonly string[]])[] = [
  [
    6,
    [11],
    [
      "conv 3 (groups=2) -> 4",
      "conv 4 (groups=6, dilation=2) /2 -> 12",
      "dwconv 3 /2",
      "dwconv 5 (pad=same) /3 -> 12",
      "dwconv 3 (order=post, dilation=3)",
      "upconv -> 4",
      "upconv 3 (order=post) -> 4",
      "upconv 4 (pad=1, outpad=2, groups=2) /3 -> 4",
      "upconv 1 /2 -> 3",
    ],
  ],
  [
    4,
    [7, 9],
    [
      "conv 3 (groups=2, order=post) /2 -> 6",
      "conv 3x2 (groups=2, dilation=[1,2], pad=[[2,0],[0,1]]) -> 8",
      "dwconv 3",
      "dwconv 3 (order=post) /2 -> 8",
      "dwconv 3 (pad=same) /2",
      "dwconv 5 (pad=[[0,3],[2,1]]) /2",
      "dwconv 3x5 /3",
      "dwconv 3 (dilation=2)",
      "dwconv (size=[3,2]) -> 12",
      "dwconv 1",
      "dwconv 3 (order=pre, act=silu) /2",
      "upconv -> 4",
      "upconv 3 -> 4",
      "upconv 3 (order=pre) -> 4",
      "upconv 4 (order=post, act=leakyrelu) -> 2",
      "upconv 5 (groups=4, order=post) /3 -> 8",
      "upconv 3x4 (pad=[1,0], outpad=[0,1]) -> 2",
      "upconv 2 (act=relu) /3 -> 2",
    ],
  ],
  [
    4,
    [5, 4, 6],
    [
      "conv 3 (groups=2, order=post) -> 6",
      "conv 3x2x3 (groups=2, dilation=[1,2,1]) /2 -> 4",
      "dwconv 3 (order=post) /2",
      "dwconv 3x1x3 -> 8",
      "dwconv 3 (dilation=[1,1,2])",
      "upconv -> 3",
      "upconv 3 (order=post) -> 3",
      "upconv 4 (groups=2) -> 4",
      "upconv 3 (pad=[1,0,1], outpad=[1,1,0]) -> 2",
    ],
  ],
];

const cases = CASES.flatMap(([channels, sizes, stages]) =>
  stages.map((stage) => ({ stage, channels, sizes, type: typeText({ channels, sizes }) })),
);

it.each(cases)("$stage on $type computes natively what its reference computes", async (given) => {
  const { stage, type, channels, sizes } = given;
  const text = `dn 1;\nmodel m { set order = bare; input x: ${type}; output y = x < ${stage} >; }\n`;
  const { graph, diagnostics } = elaborate({ path: "spatial.dn", text });
  // Lints may find the network odd.
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  if (graph === undefined) throw new Error("the spec has no graph");
  await expectNativeAgrees(graph, { x: hashInput({ channels, sizes }, 2) });
});
