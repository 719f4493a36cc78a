/** Input that nobody writes by hand: a clear message, soon, on a small stack. */
import { expect, it } from "vitest";
import { parseText } from "./support.ts";

const SIZE = 1_000_000;

/** Far above what an idle machine needs (a tenth of it), far below what anything but linear time would take. */
const SECONDS = 20;

const hostile: readonly (readonly [name: string, text: string, code: string])[] = [
  ["ten million brackets", "[]".repeat(5 * SIZE), "DN0114"],
  ["a million bodies", "<".repeat(SIZE), "DN0106"],
  ["a million parentheses", `let a = ${"(".repeat(SIZE)}`, "DN0106"],
  ["a million lists", `let a = ${"[".repeat(SIZE)}`, "DN0106"],
  ["a million signs", `let a = ${"-".repeat(SIZE)}1;`, "DN0106"],
  ["a million negations", `let a = (${"!".repeat(SIZE)}true);`, "DN0106"],
  ["a long sum", `let a = 1${"+1".repeat(SIZE / 2)};`, "DN0106"],
  ["a long chain of indexes", `let a = b${"[0]".repeat(SIZE / 4)};`, "DN0106"],
  [
    "a long chain of else",
    `block a < when (b) < c > ${"else when (b) < c > ".repeat(SIZE / 25)} >`,
    "DN0106",
  ],
  ["closing brackets alone", ">".repeat(SIZE), "DN0101"],
  ["parentheses in a body", `block a < ${"()".repeat(SIZE / 10)} >`, "DN0101"],
  ["more words than a file holds", `block a < ${"c ".repeat(SIZE / 2)} >`, "DN0114"],
  ["numbers in deep parentheses", `block a < f${"(".repeat(120)}${"1 ".repeat(SIZE / 4)}`, "DN0102"],
  ["numbers in deep bodies", `block a ${"< add ".repeat(120)}${"1 ".repeat(SIZE / 4)}`, "DN0102"],
  ["one mistake in each stage", `block a < ${"relu 1 1; ".repeat(SIZE / 20)} >`, "DN0101"],
  ["bare comparisons", `block a < ${"let a = b > c; ".repeat(SIZE / 20)} >`, "DN0109"],
  ["blocks that never end", "block a < ".repeat(SIZE / 10), "DN0102"],
  ["quotes", '"\n'.repeat(SIZE / 2), "DN0111"],
  ["a foreign character", "§".repeat(SIZE), "DN0103"],
  ["foreign letters", "§ä".repeat(SIZE / 2), "DN0103"],
  ["zero bytes", "\0".repeat(SIZE), "DN0103"],
  ["a number of a million digits", `let a = ${"1".repeat(SIZE)};`, "DN0108"],
  ["a huge exponent", "let a = 1e999999999999;", "DN0108"],
  [
    "a kernel of a million axes with a huge size",
    `block a < conv ${"99999999999999999999x".repeat(SIZE / 25)}3 >`,
    "DN0108",
  ],
];

it.each(hostile)("survives %s", (_, text, code) => {
  const before = process.cpuUsage();
  const { file, diagnostics } = parseText(text);
  const seconds = process.cpuUsage(before).user / 1e6;
  expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  expect(diagnostics.length).toBeLessThanOrEqual(100);
  expect(file.span.end).toBe(text.length);
  expect(seconds).toBeLessThan(SECONDS);
});

it("says so when it gives up", () => {
  const { diagnostics } = parseText("block a < relu ) > ".repeat(200));
  expect(diagnostics).toHaveLength(100);
  expect(diagnostics.at(-1)?.notes).toEqual(["the rest of the file was not read"]);
});

it("parses 127 brackets of every kind", () => {
  const wrap = (open: string, inner: string, close: string): string =>
    open.repeat(127) + inner + close.repeat(127);
  for (const text of [
    `let a = ${wrap("(", "1", ")")};`,
    `let a = ${wrap("[", "1", "]")};`,
    `let a = ${wrap("f(x=", "1", ")")};`,
    `let a = ${wrap("b[", "1", "]")};`,
    `block a ${"< repeat 2 ".repeat(126)}< id >${" >".repeat(126)}`,
    `block a ${"< when (b) ".repeat(126)}< id >${" >".repeat(126)}`,
  ]) {
    expect(parseText(text).diagnostics, text.slice(0, 40)).toEqual([]);
  }
});

it("grows linearly with the file", () => {
  const block =
    "block d(k=32, n=6) < bottleneck 1x1; conv 3x3 (bias=true) -> 2*k; when (n > 3) < relu >; concat >\n";
  const time = (nBlocks: number): number => {
    const text = block.repeat(nBlocks);
    const before = process.cpuUsage();
    const { file } = parseText(text);
    expect(file.blocks).toHaveLength(nBlocks);
    return process.cpuUsage(before).user;
  };
  time(1000);
  const [small, large] = [time(1000), time(8000)];
  expect(large / small).toBeLessThan(32);
});
