/** Stages that move through space compute natively what their references compute, at all ranks and odd sizes. */
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import { hashInput } from "../../src/weights/hash.ts";
import { expectTargetsAgree, typeText } from "./targets-agree.ts";

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
      "upconv 2 /1 -> 3",
      "upconv 4 (order=post, groups=2) /1 -> 4",
      "upsample 3",
      "upsample 4 (mode=bilinear)",
      "avgpool 3 /2 as small; from in; maxpool 2; upsample(to=small)",
      "maxpool 4; upsample(mode=bilinear, to=in)",
      "pad(by=[[2, 3]], mode=reflect)",
      "pad(by=[[0, 12]], mode=edge)",
      "pad(by=[[1, 4]])",
      "maxpool 4 (pad=0) /1 as small; from in; crop(to=small)",
      "avgpool(to=4)",
      "avgpool(to=11)",
      "avgpool(to=16)",
      "slice(1, 5); shuffle(groups=2); chpad (side=both) -> 7",
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
      "upconv 2 /1 -> 4",
      "upconv 6x2 (order=post, groups=2) /1x2 -> 4",
      "upsample 2",
      "upsample 3x2 (mode=bilinear)",
      "maxpool 3 /3 as small; from in; upsample(to=small)",
      "maxpool 3 /2; upsample(mode=bilinear, to=in)",
      "upsample(to=in)",
      "maxpool 2 as small; from in; upsample(bilinear, small)",
      "pad(by=[1, 2], mode=reflect); conv 3 (pad=0) -> 3",
      "pad(by=[[6, 0], [0, 8]], mode=reflect)",
      "pad(by=[[0, 9], [3, 1]], mode=edge)",
      "pad(by=1); conv 3 (pad=0, order=post, act=leakyrelu) -> 3",
      "maxpool 2x5 (pad=0) /1 as small; from in; crop(small); relu",
      "avgpool(to=3)",
      "avgpool(to=[4, 9])",
      "avgpool(to=[9, 4])",
      "avgpool(to=[1, 3])",
      "slice(1, 4)",
      "shuffle(groups=2)",
      "chpad -> 4; chpad -> 7; chpad (side=both) -> 10",
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
      "upconv 2x3x4 (order=post) /1 -> 3",
      "upconv 3 (pad=[1,0,1], outpad=[1,1,0]) -> 2",
      "upsample 2",
      "upsample 2x1x3 (mode=bilinear)",
      "maxpool 2 as small; from in; upsample(to=small)",
      "maxpool 2; upsample(mode=bilinear, to=in)",
      "pad(by=[2, 1, 3], mode=reflect); conv 3 (pad=0, act=leakyrelu) -> 2",
      "pad(by=[[0, 2], [1, 0], [5, 5]], mode=edge)",
      "pad(by=[[0, 2], [1, 0], [0, 0]]); conv 3 (pad=0, act=leakyrelu) -> 2",
      "maxpool 2x3x1 (pad=0) /1 as small; from in; crop(to=small)",
      "avgpool(to=[1, 4, 2])",
      "avgpool(to=3)",
      "avgpool(to=[2, 5, 4])",
      "slice(0, 2); shuffle(groups=2); chpad (side=both) -> 5",
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
  await expectTargetsAgree(graph, { x: hashInput({ channels, sizes }, 2) });
});
