/** Pages and pictures in a real browser, where one is installed: what a person with a mouse, keyboard or reader meets. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draw, type PictureFormat } from "../../src/viz/draw.ts";
import { findBrowser, leastContrast, openPage, type Page } from "../browser.ts";
import { temporaryFolder } from "../temporary-folder.ts";

import { network } from "./networks.ts";

const browser = findBrowser();
if (browser === undefined)
  console.info("not run: pictures in a browser (no Chromium or Chrome is installed)");

describe.skipIf(browser === undefined)("in a browser", () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage(browser ?? "");
  });
  afterAll(() => page.close());

  async function open(name: string, format: PictureFormat): Promise<void> {
    const file = join(temporaryFolder(), `net.${format}`);
    writeFileSync(file, draw(network(name), { format }, { report: () => {} })?.text ?? "");
    page.complaints.length = 0;
    await page.open(pathToFileURL(file).href);
  }

  it.each(["densenet121.dn", "densenet264.dn", "resnet1202", "unet", "googlenet", "siamese"])(
    "the picture of %s is XML that a browser draws, with no label upon another",
    async (name) => {
      await open(name, "svg");
      expect(await page.evaluate("document.documentElement.nodeName")).toBe("svg");
      expect(await page.evaluate("document.querySelectorAll('parsererror').length")).toBe(0);
      expect(await page.evaluate(COLLISIONS)).toEqual([]);
      expect(page.complaints).toEqual([]);
    },
  );

  it("a page is walked and opened by keyboard alone", async () => {
    await open("densenet121.dn", "html");
    const focused = (): Promise<unknown> =>
      page.evaluate("document.activeElement.id || document.activeElement.textContent");
    await page.press("Tab");
    const first = await focused();
    await page.press("ArrowRight");
    expect(await focused()).not.toBe(first);
    await page.press("Enter");
    expect(await page.evaluate("document.querySelector('#detail h2').textContent")).toBe("Dense block 1");
    expect(await page.evaluate("document.querySelectorAll('.layer').length")).toBe(6);
    expect(await page.evaluate("document.querySelectorAll('.segment[aria-expanded=true]').length")).toBe(1);
    // Past the button that closes, to the cards.
    await page.press("Tab", "Tab", "ArrowRight", "ArrowRight", "Enter");
    expect(await page.evaluate("document.activeElement.querySelector('.name').textContent")).toBe("layer 3");
    expect(await page.evaluate("document.querySelectorAll('.layer.source').length")).toBe(2);
    expect(await page.evaluate("document.querySelectorAll('.layer.reader').length")).toBe(3);
    expect(await page.evaluate("document.querySelectorAll('.cell.reads').length")).toBe(3);
    const operations =
      "[...document.querySelectorAll('.operations text.body')].map((text) => text.textContent)";
    expect(await page.evaluate(operations)).toEqual([
      "in",
      "bn",
      "relu",
      "conv 1×1",
      "bn",
      "relu",
      "conv 3×3",
      "concat",
    ]);
    await page.press("Escape");
    expect(await page.evaluate("document.querySelector('#detail').hidden")).toBe(true);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toMatch(
      /^Dense block 1: 6 layers/,
    );
    expect(page.complaints).toEqual([]);
  });

  it("layers that share a drawing show their own shapes", async () => {
    await open("densenet121.dn", "html");
    const shapes = `[...document.querySelectorAll('.layer')].map((card) => (card.click(),
      document.querySelector('.operations text.note').textContent))`;
    await page.evaluate("document.querySelectorAll('.segment')[1].dispatchEvent(new MouseEvent('click'))");
    expect(await page.evaluate(shapes)).toEqual(
      [64, 96, 128, 160, 192, 224].map((channels) => `[${channels} @ 56×56]`),
    );
  });

  it.each(["resnet1202", "unet", "googlenet", "siamese", "vgg"])(
    "every part and layer of %s opens",
    async (name) => {
      await open(name, "html");
      const opened = await page.evaluate(`[...document.querySelectorAll('.segment')].map((segment) => {
      segment.dispatchEvent(new MouseEvent('click'));
      const cards = [...document.querySelectorAll('.layer')];
      for (const card of cards) card.click();
      return cards.length * document.querySelectorAll('.operations svg').length;
    })`);
      expect(Math.min(...(opened as readonly number[]))).toBeGreaterThan(0);
      expect(page.complaints).toEqual([]);
    },
  );

  it("a screen reader is told of each part in a sentence, and of nothing twice", async () => {
    await open("densenet121.dn", "html");
    const { nodes } = await page.send("Accessibility.getFullAXTree");
    const told = (nodes as readonly AccessibilityNode[]).filter(({ ignored }) => !ignored);
    const names = told.filter(({ role }) => role.value === "button").map(({ name }) => name?.value);
    expect(names).toHaveLength(9);
    expect(names[1]).toBe(
      "Dense block 1: 6 layers, [64 @ 56×56] to [256 @ 56×56], 335,040 parameters, 1,040,449,536 multiply-adds",
    );
    expect(told.length).toBeLessThan(400);
  });

  it.each(["light", "dark"] as const)("text can be read in %s surroundings", async (scheme) => {
    await page.prefer(scheme);
    await open("googlenet", "html");
    await page.evaluate("document.querySelectorAll('.segment')[1].dispatchEvent(new MouseEvent('click'))");
    expect(
      await page.evaluate(leastContrast("p, h2, .layer span, summary, .close", "body, .layer")),
    ).toBeGreaterThanOrEqual(4.5);
  });
});

interface AccessibilityNode {
  readonly ignored: boolean;
  readonly role: { readonly value: string };
  readonly name?: { readonly value: string };
}

/** Texts whose drawn boxes overlap, and texts that leave the picture. */
const COLLISIONS = `(() => {
  const paper = document.documentElement.getBoundingClientRect();
  const boxes = [...document.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  const found = boxes.filter(([, box]) => box.right > paper.right || box.left < paper.left || box.bottom > paper.bottom);
  // Boxes of letters hold their line spacing, too: a quarter of it may overlap.
  const slack = (box) => box.height / 4;
  for (const [at, [text, a]] of boxes.entries()) for (const [other, b] of boxes.slice(at + 1)) {
    if (a.left < b.right && b.left < a.right && a.top + slack(a) < b.bottom - slack(b) && b.top + slack(b) < a.bottom - slack(a))
      found.push([text, other]);
  }
  return found.map(([text, other]) => text + " / " + (typeof other === "string" ? other : "outside"));
})()`;
