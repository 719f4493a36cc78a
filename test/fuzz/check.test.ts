/** Specs with a few tokens changed, and random specs that are right: checking never fails, and is never slow. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import type { SourceFile, Span } from "../../src/base/source.ts";
import { check } from "../../src/compile.ts";
import { verifyGraph } from "../../src/ops/verify.ts";
import { loaderFrom } from "../golden-specs.ts";
import { randomSpec } from "./random-spec.ts";

/** Of each property; `DNC_FUZZ_RUNS=10000` looks further. */
const numRuns = Number(process.env["DNC_FUZZ_RUNS"] ?? 300);
/** A check that hangs takes longer than this many of the longest checks of specs as they are. */
const MOST_TIMES_LONGER = 10;

const SPECS = ["../../specs/", "../golden/ok/"].flatMap((folder) => {
  const url = new URL(folder, import.meta.url);
  return (
    readdirSync(url)
      // Three networks of 1,202 layers take their time, rightly.
      .filter((name) => name.endsWith(".dn") && name !== "resnet-cifar.dn")
      .map((path) => ({ url, path, text: readFileSync(new URL(path, url), "utf8") }))
  );
});

const TOKEN = /\/\/[^\n]*|"[^"\n]*"|[A-Za-z_]\w*|\d[\w.]*|\s+|->|[<>=!]=|[^\s\w]/g;

const number = fc.constantFrom(
  "0",
  "1",
  "2",
  "3",
  "5",
  "7",
  "16",
  "1.5",
  "1/3",
  "99",
  "4000",
  "1000000000000",
);
const change = fc.constantFrom("delete", "double", "swap", "number", "other");

/** A real spec with a few of its tokens deleted, doubled, swapped with another or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SPECS),
    fc.array(fc.tuple(change, fc.nat(), fc.nat(), number), { minLength: 1, maxLength: 4 }),
  )
  .map(([spec, changes]) => {
    const tokens: string[] = spec.text.match(TOKEN) ?? [];
    for (const [kind, first, second, value] of changes) {
      const meant = tokens.flatMap((token, index) => (/^(\s|\/\/)/.test(token) ? [] : [index]));
      const numbers = meant.filter((index) => /^\d/.test(tokens[index] ?? ""));
      const at = meant[first % meant.length] ?? 0;
      const other = meant[second % meant.length] ?? 0;
      const [token = "", otherToken = ""] = [tokens[at], tokens[other]];
      if (kind === "delete") tokens.splice(at, 1);
      else if (kind === "double") tokens.splice(at, 0, token, " ");
      else if (kind === "swap") [tokens[at], tokens[other]] = [otherToken, token];
      else if (kind === "number") tokens[numbers[first % numbers.length] ?? at] = value;
      else tokens[at] = otherToken;
    }
    return { ...spec, text: tokens.join("") };
  });

it("checks changed specs without failing, in time, and tells what is wrong inside of the files", () => {
  const longest = Math.max(...SPECS.map((spec) => checkedIn(spec).time));
  fc.assert(
    fc.property(mutated, ({ url, path, text }) => {
      const { diagnostics, time } = checkedIn({ url, path, text });
      for (const diagnostic of diagnostics) for (const span of spansOf(diagnostic)) expectInside(span);
      expect(time).toBeLessThan(MOST_TIMES_LONGER * longest);
    }),
    { numRuns },
  );
});

/** What checking tells, and the time of this process that it takes: other work on the machine does not count. */
function checkedIn({ url, path, text }: (typeof SPECS)[number]) {
  const before = process.cpuUsage();
  const { diagnostics } = check({ path, text }, { load: loaderFrom(url) });
  return { diagnostics, time: process.cpuUsage(before).user };
}

it("has nothing against random specs that are right, and makes graphs of them that are whole", () => {
  fc.assert(
    fc.property(randomSpec, (text) => {
      const { diagnostics, models } = check({ path: "random.dn", text });
      expect(
        diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
      ).toEqual([]);
      for (const { graph } of models) expect(graph && verifyGraph(graph)).toBeUndefined();
    }),
    { numRuns },
  );
});

function spansOf({ span, labels = [], fix, frame }: Diagnostic): readonly Span[] {
  const frames: Span[] = [];
  for (let at = frame; at !== undefined; at = at.parent) frames.push(at.definition, at.call ?? at.definition);
  const edits = fix?.edits ?? [];
  return [...(span ? [span] : []), ...[...labels, ...edits].map((each) => each.span), ...frames];
}

function expectInside({ file, start, end }: Span): void {
  expect(start).toBeGreaterThanOrEqual(0);
  expect(end).toBeGreaterThanOrEqual(start);
  expect(end).toBeLessThanOrEqual((file satisfies SourceFile).text.length);
}
