/** Random text through the parser: it never throws, what it tells lies in the file, and its fixes can be applied. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { reservedWords, signTypes } from "../../grammar/tokens.ts";
import { printTree } from "../grammar/print-tree.ts";
import { applyEdits, casesIn, nodesOf, type Parsed, parseText } from "../grammar/support.ts";

const SPECS = casesIn("ok").map(([, text]) => text);

const word = fc.constantFrom(
  ...reservedWords,
  ...signTypes.keys(),
  ...[
    "conv",
    "relu",
    "x",
    "N",
    "k",
    "f32",
    "3",
    "3x3",
    "1/2",
    "0.5",
    "8MiB",
    "2k",
    "3x",
    "1e999",
    '"std"',
    '"open',
  ],
  ...["×", "→", "“", "é", "\uFFFD", "\u00A0", "😀", "#", "/*", "*/", "// comment\n", "\n", "\r\n", " "],
);

const soup = fc.array(word, { maxLength: 120 }).map((words) => words.join(" "));
const tightSoup = fc.array(word, { maxLength: 60 }).map((words) => words.join(""));
const framed = fc.tuple(
  fc.constantFrom("block a < ", "model m { ", "let a = ", "block a(", "model m { y = x < "),
  soup,
);

/** A real spec with a few of its pieces deleted, doubled, swapped or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SPECS),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom("delete", "double", "swap", "replace", "insert"), word), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([text, mutations]) => {
    const pieces = text.match(/\w+|\s+|[^\w\s]/g) ?? [];
    for (const [seed, kind, other] of mutations) {
      const at = seed % Math.max(pieces.length, 1);
      const piece = pieces[at] ?? "";
      const next = pieces[at + 1] ?? "";
      if (kind === "delete") pieces.splice(at, 1);
      else if (kind === "double") pieces.splice(at, 0, piece, " ");
      else if (kind === "swap") pieces.splice(at, 2, next, piece);
      else if (kind === "replace") pieces.splice(at, 1, other);
      else pieces.splice(at, 0, " ", other, " ");
    }
    return pieces.join("");
  });

/** What holds for any text. */
function checkAll(text: string): Parsed {
  const parsed = parseText(text);
  for (const { code, span, labels = [], fix } of parsed.diagnostics) {
    expect(code).toMatch(/^DN01\d\d$/);
    const spans = [
      span,
      ...labels.map((label) => label.span),
      ...(fix?.edits ?? []).map((edit) => edit.span),
    ];
    for (const one of spans) {
      expect(one).toBeDefined();
      expect(one?.start).toBeGreaterThanOrEqual(0);
      expect(one?.start).toBeLessThanOrEqual(one?.end ?? -1);
      expect(one?.end).toBeLessThanOrEqual(text.length);
    }
  }
  for (const [span, parent] of nodesOf(parsed.file)) {
    expect(span.start).toBeLessThanOrEqual(span.end);
    expect(span.start).toBeGreaterThanOrEqual(parent?.start ?? 0);
    expect(span.end).toBeLessThanOrEqual(parent?.end ?? text.length);
  }
  printTree(parsed.file);
  return parsed;
}

it.each([
  ["words and signs", soup, 300],
  ["words and signs without spaces", tightSoup, 300],
  ["words and signs inside a definition", framed.map(([head, rest]) => head + rest), 300],
  ["mutated specs", mutated, 300],
  ["any characters", fc.string({ unit: "binary", maxLength: 200 }), 300],
] as const)("survives %s", (_, texts, numRuns) => {
  fc.assert(
    fc.property(texts, (text) => {
      checkAll(text);
    }),
    { numRuns },
  );
});

it("tells one message for most specs in which one piece is deleted", () => {
  let nMessages = 0;
  let nMutants = 0;
  for (const text of SPECS) {
    const pieces = text.match(/\/\/.*|"[^"\n]*"|\w+|\s+|->|[<>=!]=|[^\w\s]/g) ?? [];
    for (const [at, piece] of pieces.entries()) {
      if (/^(\s|\/\/)/.test(piece) || at % 3 !== 0) continue;
      const { diagnostics } = checkAll(pieces.toSpliced(at, 1).join(""));
      nMutants += 1;
      nMessages += diagnostics.length;
    }
  }
  expect(nMutants).toBeGreaterThan(500);
  expect(nMessages / nMutants).toBeLessThan(1.1);
});

it("mends by a machine-applicable fix what it told", () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const { diagnostics } = parseText(text);
      const only = diagnostics[0];
      if (diagnostics.length !== 1 || only?.fix?.applicability !== "machine-applicable") return;
      const healed = applyEdits(text, only.fix.edits);
      expect(parseText(healed).diagnostics.map(({ message }) => message)).not.toContain(only.message);
    }),
    { numRuns: 300 },
  );
});
