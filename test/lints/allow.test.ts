/** What an `allow` is about, wherever it stands and however the file is formatted. */
import { expect, it } from "vitest";
import { format } from "../../grammar/format.ts";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { spanText } from "../../src/base/source.ts";
import { check } from "../../src/compile.ts";
import { diagnosticKinds } from "../../src/diagnostics.ts";
import { ALLOWABLE } from "../../src/lints/allow.ts";
import type { Loader } from "../../src/semantics/module.ts";
import { checkSpec, loaderFrom, specNames } from "../golden-specs.ts";
import { filesBelow } from "../tree.ts";

/** `DN0608 conv 5`: the code and the text that is blamed. */
function told(text: string, load: Loader = () => undefined): readonly string[] {
  return check({ path: "net.dn", text }, { load })
    .diagnostics.filter(({ severity }) => severity !== "hint")
    .map(({ code, span }) => `${code} ${span === undefined ? "" : spanText(span)}`)
    .sort();
}

function formatted(text: string, path = "net.dn"): string {
  const result = format({ path, text });
  expect(result.diagnostics).toEqual([]);
  return result.text ?? "";
}

/** Three stages that would each be told of, in a model of which nothing else is. */
function network(pipeline: string): string {
  return `dn 1;\nblock b(c) < conv 3 -> c; bn >\nmodel m {\n  set order = bare;\n  input x: f32[3 @ 8x8];\n  output y = x <\n${pipeline}\n    gap >;\n}\n`;
}

const WHY = "as published";

/** Where the comment stands, and which of the convolutions 3, 5 and 7 are told of all the same. */
const PLACES: readonly (readonly [pipeline: string, left: readonly string[]])[] = [
  [`conv 3 -> 8; bn; conv 5 -> 8; bn; conv 7 -> 8; bn;`, ["3", "5", "7"]],
  [`conv 3 -> 8; bn; conv 5 -> 8; bn; // allow DN0608: ${WHY}\n conv 7 -> 8; bn;`, ["3", "7"]],
  [`conv 3 -> 8; bn;\n// allow DN0608: ${WHY}\n conv 5 -> 8; bn; conv 7 -> 8; bn;`, ["3", "7"]],
  [
    `conv 3 -> 8; bn;\n// allow DN0608: ${WHY}\n\n // and more\n conv 5 -> 8; bn; conv 7 -> 8; bn;`,
    ["3", "7"],
  ],
  [`conv 3 -> 8; bn; conv 5 // allow DN0608: ${WHY}\n -> 8; bn; conv 7 -> 8; bn;`, ["3", "7"]],
  [`conv 3 -> 8; bn; conv 5 -> 8 // allow DN0608: ${WHY}\n ; bn; conv 7 -> 8; bn;`, ["3", "7"]],
  [
    `conv 3 -> 8; bn; conv 5 (order=bare, // allow DN0608: ${WHY}\n pad=2) -> 8; bn; conv 7 -> 8; bn;`,
    ["3", "7"],
  ],
  [`conv 3 -> 8; bn; repeat 1 < conv 5 -> 8; bn > // allow DN0608: ${WHY}\n ; conv 7 -> 8; bn;`, ["3", "7"]],
  [`conv 3 -> 8; bn; repeat 1 < // allow DN0608: ${WHY}\n conv 5 -> 8; bn; conv 7 -> 8; bn >;`, ["3"]],
  [`conv 3 -> 8; bn; concat < conv 5 -> 8; bn // allow DN0608: ${WHY}\n | conv 7 -> 8; bn >;`, ["3", "7"]],
  [`conv 3 -> 8; bn; concat < conv 5 -> 8; bn |\n // allow DN0608: ${WHY}\n conv 7 -> 8; bn >;`, ["3", "5"]],
  [
    `conv 3 -> 8; bn; when (it.c > 1) < conv 5 -> 8; bn > else < relu > // allow DN0608: ${WHY}\n ; conv 7 -> 8; bn;`,
    ["3", "7"],
  ],
  [
    `conv 3 -> 8; bn : [8 @ 8x8]; conv 5 -> 8; bn as a; // allow DN0608: ${WHY}\n conv 7 -> 8; bn;`,
    ["3", "5", "7", "unused"],
  ],
  [
    `conv 3 -> 8; bn;\n\n relu; // allow DN0608: ${WHY}\n conv 5 -> 8; bn; conv 7 -> 8; bn;`,
    ["3", "5", "7", "unused"],
  ],
];

it.each(PLACES)("%s", (pipeline, left) => {
  const text = network(pipeline);
  const convolutions = (diagnostics: readonly Diagnostic[]): readonly string[] =>
    diagnostics
      .filter(({ severity }) => severity !== "hint")
      .flatMap(({ code, span }) => {
        if (code === "DN0617") return "unused";
        return /^conv (\d)/.exec(span?.file.text.slice(span.start) ?? "")?.[1] ?? code;
      })
      .sort();
  expect(convolutions(check({ path: "net.dn", text }).diagnostics)).toEqual(left);
  const pretty = formatted(text);
  expect(convolutions(check({ path: "net.dn", text: pretty }).diagnostics)).toEqual(left);
});

