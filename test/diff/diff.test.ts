/** `dnc diff`: what is found between two models, what it is said to cost, and what the command returns. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import { type Diff, diffReports, isSame, MEASURES } from "../../src/diff/diff.ts";
import { diffLines, diffMarkdown } from "../../src/diff/render.ts";
import { diffTables } from "../../src/diff/tables.ts";
import { parseGrowth } from "../../src/report/budget.ts";
import { type ReportJson, reportToJson } from "../../src/report/json.ts";
import { reportOf } from "../../src/report/report.ts";
import { randomSpec } from "../fuzz/random-spec.ts";
import { dnc } from "../report/run-dnc.ts";
import { graphOf } from "../report/spec-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function reportOn(text: string): ReportJson {
  const { graph } = elaborate({ path: "net.dn", text });
  if (graph === undefined) throw new Error(`no graph: ${text}`);
  return reportToJson(reportOf(graph));
}

/** Of two bodies on `[8 @ 16x16]`. */
function diffOf(before: string, after: string): Diff {
  const [first, second] = [before, after].map((body) =>
    reportOn(`dn 1;
model net {
  set order = post;
  input x: f32[8 @ 16, 16];
  output y = x < ${body} >;
}`),
  );
  if (first === undefined || second === undefined) throw new Error("no reports");
  return diffReports(first, second);
}

const pathsOf = (sections: Diff["added"]): readonly string[] => sections.map(({ path }) => path);

it("finds nothing between a model and itself", () => {
  const diff = diffOf("conv 3 -> 4; relu", "conv 3 -> 4; relu");
  expect(isSame(diff)).toBe(true);
  expect(diff.divergence).toBeUndefined();
  expect(diff.parts).toEqual([]);
});

it("tells a stage that came from those that only have other shapes", () => {
  const diff = diffOf("conv 3 -> 4; relu; conv 1 -> 6", "conv 3 -> 4; maxpool 2; relu; conv 1 -> 6");
  expect(pathsOf(diff.added)).toEqual(["y/maxpool"]);
  expect([diff.removed, diff.changed, diff.moved]).toEqual([[], [], []]);
  // relu, and the convolution with its norm and activation.
  expect(diff.following).toBe(4);
  expect(diff.divergence?.after.path).toBe("y/relu");
  expect(diff.divergence?.cause).toBe("`y/maxpool` was added");
});

it("names a unit that went as one, with what it cost", () => {
  const diff = diffOf("conv 3 -> 8; maxpool 2; bottleneck 1 -> 8", "conv 3 -> 8; maxpool 2");
  expect(diff.removed).toMatchObject([{ path: "y/bottleneck", ops: 3, params: 80n, macs: 4096n }]);
});

it("blames a stage that was changed itself", () => {
  const diff = diffOf("conv 3 -> 4; conv 3 -> 4", "conv 3 /2 -> 4; conv 3 -> 4");
  expect(diff.changed.map(({ after }) => after.path)).toEqual(["y/conv"]);
  expect(diff.divergence).toMatchObject({ cause: "the stage itself was changed", after: { path: "y/conv" } });
});

it("follows a stage to another place", () => {
  const diff = diffOf("conv 3 -> 4; sigmoid as last", "conv 3 -> 4; sigmoid as end");
  expect(diff.moved.map(({ before, after }) => [before.path, after.path])).toEqual([["y/last", "y/end"]]);
  expect([diff.added, diff.removed]).toEqual([[], []]);
});

it("counts repetitions that follow each other as one section", () => {
  const diff = diffOf("repeat 2 < conv 3 -> 8 >", "repeat 5 < conv 3 -> 8 >");
  expect(diff.added).toMatchObject([{ path: "y/repeat/3…5", times: 3, ops: 9, params: 3n * 592n }]);
});

