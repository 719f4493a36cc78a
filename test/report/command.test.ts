/** `dnc report` beyond the table: conventions, columns, selections, forms, limits. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseAmount } from "../../src/report/amount.ts";
import { fractionText } from "../../src/report/numbers.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { dnc } from "./run-dnc.ts";

const DENSENET = "specs/densenet121.dn";

async function report(...flags: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await dnc("report", DENSENET, ...flags);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

async function totals(...flags: readonly string[]) {
  return JSON.parse(await report("--json", ...flags)).totals;
}

it("counts by each convention, with its name and unit above", async () => {
  const text = await report("--convention", "fvcore", "--depth", "1");
  expect(text).toContain("2,865,546,752");
  expect(text).toContain(
    'fvcore@0.1.5.post20221221: multiply-accumulates (named "flops"), batch 1, gap as function\n',
  );
  expect(await totals("--convention", "fvcore,thop", "--convention", "torchinfo@5c4164f")).toMatchObject({
    conventions: { fvcore: 2_865_546_752, thop: 2_897_007_104, torchinfo: 2_834_246_312 },
  });
  const all = JSON.parse(await report("--json", "--convention", "all"));
  expect(Object.keys(all.totals.conventions)).toHaveLength(17);
  expect(all.conventions.map(({ name }: { readonly name: string }) => name)).toEqual(
    Object.keys(all.totals.conventions),
  );
  expect(all.totals.conventions.netscope).toBe(
    Object.values<number>(all.conventions.at(-2).kinds).reduce((sum, amount) => sum + amount, 0),
  );
});

it("tells two versions of a convention apart", async () => {
  expect((await totals("--convention", "ptflops,ptflops@before-149")).conventions).toEqual({
    "ptflops@0.7.5": 2_899_893_224,
    "ptflops@before-149": 2_899_893_224,
  });
});

it("counts as a source spells it", async () => {
  // As torchvision does: the last rectifier is a function.
  expect(await totals("--convention", "ptflops", "--spelling", "denseFeatures/relu=function")).toMatchObject({
    conventions: { ptflops: 2_899_843_048 },
  });
  const text = await report(
    "--convention",
    "ptflops",
    "--spelling",
    "gap=module,relu=function",
    "--depth",
    "1",
  );
  expect(text).toContain("relu as function, maxpool, avgpool and gap as module");
});

it("says what a convention has no rule for", async () => {
  const spec = written(
    "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < shuffle(groups=3); scale; gelu >; }\n",
  );
  const { stdout } = await dnc("report", spec, "--convention", "ptflops");
  expect(stdout).toContain("without a rule, counted as 0: scale ×1\n");
});

it.each([
  [[], 7_978_856],
  [["--params", "keras"], 8_062_504],
  [["--params", "folded"], 7_971_368],
  [["--bn", "fold"], 7_971_368],
  [["--bn", "fold", "--params", "trainable"], 7_978_856],
] as const)("counts parameters as %j", async (flags, params) => {
  expect((await totals(...flags)).params).toBe(params);
  expect((await totals(...flags)).foldedParams).toBe(7_971_368);
});

it("folds norms for every number, and counts batches", async () => {
  expect((await totals("--bn", "fold", "--convention", "fvcore")).conventions.fvcore).toBe(2_855_310_848);
  const [one, eight, half] = await Promise.all([totals(), totals("--batch", "8"), totals("--dtype", "f16")]);
  expect(eight.macs).toBe(8 * one.macs);
  expect(eight.peakBytes).toBe(8 * one.peakBytes);
  expect(half.trafficBytes).toBe(one.trafficBytes / 2);
  const [kept, keptBy8] = [one.keptBytes, eight.keptBytes];
  const statistics = 8 * 41_824;
  expect(keptBy8 - statistics).toBe(8 * (kept - statistics));
  expect((await totals("--phase", "train", "--convention", "fvcore")).conventions.fvcore).toBe(
    2_865_546_752 + 3 * 15_667_456,
  );
});

it("explains why two conventions differ, and the ledger adds up", async () => {
  const text = await report("--explain", "fvcore", "torchinfo");
  await expect(text).toMatchFileSnapshot("../golden/report/ledger.txt");
  const differences = [...text.matchAll(/([+−–][\d,]*)$/gm)].map(([, amount = ""]) =>
    Number(amount.replaceAll(",", "").replace("−", "-").replace("–", "0")),
  );
  const total = differences.pop();
  expect(differences.reduce((sum, amount) => sum + amount, 0)).toBe(total);
  expect(total).toBe(2_834_246_312 - 2_865_546_752);
  const other = await dnc("report", "--explain", "fvcore", "torchinfo", DENSENET);
  expect(other.stdout).toBe(text);
});

it("shows the columns that are asked for, however wide", async () => {
  const text = await report(
    "--cols",
    "op,kernel,stride,groups,params,%params,macs,%macs,bytes,live,traffic,fused,ai,rf,jump,fan-in",
    "--expand",
  );
  expect(text).toContain("115,605,504");
  const lines = text.split("\n").filter((line) => / conv 3x3 pad 1 /.test(line));
  expect(lines.length).toBeGreaterThanOrEqual(58);
  expect(lines.some((line) => line.includes("19…27"))).toBe(true);
});

it("groups, sorts, selects and cuts, and adds up", async () => {
  const kernels = await report("--group-by", "kernel", "--sort", "macs", "--cols", "macs");
  expect(kernels).toMatch(
    /1x1 +1,472,364,544\n3x3 +1,242,759,168\n7x7 +118,013,952\nno window +1,024,000\n2x2 +–\ntotal +2,834,161,664\n/,
  );
  const selected = await report("--filter", "op=conv && kernel=1x1", "--cols", "macs,%macs", "--depth", "1");
  expect(selected).toMatch(/total of 61\/427 +1,472,364,544 +52.0\n/);
  const top = await report("--top", "3", "--cols", "macs,src");
  expect(top).toContain("… 424 more");
  expect(top.indexOf("118,013,952")).toBeLessThan(top.indexOf("115,605,504"));
  const resolutions = await report("--group-by", "resolution", "--cols", "macs");
  expect(resolutions).toMatch(/7x7 +104,366,080\nvector +1,024,000\n/);
});

it.each([
  ["op=conv", 120],
  ["op!=conv && macs>0", 1],
  ["path~transition && op=conv", 3],
  ["kernel=3x3 && !(macs<20M) || op=gap", 19],
  ["channels>=1_000", 8],
  ["fan-in>=25", 2],
] as const)("selects %s", async (filter, count) => {
  const records = (await report("--format", "csv", "--filter", filter)).trimEnd().split("\r\n").slice(1);
  expect(records).toHaveLength(count);
});

it("says what bounds each operation of a device, and how long it takes at least", async () => {
  const {
    rows,
    totals: sums,
    circumstances,
  } = JSON.parse(await report("--json", "--device", "peak=1.2T,bw=50G"));
  expect(circumstances.device).toEqual({ flopsPerSecond: 1.2e12, bytesPerSecond: 5e10 });
  for (const { macs, trafficBytes, picoseconds = 0 } of rows)
    expect(picoseconds).toBeCloseTo(1e12 * Math.max((2 * macs) / 1.2e12, trafficBytes / 5e10), -1);
  expect(sums.picoseconds).toBe(
    rows.reduce(
      (sum: number, { picoseconds = 0 }: { readonly picoseconds?: number }) => sum + picoseconds,
      0,
    ),
  );
  const text = await report("--device", "peak=1.2T,bw=50G", "--cols", "bound,least", "--group-by", "op");
  expect(text).toMatch(/conv +compute/);
  expect(text).toMatch(/bn +memory/);
});

it("writes CSV that reads back, a line for each operation", async () => {
  const text = await report("--format", "csv");
  const records = text
    .split("\r\n")
    .slice(0, -1)
    .map((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []);
  expect(records).toHaveLength(428);
  const [header = []] = records;
  const names = header.map((name) => name.replace(/,$/, "")).filter((name) => name !== "");
  const macs = records.slice(1).map((fields) => fields[names.indexOf("macs")]?.replace(/,$/, "") ?? "");
  expect(macs.every((value) => /^\d+$/.test(value))).toBe(true);
  expect(macs.reduce((sum, value) => sum + Number(value), 0)).toBe(2_834_161_664);
  const gated = written("dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap; linear -> 2 >; }\n");
  expect((await dnc("report", gated, "--format", "csv", "--cols", "in,params")).stdout).toBe(
    "path,in,params\r\nx,,0\r\ny/gap,[3 @ 8x8],0\r\ny/linear,[3],8\r\n",
  );
});

it("writes Markdown for a pull request", async () => {
  await expect(await report("--format", "md")).toMatchFileSnapshot("../golden/report/densenet121.md");
});

it("writes one page of HTML that needs nothing else", async () => {
  const page = await report("--format", "html");
  expect(page.startsWith("<!doctype html>")).toBe(true);
  for (const number of ["7,978,856", "2,834,161,664", "115605504", "ptflops@0.7.5"])
    expect(page).toContain(number);
});

it.each([
  [["--max-params", "8M", "--max-macs", "2.9G", "--max-peak", "7MiB", "--max-rf", "2071"], 0, []],
  [["--max-params", "7.9M"], 3, ["expected `params <= 7.9M`, and params is 7,978,856"]],
  [
    ["--max-macs", "2.8G", "--max-rf", "2_000"],
    3,
    [
      "expected `macs <= 2.8G`, and macs is 2,834,161,664",
      "densenet121/features/imagenetStem/conv (118,013,952) at specs/densenet-blocks.dn:8:35",
      "expected `rf <= 2_000`, and rf is 2,071",
    ],
  ],
  [["--max-peak", "6.8MiB"], 3, ["expected `peak <= 6.8MiB`, and peak is 7,225,344"]],
  [
    ["--convention", "fvcore", "--max", "fvcore=2.86G,kept=1GiB"],
    3,
    ["expected `fvcore <= 2.86G`, and fvcore is 2,865,546,752"],
  ],
] as const)("holds a model to %j", async (flags, code, messages) => {
  const result = await dnc("report", DENSENET, ...flags);
  expect(result.code).toBe(code);
  expect(result.stdout).toContain("7,978,856");
  for (const message of messages) expect(result.stderr).toContain(message);
  expect(result.stderr.match(/DN0614/g)?.length ?? 0).toBe(
    messages.filter((text) => text.startsWith("expected")).length,
  );
});

it("tells exceeded limits as SARIF", async () => {
  const { code, stdout } = await dnc("report", DENSENET, "--max-params", "7M", "--format", "sarif");
  expect(code).toBe(3);
  const [run] = JSON.parse(stdout).runs;
  expect(run.results).toHaveLength(1);
  expect(run.results[0]).toMatchObject({ ruleId: "DN0614", level: "error" });
  expect(run.results[0].message.text).toContain("most params: densenet121/logits/head/linear (1,025,000)");
  expect(run.artifacts[0].location.uri).toBe(DENSENET);
});

it("holds a model to an older report", async () => {
  const baseline = join(temporaryFolder(), "report.json");
  const { stdout } = await dnc("report", DENSENET, "--set", "classes=10", "--json", "--convention", "fvcore");
  writeFileSync(baseline, stdout);
  const flags = ["--baseline", baseline, "--convention", "fvcore", "--max-regression"];
  expect((await dnc("report", DENSENET, ...flags, "macs=1%,params=20%,fvcore=2M")).code).toBe(0);
  const { code, stderr } = await dnc("report", DENSENET, ...flags, "params=10%,fvcore=0.01%");
  expect(code).toBe(3);
  expect(stderr).toContain(
    "expected `params to grow by at most 10%`, and it grew by 1,014,750, from 6,964,106 to 7,978,856 (+14.6 %)",
  );
  expect(stderr).toContain("most growth of params: densenet121/logits/head/linear (1,014,750)");
  expect(stderr).toContain("expected `fvcore to grow by at most 0.01%`");
  expect(stderr).toContain("most growth of fvcore: densenet121/logits/head/linear (1,013,760)");
  const none = await dnc("report", DENSENET, "--baseline", join(temporaryFolder(), "none.json"));
  expect(none).toMatchObject({ code: 4, stdout: "" });
});

it("reports a model at several values of its parameters", async () => {
  const text = await report(
    "--sweep",
    "size=128,224",
    "--sweep",
    "classes=10,1000",
    "--convention",
    "fvcore",
  );
  await expect(text).toMatchFileSnapshot("../golden/report/sweep.txt");
  const { points, ...rest } = JSON.parse(await report("--sweep", "size=128,224", "--json"));
  expect(rest).toEqual({ schema: "dnc/sweep-1", model: "densenet121" });
  expect(points[1]).toMatchObject({ values: { size: "224" }, params: 7_978_856, macs: 2_834_161_664 });
  expect((await report("--sweep", "size=224", "--format", "csv")).split("\r\n")[1]).toMatch(
    /^224,7978856,2834161664,/,
  );
  expect(await report("--sweep", "size=224", "--format", "md")).toContain("| 224 | 7,978,856 |");
  const wrong = await dnc("report", DENSENET, "--sweep", "growth=1,2");
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.stderr).toContain("DN0301");
});

it("reads amounts as the language does", () => {
  const values = ["8M", "2.9G", "8MiB", "1_000", "1%", "0.5K"].map((text) => parseAmount(text)?.value);
  expect(values).toEqual([8e6, 2.9e9, 8 * 2 ** 20, 1000, 0.01, 500]);
  for (const text of ["", "M", "-3", "3 M", "1.2.3", "3m"]) expect(parseAmount(text)).toBeUndefined();
  expect([0.5, 12.34, 1204.4, 3, 0.001].map(fractionText)).toEqual(["0.50", "12.3", "1,204", "3", "0.00"]);
});

function written(text: string): string {
  const path = join(temporaryFolder(), "spec.dn");
  writeFileSync(path, text);
  return path;
}