it("goes by calls and definitions, in files that are imported, too", () => {
  const model = (call: string): string =>
    `dn 1;\nimport { b } from "./b.dn";\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < ${call}\n b(c=16); gap >; }\n`;
  const block = "block b(c) < conv 3 -> c; bn >";
  const library =
    (text: string): Loader =>
    () => ({ path: "b.dn", text });
  expect(told(model("b(c=8);"), library(`dn 1;\n${block}\n`))).toEqual(["DN0608 conv"]);
  const allowed = `b(c=8); // allow DN0608: ${WHY}`;
  // The other call is told of.
  expect(told(model(allowed), library(`dn 1;\n${block}\n`))).toEqual(["DN0608 conv"]);
  expect(told(model("b(c=8);"), library(`dn 1;\n${block} // allow DN0608: ${WHY}\n`))).toEqual([]);
  expect(told(model("b(c=8);"), library(`dn 1;\n// allow-file DN0608: ${WHY}\n${block}\n`))).toEqual([]);
  // What an imported file allows is for all who import it: nothing is unused there.
  expect(told(model("b(c=8);"), library(`dn 1;\n// allow-file DN0608, DN0602: ${WHY}\n${block}\n`))).toEqual(
    [],
  );
});

it("tells which repetitions are left where others are allowed", () => {
  const text = network(
    `repeat 3 as i < when (i == 1) < b(c=8) > // allow DN0608: ${WHY}\n else < b(c=8) > >;`,
  );
  expect(told(text)).toEqual([]);
  const other = network(
    `repeat 3 as i < when (i == 1) < b(c=8); // allow DN0608: ${WHY}\n > else < b(c=8) > >;`,
  );
  const [found, ...others] = check({ path: "net.dn", text: other }).diagnostics.filter(
    ({ code }) => code === "DN0608",
  );
  expect(others).toEqual([]);
  expect(found?.iterations?.failing).toEqual([1, 3]);
});

it.each([
  ["a library, of which no model is made", `block b(c) < conv 3 -> c; bn > // allow DN0608: ${WHY}\n`],
  [
    "a block that a model of unknown size may need it for",
    `block b(c) < when (c > 8) < conv 3 (order=bare) -> c; bn > else < relu > > // allow DN0608: ${WHY}\nmodel m { input x: f32[3 @ 8x8]; output y = x < b(c=8); gap >; }\nmodel free(c) { input x: f32[3 @ 8x8]; output y = x < b(c=c); gap >; }\n`,
  ],
])("does not hold an allow for unused in %s", (_, text) => {
  expect(told(`dn 1;\n${text}`)).toEqual([]);
});

it("does not hold an allow for unused while the file has errors", () => {
  const text = `dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < relu; cnv; gap >; } // allow DN0609: ${WHY}\n`;
  expect(told(text)).toEqual(["DN0201 cnv"]);
});

it("can allow every warning and every hint of specs, and every lint", () => {
  const spec = diagnosticKinds.filter(({ code }) => /^DN0[1-6]/.test(code));
  const own = ["DN0615", "DN0616", "DN0617"];
  const isLint = (code: string): boolean => code > "DN0600" && code < "DN0614";
  const wanted = spec
    .filter(({ code, severity }) => severity !== "error" || isLint(code))
    .map(({ code }) => code);
  expect([...ALLOWABLE.keys()].sort()).toEqual(wanted.filter((code) => !own.includes(code)));
});

const commented = (["errors", "ok"] as const).flatMap((name) => {
  const folder = new URL(`../golden/${name}/`, import.meta.url);
  return specNames(folder).flatMap((spec) => {
    const { source, diagnostics } = checkSpec(folder, `${spec}.dn`);
    return /\/\/ allow/.test(source.text) ? [{ name: `${name}/${spec}`, folder, source, diagnostics }] : [];
  });
});

it("finds goldens and specs with comments that allow something", () => {
  expect(commented.length).toBeGreaterThan(3);
  expect(filesBelow(["specs"], /\.dn$/).filter(({ text }) => text.includes("// allow"))).not.toEqual([]);
});

it.each(commented)(
  "is told of $name what it is told when it is formatted",
  ({ folder, source, diagnostics }) => {
    const describe = (all: readonly Diagnostic[]): readonly string[] =>
      all
        .map(({ code, message, span }) => `${code} ${message} ${span && spanText(span).replace(/\s+/g, " ")}`)
        .sort();
    const text = formatted(source.text, source.path);
    const files = new Map([[source.path, { path: source.path, text }]]);
    const after = check({ path: source.path, text }, { load: loaderFrom(folder, files) });
    expect(describe(after.diagnostics)).toEqual(describe(diagnostics));
  },
);