it("explains every difference of the totals: what came, went and changed adds up", () => {
  fc.assert(
    fc.property(randomSpec, randomSpec, (first, second) => {
      const diff = diffReports(reportOn(first), reportOn(second));
      for (const measure of MEASURES) {
        const total = diff.totals.find(({ quantity }) => quantity.name === measure);
        const [before, after] = [BigInt(total?.before ?? 0), BigInt(total?.after ?? 0)];
        const sum = (sections: Diff["added"]): bigint =>
          sections.reduce((total, section) => total + section[measure], 0n);
        // What remains are stages that are in both and follow their inputs.
        const left = after - sum(diff.added) - (before - sum(diff.removed));
        const changed = diff.changed.reduce(
          (total, { deltas }) => total + deltas[measure].after - deltas[measure].before,
          0n,
        );
        if (diff.following === 0) expect(left).toBe(changed);
      }
      const back = diffReports(diff.after, diff.before);
      expect(back.removed.length).toBe(diff.added.length);
    }),
    { numRuns: 100 },
  );
});

it.each([70, 80, 120])("fits %i columns and cuts no number", (width) => {
  const diff = diffReports(
    reportToJson(reportOf(graphOf({ file: "densenet121.dn" }))),
    reportToJson(reportOf(graphOf({ file: "densenet201.dn" }))),
  );
  const rows = diffLines(diffTables(diff), width).filter(({ kind }) => kind === "row");
  for (const { text } of rows) expect(text.length).toBeLessThanOrEqual(width);
  expect(rows.some(({ text }) => text.includes("+12,035,072"))).toBe(true);
});

it("writes Markdown whose tables are whole", () => {
  const text = diffMarkdown(diffTables(diffOf("conv 3 -> 4", "conv 3 -> 4; relu as a_b")));
  const tables = text.split("\n").filter((line) => line.startsWith("|"));
  expect(tables.length).toBeGreaterThan(4);
  for (const line of tables) expect(line.endsWith("|")).toBe(true);
});

it("reads limits", () => {
  expect(parseGrowth("macs>+1%")).toMatchObject({ quantity: "macs", amount: { value: 0.01, isShare: true } });
  expect(parseGrowth(" params > 100K ")).toMatchObject({ quantity: "params", amount: { value: 100_000 } });
  expect(parseGrowth("peak>64KiB")).toMatchObject({ quantity: "peak", amount: { value: 65_536 } });
  expect(parseGrowth("ptflops@0.7.5>0")).toMatchObject({ quantity: "ptflops@0.7.5", amount: { value: 0 } });
  for (const text of ["macs<1%", "macs>", "macs>1KB"]) expect(parseGrowth(text)).toBeUndefined();
});

const [SMALL, LARGE] = ["specs/densenet121.dn", "specs/densenet169.dn"] as const;

it("returns 3 when a limit is broken, and shows the comparison", async () => {
  const broken = await dnc("diff", SMALL, LARGE, "--fail-on", "macs>+1%");
  expect(broken.code).toBe(3);
  expect(broken.stderr).toMatch(/DN0614.*`macs to grow by at most 1%`, and it grew by 525,681,664/);
  expect(broken.stderr).toContain("specs/densenet169.dn:");
  expect(broken.stdout).toContain("+6,170,624");
  expect((await dnc("diff", SMALL, LARGE, "--fail-on", "macs>+20%,params>10M")).code).toBe(0);
  expect((await dnc("diff", LARGE, SMALL, "--fail-on", "macs>0")).code).toBe(0);
});

it("says what it cannot compare", async () => {
  const folder = temporaryFolder();
  const files = ["text.json", "other.json"].map((name) => join(folder, name));
  writeFileSync(files[0] ?? "", "no json");
  writeFileSync(files[1] ?? "", '{"schema":"dnc/report-2"}');
  for (const file of files) {
    const result = await dnc("diff", file, SMALL);
    expect([result.code, result.stdout]).toEqual([4, ""]);
    expect(result.stderr).toContain("DN0914");
  }
  expect((await dnc("diff", join(folder, "none.json"), SMALL)).stderr).toContain("DN0901");
  expect((await dnc("diff", SMALL)).code).toBe(2);
  expect((await dnc("diff", SMALL, LARGE, "--fail-on", "speed>1%")).code).toBe(2);
  expect((await dnc("diff", SMALL, LARGE, "--format", "xml")).code).toBe(2);
});
