/** One network has one report, however it is written: as units or as their parts, with its joins nested or flat. */
import { expect, it } from "vitest";
import { conventionIds } from "../../src/measure/conventions.ts";
import { type Report, type ReportOptions, reportOf } from "../../src/report/report.ts";
import { convention } from "./golden-conventions.ts";
import { graphOf } from "./spec-files.ts";

const conventions = conventionIds().map(convention);

function reportOn(body: string, settings = "set order = pre;", options: ReportOptions = {}): Report {
  const text = `dn 1;
import { dense, denseX, transition, basic, squeezeExcite } from "std";
model m { ${settings} input x: f32[3 @ 32x32]; output y = x < conv 3 (order=bare, bias=false) -> 16; ${body} > ; }
`;
  return reportOf(graphOf({ text }), { conventions, ...options });
}

interface Costs {
  readonly [name: string]: unknown;
}

/** Everything that a report adds up to; where each lies in memory depends on how joins are written. */
function costsOf({ totals, memory, norms, field, conventions: counted }: Report): Costs {
  return {
    params: totals.params,
    buffers: totals.buffers,
    macs: totals.macs,
    counts: Object.fromEntries(counted.map(({ convention: { name }, total }) => [name, total])),
    norms,
    field,
    flatPeak: memory.flatPeak,
  };
}

/** What only the joins of one form have in common. */
function bytesOf({ totals, memory }: Report): Costs {
  return { peak: memory.peak, kept: memory.kept, traffic: totals.traffic, fused: totals.fusedTraffic };
}

interface Pair {
  readonly what: string;
  readonly one: string;
  readonly other: string;
  readonly settings?: string;
}

const AS_PARTS: readonly Pair[] = [
  {
    what: "an activation of a call",
    one: "conv 3 (order=bare, act=relu) -> 8",
    other: "conv 3 (order=bare) -> 8; relu",
  },
  {
    what: "a unit and its parts",
    one: "conv 3 -> 8",
    other: "bn; relu; conv 3 (order=bare, bias=false) -> 8",
  },
  {
    what: "a unit and its parts, norms last,",
    one: "conv 3 -> 8; conv 1 /2 -> 4",
    other:
      "conv 3 (order=bare, bias=false) -> 8; bn; relu; conv 1 (order=bare, bias=false) /2 -> 4; bn; relu",
    settings: "set order = post;",
  },
  {
    what: "a block of the library and its layers",
    one: "dense(k=4, n=3)",
    other:
      "repeat 3 < concat < id | bn; relu; conv 1 (order=bare, bias=false) -> 16; bn; relu; conv 3 (order=bare, bias=false) -> 4 > >",
  },
  {
    what: "a transition and its parts",
    one: "transition(theta=1/2)",
    other: "bn; relu; conv 1 (order=bare, bias=false) -> it.c/2; avgpool 2",
  },
  {
    what: "a residual unit and its parts",
    one: "basic(c=16)",
    other: "add < conv 3 -> 16; conv 3 (order=bare, bias=false) -> 16; bn | id >; relu",
    settings: "set order = post;",
  },
  {
    what: "a repeat and copies",
    one: "repeat 3 < concat < id | conv 3 -> 4; dropout > >",
    other: Array(3).fill("concat < id | conv 3 -> 4; dropout >").join("; "),
  },
  {
    what: "a loop over a list and what it comes to",
    one: "for c in [8, 12] < conv 3 -> c; when (c > 8) < maxpool 2 > else < silu > >",
    other: "conv 3 -> 8; silu; conv 3 -> 12; maxpool 2",
  },
  {
    what: "a join with its input and one with a label",
    one: "add < conv 3 -> 16; conv 3 -> 16 | id >",
    other: "id as before; conv 3 -> 16; conv 3 -> 16; add(it, before)",
  },
  {
    what: "a gate of the library and its parts",
    one: "squeezeExcite(c=4, act=silu)",
    other: "gate < gap; linear -> 4; silu; linear -> in.c; sigmoid >",
  },
  {
    what: "a depthwise convolution and one of as many groups",
    one: "dwconv 3 (order=bare, bias=false)",
    other: "conv 3 (order=bare, bias=false, groups=it.c) -> it.c",
  },
  {
    what: "padding by default and in numbers",
    one: "conv 5 (order=bare, dilation=2) -> 8; conv 3x5 (order=bare) /2 -> 4; maxpool 3 /2",
    other:
      "conv 5x5 (order=bare, dilation=[2, 2], pad=4) -> 8; conv 3x5 (order=bare, pad=[[1, 1], [2, 2]]) /2x2 -> 4; maxpool 3 (pad=1) /2",
  },
  {
    what: "what is passed on as it is",
    one: "conv 3 -> 8; gelu; conv 1 -> 4",
    other: "id; conv 3 -> 8; repeat 2 < id >; gelu; id as g; from g; conv 1 -> 4; id",
  },
];

