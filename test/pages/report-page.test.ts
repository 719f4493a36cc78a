/** The page of a report: what it holds, what its plots say, and how it works in a browser, where one is installed. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conventionNamed, isConvention } from "../../src/measure/conventions.ts";
import { fieldPaths } from "../../src/measure/field-paths.ts";
import { headOf, receptiveFields } from "../../src/measure/receptive-field.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { linearAxis, logAxis } from "../../src/pages/plots/axis.ts";
import { rooflineOf } from "../../src/pages/plots/roofline.ts";
import { reportPage } from "../../src/pages/report-page.ts";
import { reportOf } from "../../src/report/report.ts";
import { findBrowser, leastContrast, openPage, type Page } from "../browser.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { MODELS, network } from "../viz/networks.ts";
import { elementsIn, parseXml } from "../viz/xml.ts";

function pageOf(graph: CheckedGraph): string {
  const conventions = ["macs", "fvcore"].map(conventionNamed).filter(isConvention);
  return reportPage(graph, reportOf(graph, { conventions }), {});
}

it.each([
  ["densenet121.dn", 58n],
  ["densenet169.dn", 82n],
  ["resnet50", 16n],
] as const)("counts the paths through %s: two to the power of its layers", (name, layers) => {
  const graph = network(name);
  const head = headOf(graph) ?? -1;
  const paths = fieldPaths(graph, head);
  const total = [...paths.values()].reduce((sum, count) => sum + count, 0n);
  expect(total).toBe(2n ** layers);
  const [field] = receptiveFields(graph)[head] ?? [];
  expect([Math.min(...paths.keys()), Math.max(...paths.keys())]).toEqual([field?.min, field?.max]);
});

it("agrees with the shortest and the longest path of every network", () => {
  for (const name of MODELS) {
    const graph = network(name);
    const head = headOf(graph);
    if (head === undefined) continue;
    const lengths = [...fieldPaths(graph, head).keys()];
    const [field] = receptiveFields(graph)[head] ?? [];
    expect([name, Math.min(...lengths)]).toEqual([name, field?.min]);
    if (Number.isFinite(field?.max)) expect([name, Math.max(...lengths)]).toEqual([name, field?.max]);
  }
});

it("draws axes with round ticks inside of what they show", () => {
  for (const largest of [0, 0.3, 1, 7, 99, 100, 101, 2071, 1e9]) {
    const { ticks, at } = linearAxis(largest, [0, 100], String);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThanOrEqual(9);
    for (const { amount } of ticks) {
      expect(at(amount)).toBeGreaterThanOrEqual(0);
      expect(at(amount)).toBeLessThanOrEqual(100 + 1e-6);
    }
  }
  const { ticks, at } = logAxis(0.4, 250, [0, 100], String);
  expect(ticks.map(({ amount }) => amount)).toEqual([1, 10, 100]);
  expect(at(10)).toBeCloseTo((100 * Math.log10(25)) / Math.log10(625));
});

it("says of a roofline what bounds each operation", () => {
  const works = [
    { name: "dense", flops: 100, bytes: 1 },
    { name: "thin", flops: 1, bytes: 1 },
    { name: "pool", flops: 0, bytes: 5 },
  ];
  const { words, marks } = rooflineOf(works, { peak: 100, bandwidth: 10 });
  // The first takes 1 s of arithmetic, the second 0.1 s of traffic.
  expect(words).toContain("the ridge is at 10 FLOP/B: 1 of 2 operations");
  expect(words).toContain("bound by memory, 9 % of the least time");
  const titles = marks.flatMap((mark) => ("title" in mark && mark.title ? [mark.title] : []));
  expect(titles).toContain("dense: 100 FLOP/B, bound by compute, 90.9 % of the time");
  expect(titles).toContain("thin: 1 FLOP/B, bound by memory, 9.1 % of the time");
});

it("is one file that asks no other for anything, and not a large one", () => {
  const page = pageOf(network("densenet121.dn"));
  expect(page).not.toMatch(/(?:src|href)=|url\(|@import|fetch\(|https?:\/\/(?!www\.w3\.org)/);
  expect(page.length).toBeLessThan(600_000);
  const script = /<script>([\s\S]*?)<\/script>/g;
  const scripts = [...page.matchAll(script)].reduce((sum, [, text = ""]) => sum + text.length, 0);
  expect(scripts).toBeLessThan(30_000);
});

it("has drawings of whole XML, in which every mark that is no text says what it is", () => {
  for (const name of ["densenet121.dn", "unet", "vgg", "one"]) {
    const figures = [...pageOf(network(name)).matchAll(/<figure class="plot"[\s\S]*?(<svg[\s\S]*?<\/svg>)/g)];
    expect(figures.length).toBeGreaterThanOrEqual(1);
    for (const [, svg = ""] of figures) {
      const elements = elementsIn(parseXml(svg)).map(({ element }) => element);
      for (const { name: tag, children } of elements) {
        if (tag === "rect" || tag === "path") expect(children.length).toBeGreaterThan(0);
      }
    }
  }
});

const browser = findBrowser();
if (browser === undefined) console.info("not run: reports in a browser (no Chromium or Chrome is installed)");

describe.skipIf(browser === undefined)("in a browser", () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage(browser ?? "");
  });
  afterAll(() => page.close());

  async function open(name: string): Promise<void> {
    const file = join(temporaryFolder(), "report.html");
    writeFileSync(file, pageOf(network(name)));
    page.complaints.length = 0;
    await page.open(pathToFileURL(file).href);
  }

  const texts = (selector: string): Promise<unknown> =>
    page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.textContent)`,
    );
  const names = (): Promise<unknown> => texts("#operations tbody .name");
  const type = (text: string): Promise<unknown> =>
    page.evaluate(`(() => {
      const field = document.querySelector("#operations input[type=search]");
      field.value = ${JSON.stringify(text)};
      field.dispatchEvent(new Event("input"));
    })()`);
  const click = (text: string): Promise<unknown> =>
    page.evaluate(
      `[...document.querySelectorAll("#operations button")].find((each) => each.textContent === ${JSON.stringify(text)}).click()`,
    );

  it("opens and closes parts by keyboard", async () => {
    await open("densenet121.dn");
    await click("Close all");
    expect(await names()).toEqual(["x", "▸features", "▸logits/head"]);
    await page.evaluate("document.querySelector('#operations tbody tr').focus()");
    await page.press("ArrowDown", "ArrowRight");
    expect(await names()).toEqual(["x", "▾features", "▸imagenetStem", "▸denseFeatures", "▸logits/head"]);
    await page.press("ArrowRight", "Enter", "End");
    expect(await page.evaluate("document.activeElement.querySelector('.name').textContent")).toBe(
      "▸logits/head",
    );
    await page.press("Home", "ArrowDown", "ArrowLeft");
    expect(await names()).toEqual(["x", "▸features", "▸logits/head"]);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-expanded')")).toBe("false");
    expect(page.complaints).toEqual([]);
  });

  it("selects by words and by tests, and adds up what is left", async () => {
    await open("densenet121.dn");
    await type("op=conv && kernel=1x1");
    expect(await texts(".selected")).toEqual([
      "61 of 427 rows: 4,722,688 params, 1,472,364,544 MACs, 1,472,364,544 fvcore, 77.2 MiB traffic",
    ]);
    await type("kernel=7x7");
    expect(await names()).toEqual(["▾features", "▾imagenetStem", "▾conv", "conv"]);
    await type("avgpool");
    expect(await texts(".selected")).toEqual([expect.stringMatching(/^3 of 427 rows/)]);
    await type("mac>=1M");
    expect(await texts(".selected")).toEqual(["an operation has no `mac`: did you mean `macs`?"]);
    await type("");
    expect(await texts(".selected")).toEqual(["427 rows"]);
    expect(page.complaints).toEqual([]);
  });

  it("sorts siblings by a column, down, up, and as they were", async () => {
    await open("densenet121.dn");
    await click("Close all");
    await click("params");
    expect(await names()).toEqual(["▸features", "▸logits/head", "x"]);
    expect(await texts("th[aria-sort=descending]")).toEqual(["params"]);
    await click("params");
    expect(await names()).toEqual(["x", "▸logits/head", "▸features"]);
    await click("params");
    expect(await names()).toEqual(["x", "▸features", "▸logits/head"]);
  });

  it("groups operations, and every grouping adds up", async () => {
    await open("googlenet");
    const sums = await page.evaluate(`(() => {
      const select = document.querySelector("#operations select");
      const column = [...document.querySelectorAll("#operations thead th")].findIndex((each) => each.textContent === "MACs");
      return [...select.options].map(({ value }) => {
        select.value = value;
        select.dispatchEvent(new Event("change"));
        const rows = [...document.querySelectorAll("#operations tbody tr[aria-level='1']")];
        return rows.reduce((sum, row) => sum + Number(row.children[column].textContent.replaceAll(",", "").replace("–", "0")), 0);
      });
    })()`);
    const total = Number(reportOf(network("googlenet")).totals.macs);
    expect(sums).toEqual([total, total, total, total]);
  });

  it("shows the columns that are ticked", async () => {
    await open("unet");
    await page.evaluate(
      `[...document.querySelectorAll(".choice label")].find((each) => each.textContent.trim() === "field").querySelector("input").click()`,
    );
    expect(await texts("#operations thead th")).toContain("field");
    expect(page.complaints).toEqual([]);
  });

  it("draws the roofline of another machine", async () => {
    await open("resnet50");
    const words = "document.querySelector('#roofline figcaption').textContent";
    expect(await page.evaluate(words)).toContain("On 1 TFLOP/s and 100 GB/s");
    await page.evaluate(`(() => {
      const [peak] = document.querySelectorAll("#roofline input");
      peak.value = "312T";
      peak.dispatchEvent(new Event("change"));
    })()`);
    expect(await page.evaluate(words)).toContain("On 312 TFLOP/s and 100 GB/s the ridge is at 3,120 FLOP/B");
    expect(await page.evaluate("document.querySelectorAll('#roofline .dot.compute').length")).toBe(0);
    expect(page.complaints).toEqual([]);
  });

  it.each(["light", "dark"] as const)("can be read in %s surroundings", async (scheme) => {
    await page.prefer(scheme);
    await open("googlenet");
    const words =
      "#operations td, #operations th, p, h2, dt, dd span, figcaption, li, .field, summary, output";
    expect(await page.evaluate(leastContrast(words, "body, .facts div, .field"))).toBeGreaterThanOrEqual(4.5);
  });

  it("opens every shipped network without a complaint", async () => {
    const files = readdirSync("specs").filter((name) => /^densenet\d+\.dn$/.test(name));
    for (const name of [...files, ...MODELS]) {
      await open(name);
      expect([name, page.complaints]).toEqual([name, []]);
      expect(await page.evaluate("document.querySelectorAll('#operations tbody tr').length")).toBeGreaterThan(
        1,
      );
    }
  });
});
