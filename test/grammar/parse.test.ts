/** Whole files through the parser: trees of good ones, messages of bad ones. */
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import * as kinds from "../../grammar/syntax-errors.ts";
import { printTree } from "./print-tree.ts";
import { applyEdits, casesIn, GOLDEN, parseText, render } from "./support.ts";

const good = casesIn("ok");
const bad = casesIn("err");

it.each(good)("%s parses without a word, into this tree", async (name, text) => {
  const { file, diagnostics } = parseText(text);
  expect(render(diagnostics)).toBe("");
  await expect(printTree(file)).toMatchFileSnapshot(new URL(`ok/${name}.txt`, GOLDEN).pathname);
});

it.each(bad)("%s is told so", async (name, text) => {
  const { diagnostics } = parseText(text);
  expect(diagnostics.map(({ code }) => code)).toContain(name.slice(0, 6));
  await expect(render(diagnostics)).toMatchFileSnapshot(new URL(`err/${name}.txt`, GOLDEN).pathname);
});

it("tells mistakes in the order of the file, inside the file, without a full stop", () => {
  for (const [name, text] of bad) {
    const { diagnostics } = parseText(text);
    const starts = diagnostics.map(({ span }) => span?.start ?? -1);
    expect(starts, name).toEqual([...starts].sort((a, b) => a - b));
    for (const { span, message } of diagnostics) {
      expect(span?.end, name).toBeLessThanOrEqual(text.length);
      expect(message, name).not.toMatch(/\.$|^[A-Z]/);
    }
  }
});

it("heals a file whose mistakes all have machine-applicable fixes", () => {
  let nHealed = 0;
  for (const [name, text] of bad) {
    const { diagnostics } = parseText(text);
    const fixes = diagnostics.map(({ fix }) =>
      fix?.applicability === "machine-applicable" ? fix.edits : undefined,
    );
    if (!fixes.every((edits) => edits !== undefined)) continue;
    const healed = applyEdits(text, fixes.flat());
    expect(render(parseText(healed).diagnostics), `${name}: ${healed}`).toBe("");
    nHealed += 1;
  }
  expect(nHealed).toBeGreaterThan(10);
});

it("has no golden without its input", () => {
  for (const folder of ["ok", "err"]) {
    const files = new Set(readdirSync(new URL(`${folder}/`, GOLDEN)));
    for (const name of files) expect(files, name).toContain(name.replace(/\.txt$/, ".dn"));
  }
});

it("shows every kind of mistake in a file of its own, but the file that is too large to keep", () => {
  const shown = new Set(bad.map(([name]) => name.slice(0, 6)));
  for (const { code } of Object.values(kinds)) {
    if (code !== kinds.fileTooLarge.code) expect(shown).toContain(code);
  }
});

it.each(Object.values(kinds))(
  "explains $code with a file that has just this mistake, and mends it",
  (kind) => {
    const { wrong, right, title, text } = kind.explanation;
    expect(title).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(text).not.toBe("");
    if (wrong !== undefined)
      expect(parseText(wrong).diagnostics.map(({ code }) => code)).toEqual([kind.code]);
    if (right !== undefined) expect(render(parseText(right).diagnostics)).toBe("");
  },
);
