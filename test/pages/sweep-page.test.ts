/** The page of a sweep: which models none beats, and how it works in a browser, where one is installed. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Choice, paretoFront, scatterOf } from "../../src/pages/plots/scatter.ts";
import { findBrowser, openPage, type Page } from "../browser.ts";
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function choice(values: readonly number[], isMoreBetter: boolean): Choice {
  return { measure: { name: "a", title: "amount", unit: "count", values }, isMoreBetter };
}

it("finds the models that none beats in both amounts", () => {
  const [cost, worth] = [choice([10, 20, 30, 20, 40], false), choice([1, 5, 4, 3, 9], true)];
  expect(paretoFront(cost, worth)).toEqual([0, 1, 4]);
  expect(paretoFront(cost, choice([1, 5, 4, 3, 9], false))).toEqual([0]);
});

it("leaves out a model exactly when another is as good in both amounts, and better in one", () => {
  const amounts = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(amounts, fc.boolean(), fc.boolean(), (pairs, moreX, moreY) => {
      const sign = (isMore: boolean): number => (isMore ? 1 : -1);
      const worth = pairs.map(([x, y]) => [sign(moreX) * x, sign(moreY) * y] as const);
      const front = paretoFront(
        choice(
          pairs.map(([x]) => x),
          moreX,
        ),
        choice(
          pairs.map(([, y]) => y),
          moreY,
        ),
      );
      const isBeaten = ([a, b]: readonly [number, number]): boolean =>
        worth.some(([c, d]) => c >= a && d >= b && (c > a || d > b));
      for (const at of front) expect(isBeaten(worth[at] ?? [0, 0])).toBe(false);
      // Of equal ones the first stands for all.
      const best = new Set(worth.filter((each) => !isBeaten(each)).map(String));
      expect(new Set(front.map((at) => String(worth[at])))).toEqual(best);
      expect(front.length).toBe(best.size);
    }),
  );
});

it("writes names where no other name stands", () => {
  const values = Array.from({ length: 40 }, (_, at) => 100 + at);
  const { marks } = scatterOf(
    values.map((value) => `k=${value}`),
    choice(values, false),
    choice(values, true),
  );
  const texts = marks.flatMap((mark) => (mark.kind === "text" && mark.text.startsWith("k=") ? [mark] : []));
  expect(texts.length).toBeGreaterThan(3);
  expect(texts.length).toBeLessThan(40);
});

const SWEEP = ["report", "specs/densenet-cifar.dn:densenet_bc_l16_k12", "--sweep", "classes=10,100,1000"];

it("is what `dnc report --sweep --format html` prints", async () => {
  const { code, stdout } = await dnc(...SWEEP, "--format", "html");
  expect([0, 3]).toContain(code);
  expect(stdout.startsWith("<!doctype html>")).toBe(true);
  expect(stdout).not.toMatch(/(?:src|href)=|url\(|@import|https?:\/\/(?!www\.w3\.org)/);
  for (const text of ["44,410", "19,943,904", "classes=1000"]) expect(stdout).toContain(text);
});

const browser = findBrowser();
if (browser === undefined) console.info("not run: sweeps in a browser (no Chromium or Chrome is installed)");

describe.skipIf(browser === undefined)("in a browser", () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage(browser ?? "");
  });
  afterAll(() => page.close());

  it("shows other amounts, and what is best in them", async () => {
    const file = join(temporaryFolder(), "sweep.html");
    writeFileSync(file, (await dnc(...SWEEP, "--format", "html")).stdout);
    await page.open(pathToFileURL(file).href);
    const choose = (label: string, value: string): Promise<unknown> =>
      page.evaluate(`(() => {
        const select = document.querySelector(${JSON.stringify(`select[aria-label="${label}"]`)});
        select.value = ${JSON.stringify(value)};
        select.dispatchEvent(new Event("change"));
      })()`);
    const best = (): Promise<unknown> => page.evaluate("document.querySelectorAll('.dot.best').length");
    expect(await best()).toBe(3);
    await choose("up: which is better", "less");
    expect(await best()).toBe(1);
    await choose("up", "traffic");
    expect(await page.evaluate("document.querySelector('#scatter h2').textContent")).toBe(
      "traffic and multiply-adds",
    );
    expect(await page.evaluate("document.querySelector('#scatter figcaption').textContent")).toContain(
      "No model has less multiply-adds and less traffic than these: classes=10.",
    );
    expect(page.complaints).toEqual([]);
  });
});
