/** What the language implies is told to whoever asks for hints, and can be spelled out. */
import { expect, it } from "vitest";
import { check } from "../src/compile.ts";

const SEED = "block dense(k=32, n=6) < bottleneck 1x1; conv 3x3; concat >\n";

it("tells what the seed implies, as hints alone", () => {
  const { diagnostics } = check({ path: "seed.dn", text: SEED });
  expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
    ["DN0117", "hint"],
    ["DN0317", "hint"],
  ]);
});

it("spells out what is implied, and then has nothing to tell", () => {
  const { diagnostics } = check({ path: "seed.dn", text: SEED });
  const edits = diagnostics
    .flatMap(({ fix }) => fix?.edits ?? [])
    .toSorted((a, b) => b.span.start - a.span.start);
  const spelled = edits.reduce(
    (text, { span, text: inserted }) => text.slice(0, span.start) + inserted + text.slice(span.end),
    SEED,
  );
  expect(spelled).toBe("dn 1;\nblock dense(k=32, n=6) repeat n < bottleneck 1x1; conv 3x3; concat >\n");
  expect(check({ path: "seed.dn", text: spelled }).diagnostics).toEqual([]);
});
