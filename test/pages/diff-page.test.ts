/** The page of a comparison: the pictures of both models, and what is outlined in them. */
import { expect, it } from "vitest";
import { diffReports } from "../../src/diff/diff.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { diffPage } from "../../src/pages/diff-page.ts";
import { type ReportJson, reportToJson } from "../../src/report/json.ts";
import { reportOf } from "../../src/report/report.ts";
import { dnc } from "../report/run-dnc.ts";
import { network } from "../viz/networks.ts";
import { elementsIn, parseXml } from "../viz/xml.ts";

function reportOn(graph: CheckedGraph): ReportJson {
  return reportToJson(reportOf(graph));
}

interface Outlined {
  readonly segments: readonly string[];
  /** Of matrices, by segment. */
  readonly rows: readonly string[];
}

function outlinedIn(svg: string): Outlined {
  const elements = elementsIn(parseXml(svg)).map(({ element }) => element);
  const withClass = (name: string): typeof elements =>
    elements.filter(({ attributes }) => (attributes["class"] ?? "").split(" ").includes(name));
  const changed = withClass("changed");
  return {
    segments: changed
      .filter(({ attributes }) => attributes["class"]?.includes("segment"))
      .map(
        ({ children }) =>
          /<title>(.*?):/.exec(JSON.stringify(children))?.[1] ?? JSON.stringify(children[0]).slice(0, 60),
      ),
    rows: [...new Set(changed.flatMap(({ attributes }) => attributes["data-r"] ?? []))],
  };
}

function picturesOf(before: string, after: string): readonly Outlined[] {
  const [first, second] = [network(before), network(after)];
  const page = diffPage(diffReports(reportOn(first), reportOn(second)), { before: first, after: second });
  return [...page.matchAll(/<svg[\s\S]*?<\/svg>/g)].map(([svg]) => outlinedIn(svg));
}

it("outlines the layers that a DenseNet-169 has and a DenseNet-121 has not", () => {
  const [before, after] = picturesOf("densenet121.dn", "densenet169.dn");
  expect(before).toEqual({ segments: [], rows: [] });
  expect(after?.segments).toHaveLength(2);
  // Layers 25 to 32 of block 3, and 17 to 32 of block 4.
  expect(after?.rows.map(Number).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 16 }, (_, at) => at + 17),
  );
});

it("outlines everything between two networks that have nothing in common but their input", () => {
  const [before, after] = picturesOf("vgg", "resnet50");
  expect(before?.segments.length).toBeGreaterThan(4);
  expect(after?.segments.length).toBeGreaterThan(4);
});

it("tells every change where a table for people tells some", () => {
  const [first, second] = [network("densenet121.dn"), network("resnet50")];
  const diff = diffReports(reportOn(first), reportOn(second));
  const page = diffPage(diff, {});
  expect(page).not.toContain("see --json");
  expect(page).not.toContain("<svg");
  for (const { path } of [...diff.added, ...diff.removed]) expect(page).toContain(path);
});

it("is one file, and what `dnc diff --format html` prints", async () => {
  const { code, stdout } = await dnc(
    "diff",
    "specs/densenet121.dn",
    "specs/densenet169.dn",
    "--format",
    "html",
  );
  expect(code).toBe(0);
  expect(stdout.startsWith("<!doctype html>")).toBe(true);
  expect(stdout).not.toMatch(/(?:src|href)=|url\(|@import|https?:\/\/(?!www\.w3\.org)/);
  expect(stdout).toContain("+6,170,624");
  const ids = [...stdout.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
