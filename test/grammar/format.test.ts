/** The canonical form: goldens of layouts and comments, every spec of the project, and files that are hard to print. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { format, isSameTree } from "../../grammar/format.ts";
import { specNames } from "../golden-specs.ts";
import { parseText } from "./support.ts";

const root = new URL("../../", import.meta.url);
const goldens = new URL("test/golden/format/", root);
const names = specNames(goldens).filter((name) => !name.endsWith(".canonical"));

function formatted(text: string): string {
  const { text: result, diagnostics } = format({ path: "test.dn", text });
  expect(diagnostics).toEqual([]);
  return result ?? "";
}

it.each(names)("prints %s in canonical form", async (name) => {
  const text = readFileSync(new URL(`${name}.dn`, goldens), "utf8");
  await expect(formatted(text)).toMatchFileSnapshot(new URL(`${name}.canonical.dn`, goldens).pathname);
});

it("has a case for each golden", () => {
  const expected = names.flatMap((name) => [`${name}.canonical.dn`, `${name}.dn`]);
  expect(readdirSync(goldens).toSorted()).toEqual(expected.toSorted());
});

const paths = ["specs", "src/semantics", "test/golden"].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".dn"))
    .map((path) => `${folder}/${path}`),
);
const parsed = paths
  .map((path) => ({ path, text: readFileSync(new URL(path, root), "utf8") }))
  .filter(({ text }) => parseText(text).diagnostics.length === 0);

it("finds the specs", () => {
  expect(parsed.length).toBeGreaterThan(150);
});

it.each(parsed)("keeps the tree and the comments of $path, and is done at once", ({ text }) => {
  const result = formatted(text);
  const [before, after] = [parseText(text).file, parseText(result).file];
  const tree = { edition: 1, comments: [] };
  expect(isSameTree({ ...before, ...tree }, { ...after, ...tree })).toBe(true);
  const words = (file: typeof before) => file.comments.map((comment) => comment.text.trimEnd());
  expect(words(after)).toEqual(words(before));
  expect(formatted(result)).toBe(result);
});

it.each(parsed.filter(({ path }) => !path.startsWith("test/")))(
  "finds $path in canonical form",
  ({ text }) => {
    expect(formatted(text)).toBe(text);
  },
);

it("sees each difference between trees", () => {
  const tree = (text: string) => parseText(text).file;
  const text = "dn 1; block a(k=2) < conv 3 -> 4; relu >";
  expect(isSameTree(tree(text), tree(text.replace(" < ", "   <   ")))).toBe(true);
  for (const other of ["k=3", "k=2, n=1", "k", "j=2"]) {
    expect(isSameTree(tree(text), tree(text.replace("k=2", other)))).toBe(false);
  }
  for (const other of ["", "relu; relu", "gelu", "relu as x", "relu()"]) {
    expect(isSameTree(tree(text), tree(text.replace("relu", other)))).toBe(false);
  }
});

it("does not format what it cannot parse", () => {
  const result = format({ path: "wrong.dn", text: "dn 1; block a < conv 3 relu >" });
  expect(result.text).toBeUndefined();
  expect(result.diagnostics.map(({ code }) => code)).toEqual(["DN0104"]);
});

it("refuses to make a file too large to be read again", () => {
  const text = `let a = [${"1,".repeat(500_000)}1];`;
  const result = format({ path: "large.dn", text });
  expect(result.text).toBeUndefined();
  expect(result.diagnostics.map(({ code }) => code)).toEqual(["DN0114"]);
});

/** As deep as the parser allows, or as long. */
const hostile: readonly (readonly [name: string, text: string])[] = [
  ["bodies in bodies", `block a < ${"add < relu; conv 3 | ".repeat(125)}id${" >".repeat(125)} >`],
  ["loops in loops", `block a < ${"repeat 3 < ".repeat(125)}id${" >".repeat(125)} >`],
  [
    "conditions in conditions",
    `block a < ${"when (k) < relu; conv 3 -> 64; ".repeat(120)}id${" >".repeat(120)} >`,
  ],
  ["a chain of conditions", `block a < when (k) < id >${" else when (k) < id >".repeat(250)} >`],
  ["needless parentheses", `let a = ${"(".repeat(120)}1${")".repeat(120)};`],
  ["needed parentheses", `let a = ${"1-(2-".repeat(100)}1${")".repeat(100)};`],
  ["calls in calls", `let a = ${"max(1000000, growth + 2, ".repeat(120)}1${")".repeat(120)};`],
  ["lists in lists", `let a = ${"[1, 2, 3, ".repeat(120)}1${"]".repeat(120)};`],
  ["a long sum", `let a = 1${"+1".repeat(1000)};`],
  ["a long condition", `let a = (1${" && growth".repeat(1000)});`],
  ["many indexes", `let a = b${"[1]".repeat(900)};`],
  ["a long body", `block a < ${"relu; ".repeat(20_000)}id >`],
  ["many branches", `block a < add < ${"relu | ".repeat(20_000)}id > >`],
  ["many definitions", "block a < bottleneck 1x1; conv 3x3; concat > // comment\n\n".repeat(3000)],
  ["many comments", `block a < id ${"; // a\n".repeat(30_000)} >`],
  ["a long name", `let a = ${"a".repeat(100_000)};`],
];

it.each(hostile)("prints %s", (_, text) => {
  const result = formatted(text);
  expect(formatted(result)).toBe(result);
});

it("indents the deepest body so that room is left", () => {
  const result = formatted(
    `block a < ${"when (k) < relu; conv 3 -> 64; ".repeat(120)}id${" >".repeat(120)} >`,
  );
  const indents = result.split("\n").map((line) => line.search(/\S|$/));
  expect(Math.max(...indents)).toBe(48);
});

it("formats a file of the largest size in time that grows with its size", () => {
  const line = "block dense(k=32, n=6) < bottleneck 1x1; conv 3x3; concat > // comment\n\n";
  const timeOf = (nLines: number): number => {
    const text = line.repeat(nLines);
    const start = performance.now();
    formatted(text);
    return performance.now() - start;
  };
  timeOf(1000);
  const [small, large] = [timeOf(2000), timeOf(14_000)];
  expect(large / small).toBeLessThan(7 * 4);
});
