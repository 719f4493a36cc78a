/** `dnc report`: sums, tables, and what the command says and returns. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { conventionNamed, isConvention } from "../../src/measure/conventions.ts";
import { countsOf, isBound } from "../../src/ops/counts.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { reportToJson } from "../../src/report/json.ts";
import { GROUPINGS, groupsBy, groupsIn } from "../../src/report/parts.ts";
import { type ReportPart, reportOf } from "../../src/report/report.ts";
import { sumOf } from "../../src/report/sums.ts";
import { type TableOptions, tableOf } from "../../src/report/table.ts";
import { viewOf } from "../../src/report/view.ts";
import { randomSpec } from "../fuzz/random-spec.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { dnc } from "./run-dnc.ts";
import { graphOf, type SpecTarget } from "./spec-files.ts";
import { CIFAR_RESNET, INCEPTION } from "./spec-texts.ts";

const DENSENET121: SpecTarget = { file: "densenet121.dn" };
const TARGETS: readonly SpecTarget[] = [
  DENSENET121,
  { file: "densenet-cifar.dn", model: "densenet_l40_k12" },
  { text: CIFAR_RESNET },
  { text: INCEPTION },
];

function table(target: SpecTarget, options: TableOptions): string {
  return `${tableOf(reportOf(graphOf(target)), options)
    .map(({ text }) => text)
    .join("\n")}\n`;
}

/** The amounts that add up, without all else that a part has. */
function sumsIn(part: ReportPart): object {
  const { params, buffers, macs, written, traffic, fusedTraffic, picoseconds, counts } = part;
  return { params, buffers, macs, written, traffic, fusedTraffic, picoseconds, counts };
}

function expectSums(graph: CheckedGraph): void {
  const conventions = ["fvcore", "netscope"].map(conventionNamed).filter(isConvention);
  const report = reportOf(graph, { conventions, device: { peak: 1e9, bandwidth: 1e8 } });
  const { params, buffers, macs } = report.totals;
  expect({ params, buffers, macs }).toEqual(countsOf(graph.nodes, graph));
  expect(report.totals.counts).toEqual(report.conventions.map(({ total }) => total));
  expect(sumOf(report.rows)).toEqual(report.totals);
  expect(sumOf(report.parts)).toEqual(report.totals);
  for (const groups of [
    report.parts,
    ...GROUPINGS.flatMap((each) => (each === "block" ? [] : [groupsBy(report.rows, each)])),
  ]) {
    expect(sumOf(groups)).toEqual(report.totals);
    for (const group of groupsIn(groups)) expect(sumOf(group.parts), group.path).toEqual(sumsIn(group));
  }
  for (const group of groupsIn(report.parts)) {
    expect(group.parts.every(({ path }) => path === group.path || path.startsWith(`${group.path}/`))).toBe(
      true,
    );
    const rows = report.rows.filter(({ path }) => path === group.path || path.startsWith(`${group.path}/`));
    expect(rows).toHaveLength(group.ops);
    expect(sumOf(rows), group.path).toEqual(sumsIn(group));
  }
}

it.each(TARGETS)("adds up at every level: $file$model", (target) => {
  expectSums(graphOf(target));
});

it("adds up at every level of any spec", () => {
  fc.assert(
    fc.property(randomSpec, (text) => {
      const { models } = check({ path: "random.dn", text });
      for (const { graph } of models) if (graph !== undefined && isBound(graph)) expectSums(graph);
    }),
    { numRuns: 60 },
  );
});

it.each(TARGETS)("shows sums that add up, whatever is folded: $file$model", (target) => {
  const report = reportOf(graphOf(target));
  for (const options of [{}, { depth: 3 }, { depth: 5 }, { expand: true }, { top: 4 }, { sort: "params" }]) {
    const { lines, totals } = viewOf(report, options);
    const closed = lines.filter(({ isOpen }) => !isOpen).map(({ item }) => item);
    expect(sumOf(closed)).toEqual(totals);
  }
});

it("counts each part of DenseNet-121 as published", () => {
  const groups = new Map(groupsIn(reportOf(graphOf(DENSENET121)).parts).map((group) => [group.path, group]));
  const at = (path: string): unknown => {
    const { params, macs } = groups.get(`densenet121/${path}`) ?? {};
    return [params, macs];
  };
  expect(at("features/imagenetStem")).toEqual([9_536n, 118_013_952n]);
  expect(at("features/denseFeatures/for/1/dense")).toEqual([335_040n, 1_040_449_536n]);
  expect(at("features/denseFeatures/for/1/transition")).toEqual([33_280n, 102_760_448n]);
  expect(at("features/denseFeatures/for/2/dense")).toEqual([919_680n, 712_900_608n]);
  expect(at("features/denseFeatures/for/3/dense")).toEqual([2_837_760n, 549_126_144n]);
  expect(at("features/denseFeatures/for/4/dense")).toEqual([2_158_080n, 104_366_080n]);
});