const OPTIONS: readonly ReportOptions[] = [
  {},
  { batch: 3 },
  { norms: "folded" },
  { phase: "train", bytes: 2 },
];

it.each(AS_PARTS)("$what cost the same", ({ one, other, settings }) => {
  for (const options of OPTIONS) {
    const [first, second] = [reportOn(one, settings, options), reportOn(other, settings, options)];
    expect(costsOf(first)).toEqual(costsOf(second));
    expect(bytesOf(first)).toEqual(bytesOf(second));
  }
});

it("a block and what it holds cost the same, shared or not", () => {
  const body =
    "conv 3 (order=post) -> 8; add < id | conv 3 (order=post) -> 8; prelu >; upconv 2 (order=bare) -> 4";
  const text = (blocks: string, stages: string): Report =>
    reportOf(
      graphOf({
        text: `dn 1;\n${blocks}\nmodel m { input x: f32[3 @ 32x32]; output y = x < ${stages} >; }\n`,
      }),
      { conventions },
    );
  const [inline, block, nested] = [
    text("", body),
    text(`block all < ${body} >`, "all"),
    text(
      "block unit(c: int) < conv 3 (order=post) -> c >\nblock rest(c: int) < add < id | unit(c=2*c); prelu >; upconv 2 (order=bare) -> c >",
      "unit(c=8); rest(c=4)",
    ),
  ];
  expect(inline.rows.length).toBeGreaterThan(8);
  for (const other of [block, nested]) {
    expect(costsOf(other)).toEqual(costsOf(inline));
    expect(bytesOf(other)).toEqual(bytesOf(inline));
  }
});

it("nested and flat joins cost the same, but for the bytes of the joins", () => {
  const layer = "conv 1 -> 16; conv 3 -> 4";
  const nested = reportOn(`repeat 3 < concat < id | ${layer} > >`);
  const flat = reportOn(
    `id as a; ${layer} as b; concat(a, b); ${layer} as c; concat(a, b, c); ${layer} as d; concat(a, b, c, d)`,
  );
  expect(costsOf(nested)).toEqual(costsOf(flat));
  // Flat joins keep what they join, nested ones each join: a norm needs its operand either way.
  expect(nested.memory.kept).toEqual(flat.memory.kept);
  // Flat joins copy what nested ones have: their peak is what the other's report says of them.
  expect(flat.memory.peak).toBe(nested.memory.flatPeak);
});

it("sums of many and sums of sums cost the same, but for the bytes of sums in between", () => {
  const [one, other] = [
    reportOn("add < id | conv 3 -> 16 | conv 1 -> 16 >"),
    reportOn("add < add < id | conv 3 -> 16 > | conv 1 -> 16 >"),
  ];
  const { flatPeak: first, ...costs } = costsOf(one);
  const { flatPeak: second, ...otherCosts } = costsOf(other);
  expect(costs).toEqual(otherCosts);
  expect(first).not.toBe(second);
});