it("fits DenseNet-121 on a screen", async () => {
  const text = table(DENSENET121, { width: 100 });
  expect(text.split("\n").length).toBeLessThanOrEqual(40);
  await expect(text).toMatchFileSnapshot("../golden/report/densenet121.txt");
});

it("tells 1202 layers on a screen, equal ones as one", async () => {
  const text = table({ text: CIFAR_RESNET }, { width: 100 });
  expect(text.split("\n").length).toBeLessThanOrEqual(40);
  await expect(text).toMatchFileSnapshot("../golden/report/resnet1202.txt");
});

it("shows branches, inputs and places where there is room", async () => {
  const text = table({ text: INCEPTION }, { width: 160 });
  await expect(text).toMatchFileSnapshot("../golden/report/inception.txt");
});

it("shows every stage when asked for", async () => {
  const text = table({ file: "densenet-tiny.dn" }, { width: 120, depth: 99 });
  await expect(text).toMatchFileSnapshot("../golden/report/densenet-tiny.txt");
});

it("stays within the width, and never cuts a number", () => {
  for (let width = 60; width <= 200; width += 1) {
    const text = table(DENSENET121, { width, depth: 9 });
    for (const line of text.split("\n").slice(2)) expect(line.length).toBeLessThanOrEqual(width);
    for (const number of ["7,978,856", "2,834,161,664", "118,013,952"]) expect(text).toContain(number);
  }
});

it("keeps both ends of names where the width is short", async () => {
  await expect(table(DENSENET121, { width: 40, depth: 6 })).toMatchFileSnapshot(
    "../golden/report/narrow.txt",
  );
});

it("prints the table and nothing else", async () => {
  const { code, stdout, stderr } = await dnc("report", "specs/densenet121.dn");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(table(DENSENET121, { width: 100 }));
});

it("prints integers as one JSON document", async () => {
  const { code, stdout, stderr } = await dnc("report", "specs/densenet121.dn", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    schema: "dnc/report-1",
    model: "densenet121",
    inputs: [{ name: "x", shape: [3, 224, 224], printed: "[3 @ 224x224]" }],
    outputs: [{ name: "logits", shape: [1000], printed: "[1000]" }],
    totals: { params: 7_978_856, buffers: 83_648, macs: 2_834_161_664 },
  });
  expect(document.totals).toMatchObject({
    conventions: {},
    peakBytes: 7_225_344,
    peakBytesFlatConcat: 8_429_568,
    keptBytes: 130_695_936,
    keptBytesRecomputed: 62_975_872,
    trafficBytes: 459_510_848,
    fusedTrafficBytes: 208_162_368,
    norms: 121,
    foldableNorms: 59,
    foldedParams: 7_971_368,
    receptiveField: [
      { min: 39, max: 2071, jump: 32 },
      { min: 39, max: 2071, jump: 32 },
    ],
  });
  expect(document.rows[1]).toEqual({
    path: "densenet121/features/imagenetStem/conv",
    op: "conv",
    in: [[3, 224, 224]],
    out: [64, 112, 112],
    window: {
      size: [7, 7],
      stride: [2, 2],
      dilation: [1, 1],
      padding: [
        [3, 3],
        [3, 3],
      ],
    },
    params: 9408,
    buffers: 0,
    macs: 118_013_952,
    groups: 1,
    outBytes: 3_211_264,
    trafficBytes: 3_851_008,
    fusedTrafficBytes: 3_851_008,
    conventions: {},
    liveBytes: 3_813_376,
    receptiveField: [
      { min: 7, max: 7, jump: 2 },
      { min: 7, max: 7, jump: 2 },
    ],
    fanIn: 1,
    span: {
      path: "specs/densenet-blocks.dn",
      start: { line: 8, column: 35 },
      end: { line: 8, column: 62 },
    },
  });
  expect((await dnc("report", "specs/densenet121.dn", "--format", "json")).stdout).toBe(stdout);
});

it("writes integers past 2^53 as strings", () => {
  const report = reportOf(
    graphOf({
      text: "dn 1;\nmodel big { input x: f32[2000000000]; output y = x < linear (bias=false) -> 2000000000 >; }",
    }),
  );
  expect(reportToJson(report).totals).toMatchObject({
    params: "4000000000000000000",
    buffers: 0,
    macs: "4000000000000000000",
  });
});

it("reports what is bound on the command line", async () => {
  const { stdout } = await dnc("report", "specs/densenet-cifar.dn", "--input", "x=1x28x28", "--json");
  expect(JSON.parse(stdout).totals).toMatchObject({ params: 768_730, buffers: 23_988, macs: 220_108_284 });
});

it("prints the report of a model that misses a budget, and returns 3", async () => {
  const path = written(INCEPTION.replace("params == 163_696", "params == 163_697"));
  const { code, stdout, stderr } = await dnc("report", path);
  expect(code).toBe(3);
  expect(stderr).toContain("DN0614");
  expect(stdout).toContain("163,696");
});

it("prints only what is wrong of a spec with errors, and returns 1", async () => {
  const path = written(
    "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < linear -> 2 >; expect params == 1; }\n",
  );
  const { code, stdout, stderr } = await dnc("report", path, "--json");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("DN0402");
});

it.each([
  ["specs/densenet121.dn:densenet12", [], 1, "DN0213", "did you mean `densenet121`?"],
  ["specs/densenet-blocks.dn", [], 1, "DN0213", "no model that can be made from defaults"],
  ["specs/densenet121.dn", ["--input", "x=1x28"], 1, "DN0312", "1x28 has 1 sizes after the channels, not 2"],
  [
    "specs/densenet121.dn",
    ["--set", "cin=1", "--input", "x=3x64x64"],
    1,
    "DN0312",
    "`cin` cannot be 1 and 3",
  ],
  ["specs/densenet121.dn", ["--set", "cin"], 2, "DN0313", "cannot read --set cin"],
  ["specs/densenet121.dn", ["--input", "x=0x8"], 2, "DN0313", "cannot read --input x=0x8"],
  ["specs/densenet121.dn", ["--set", "clases=10"], 1, "DN0301", "clases"],
  ["specs/none.dn", [], 4, "DN0901", "there is no such file"],
] as const)("says what is wrong with the target %s %j", async (target, flags, exitCode, code, words) => {
  const result = await dnc("report", target, ...flags);
  expect(result).toMatchObject({ code: exitCode, stdout: "" });
  expect(result.stderr).toContain(code);
  expect(result.stderr).toContain(words);
});

it.each([
  [[], "`dnc report` takes one target"],
  [["a.dn", "b.dn"], "`dnc report` takes one target"],
  [["a.dn", "--format", "xml"], "`--format` takes table, json, csv, md, html or sarif, not `xml`"],
  [["a.dn", "--json", "--format", "table"], "`--json` and `--format table` exclude each other"],
  [["a.dn", "--depth", "0"], "`--depth` takes a number, 1 or more, not `0`"],
  [["a.dn", "--top", "many"], "`--top` takes a number, 1 or more, not `many`"],
  [["a.dn", "--convention", "fvcor"], "there is no convention `fvcor`"],
  [["a.dn", "--convention", "fvcore@9"], "`fvcore` has no version `9`"],
  [["a.dn", "--explain", "fvcore"], "`--explain` takes two conventions"],
  [
    ["a.dn", "--explain", "fvcore,thop", "--json"],
    "`--explain` prints a table of its own, without `--format` and `--sweep`",
  ],
  [["a.dn", "--params", "all"], "`--params` takes trainable, keras or folded, not `all`"],
  [["a.dn", "--bn", "yes"], "`--bn` takes keep or fold, not `yes`"],
  [["a.dn", "--device", "peak=1T"], "`--device` cannot read `peak=1T`"],
  [["a.dn", "--spelling", "relu=class"], "`--spelling` cannot read `relu=class`"],
  [["a.dn", "--filter", "color=red"], "an operation has no `color`"],
  [["a.dn", "--filter", "op="], "`op=` is no condition"],
  [["a.dn", "--filter", "op=conv &&"], "the filter ends too early"],
  [["a.dn", "--filter", "(op=conv"], "a bracket of the filter `(op=conv` is not closed"],
  [["a.dn", "--filter", "op=conv )"], "`)` is unexpected in the filter `op=conv )`"],
  [["a.dn", "--max-macs", "much"], "`--max-macs` cannot read `much`"],
  [["a.dn", "--max-regression", "macs=1%"], "`--max-regression` needs `--baseline FILE`"],
  [["a.dn", "--sweep", "k"], "`--sweep` cannot read `k`"],
  [["a.dn", "--sweep", "k=1", "--format", "sarif"], "`--sweep` has no form `sarif`"],
  [["specs/densenet-tiny.dn", "--cols", "macs,colour"], "there is no column `colour`"],
  [["specs/densenet-tiny.dn", "--sort", "mac"], "there is no column `mac`"],
  [["specs/densenet-tiny.dn", "--max", "time=3"], "`--max time=3` limits what is not reported"],
  [
    ["specs/densenet-tiny.dn", "--spelling", "silu=module"],
    "`--spelling silu` names no operation of `densenet_tiny`",
  ],
] as const)("refuses %j", async (args, message) => {
  const { code, stdout, stderr } = await dnc("report", ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`error: ${message}\n`);
});

function written(text: string): string {
  const folder = temporaryFolder();
  const path = join(folder, "spec.dn");
  writeFileSync(path, text);
  return path;
}
