/** `dnc check --fix`: every fix of a golden does what it says, and files change whole, or not at all. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Diagnostic, Fix } from "../../src/base/diagnostic.ts";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { applyFixes } from "../../src/base/fixes.ts";
import { mend } from "../../src/cli/fix-files.ts";
import { check } from "../../src/compile.ts";
import { replaceSource } from "../../src/runtime/replace-source.ts";
import { openSources, type Sources } from "../../src/runtime/sources.ts";
import { specNames } from "../golden-specs.ts";
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { dncProcess } from "./dnc-process.ts";

const errors = new URL("../golden/errors/", import.meta.url);

/** As they are told: without hints. */
function diagnosticsOf(path: string, sources: Sources): readonly Diagnostic[] {
  const source = sources.read(path, collectDiagnostics());
  if (source === undefined) throw new Error(`cannot read ${path}`);
  return check(source, { load: sources.load }).diagnostics.filter(({ severity }) => severity !== "hint");
}

/** What a diagnostic says, wherever its place has moved to. */
function told({ code, message }: Diagnostic): string {
  return `${code} ${message}`;
}

const fixable = specNames(errors).flatMap((name) => {
  const path = new URL(`${name}.dn`, errors).pathname;
  return diagnosticsOf(path, openSources()).flatMap(({ code, fix }, index) =>
    fix?.applicability === "machine-applicable" ? [{ name, path, code, index, title: fix.title }] : [],
  );
});

it("finds goldens with fixes, and no mended text of any other", () => {
  expect(fixable.length).toBeGreaterThan(10);
  const names = new Set(fixable.map(({ name }) => `${name}.fixed`));
  expect(readdirSync(errors).filter((name) => name.endsWith(".fixed") && !names.has(name))).toEqual([]);
});

it.each(fixable)("mends $code in $name: $title", ({ path, index }) => {
  const sources = openSources();
  const before = diagnosticsOf(path, sources);
  const mended = before.slice(index, index + 1);
  for (const { file, text } of applyFixes(mended, sources.has)) sources.replace(file, text);
  expect(sources.replaced()).toHaveLength(1);
  const left = before.map(told);
  left.splice(index, 1);
  expect(diagnosticsOf(path, sources).map(told).sort()).toEqual(left.sort());
});

it.each([...new Set(fixable.map(({ name }) => name))])("mends all that it can of %s", async (name) => {
  const path = new URL(`${name}.dn`, errors).pathname;
  const sources = openSources();
  const { result } = mend(sources, () => ({ diagnostics: diagnosticsOf(path, sources) }));
  const fixes = result.diagnostics.flatMap(({ fix }) => (fix === undefined ? [] : [fix.applicability]));
  expect(fixes).not.toContain("machine-applicable");
  const text = sources.read(path, collectDiagnostics())?.text;
  await expect(text).toMatchFileSnapshot(`../golden/errors/${name}.fixed`);
});

const BROKEN = "dn 1;\nblock layer(k) < conv 3 concat >\n";
const MENDED = "dn 1;\nblock layer(k) < conv 3; concat >\n";

it("writes mended files with the mode they had, says how many fixes, and tells what is left", async () => {
  const folder = temporaryFolder();
  const [good, broken, both] = ["good.dn", "broken.dn", "both.dn"].map((name) => join(folder, name));
  writeFileSync(good ?? "", MENDED);
  writeFileSync(broken ?? "", BROKEN);
  writeFileSync(both ?? "", `${BROKEN}block b(k) < conv 3 relu; cnv 3 >\n`);
  chmodSync(broken ?? "", 0o640);
  const { code, stdout, stderr } = await dnc("check", "--fix", good ?? "", broken ?? "", both ?? "");
  expect(code).toBe(1);
  expect(stdout).toBe(`ok ${good}\nok ${broken}\n`);
  expect(stderr).toMatch(new RegExp(`^applied 1 fix in ${broken}\napplied 2 fixes in ${both}\n${both}:3:`));
  expect(stderr).toContain("DN0201");
  expect(stderr).not.toContain("DN0104");
  expect(readFileSync(broken ?? "", "utf8")).toBe(MENDED);
  expect(statSync(broken ?? "").mode & 0o777).toBe(0o640);
  expect(readFileSync(both ?? "", "utf8")).toBe(`${MENDED}block b(k) < conv 3; relu; cnv 3 >\n`);
  expect(readdirSync(folder).sort()).toEqual(["both.dn", "broken.dn", "good.dn"]);
});

it("leaves files alone that it has nothing to mend in", async () => {
  const path = join(temporaryFolder(), "net.dn");
  writeFileSync(path, "dn 1;\nblock b < cnv 3 >\n");
  const { ino, mtimeMs } = statSync(path);
  expect((await dnc("check", "--fix", path)).code).toBe(1);
  expect(statSync(path)).toMatchObject({ ino, mtimeMs });
});

it("mends imported files, too, and each file once", async () => {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder, name);
  mkdirSync(path("lib"));
  writeFileSync(path("lib/layer.dn"), BROKEN);
  for (const name of ["a.dn", "b.dn"])
    writeFileSync(path(name), 'dn 1;\nimport { layer } from "./lib/layer.dn";\nblock b < layer(k=3) >\n');
  const { code, stderr } = await dnc("check", "--fix", path("a.dn"), path("b.dn"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: `applied 1 fix in ${path("lib/layer.dn")}\n` });
  expect(readFileSync(path("lib/layer.dn"), "utf8")).toBe(MENDED);
});

it("replaces what a link points to, and keeps the link", async () => {
  const folder = temporaryFolder();
  const [file, link] = [join(folder, "file.dn"), join(folder, "link.dn")];
  writeFileSync(file, BROKEN);
  symlinkSync("file.dn", link);
  expect((await dnc("check", "--fix", link)).code).toBe(0);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, "utf8")).toBe(MENDED);
});

it("keeps line ends and everything that it does not mend", async () => {
  const path = join(temporaryFolder(), "net.dn");
  writeFileSync(path, "dn 1;\r\n// çédille 🌍\r\nblock layer(k) <\r\n\tconv 3 concat >");
  expect((await dnc("check", "--fix", path)).code).toBe(0);
  expect(readFileSync(path, "utf8")).toBe("dn 1;\r\n// çédille 🌍\r\nblock layer(k) <\r\n\tconv 3; concat >");
});

it("refuses to write what it could not read as it is", async () => {
  const path = join(temporaryFolder(), "net.dn");
  const latin = Buffer.from(`// caf\u00e9\n${BROKEN}`, "latin1");
  writeFileSync(path, latin.toString("latin1"), "latin1");
  const { code, stderr } = await dnc("check", "--fix", path);
  expect(code).toBe(4);
  expect(stderr).toContain("DN0902");
  expect(stderr).toContain("it is not in UTF-8");
  expect(readFileSync(path, "latin1")).toBe(latin.toString("latin1"));
});

it("does not overwrite what somebody else wrote meanwhile", () => {
  const path = join(temporaryFolder(), "net.dn");
  writeFileSync(path, "of an editor");
  const { diagnostics, report } = collectDiagnostics();
  expect(replaceSource(path, BROKEN, MENDED, { report })).toBe(false);
  expect(diagnostics.map(({ message }) => message)).toEqual([
    `cannot write \`${path}\`: it has changed since it was read`,
  ]);
  expect(readFileSync(path, "utf8")).toBe("of an editor");
  expect(replaceSource(path, BROKEN, "of an editor", { report })).toBe(true);
});

it("takes standard input as a filter", async () => {
  const mended = await dncProcess(["check", "--fix", "-"], BROKEN);
  expect(mended).toEqual({ code: 0, stdout: MENDED, stderr: "applied 1 fix in <stdin>\n" });
  const fine = await dncProcess(["check", "--fix", "-"], MENDED);
  expect(fine).toEqual({ code: 0, stdout: MENDED, stderr: "" });
});

it.each([
  ["-", "net.dn"],
  ["-", "--json"],
  ["net.dn", "--watch"],
])("refuses --fix with %s %s", async (...args) => {
  expect((await dnc("check", "--fix", ...args)).code).toBe(2);
});

const file = { path: "a.dn", text: "abcdef" };

function diagnosticWith(...edits: readonly (readonly [start: number, end: number, text: string])[]) {
  const fix: Fix = {
    title: "mend",
    applicability: "machine-applicable",
    edits: edits.map(([start, end, text]) => ({ span: { file, start, end }, text })),
  };
  return { code: "DN0101", severity: "error", message: "no", fix } as const;
}

function textAfter(...diagnostics: readonly Diagnostic[]): readonly (readonly [string, number])[] {
  return applyFixes(diagnostics, () => true).map(({ text, nFixes }) => [text, nFixes] as const);
}

it("applies what does not overlap, whole or not at all", () => {
  expect(textAfter(diagnosticWith([4, 5, "E"]), diagnosticWith([0, 1, "A"], [2, 3, "C"]))).toEqual([
    ["AbCdEf", 2],
  ]);
  // The second one meets the first and is left out with both its edits.
  expect(textAfter(diagnosticWith([1, 3, "-"]), diagnosticWith([2, 4, "+"], [5, 6, "F"]))).toEqual([
    ["a-def", 1],
  ]);
  expect(textAfter(diagnosticWith([2, 2, "1"]), diagnosticWith([2, 2, "2"]))).toEqual([["ab1cdef", 1]]);
  expect(textAfter(diagnosticWith([1, 2, ""]), diagnosticWith([2, 2, "+"]))).toEqual([["a+cdef", 2]]);
});

it("applies no guess, no placeholder, nothing void, and nothing in a file that is not the person's", () => {
  const certain = diagnosticWith([0, 1, "x"]);
  for (const applicability of ["maybe-incorrect", "has-placeholders"] as const)
    expect(textAfter({ ...certain, fix: { ...certain.fix, applicability } })).toEqual([]);
  expect(textAfter(diagnosticWith([0, 1, "a"]))).toEqual([]);
  expect(applyFixes([certain], () => false)).toEqual([]);
});

it("never takes the standard library for a file of the person's", () => {
  const path = join(temporaryFolder(), "net.dn");
  writeFileSync(
    path,
    'dn 1;\nimport { dense } from "std";\nblock b < dense(k=-1) >\nmodel m { set order = pre; input x: f32[3 @ 8x8]; output y = x < b >; }\n',
  );
  const sources = openSources();
  const diagnostics = diagnosticsOf(path, sources);
  const files = new Set(
    diagnostics
      .flatMap(({ span, labels = [] }) => [span, ...labels.map((each) => each.span)])
      .map((each) => each?.file),
  );
  const library = [...files].find((each) => each?.path === "std");
  expect(library && sources.has(library)).toBe(false);
  expect(sources.paths()).toEqual([path]);
});

it("gives up on a fix that brings itself about", () => {
  const path = join(temporaryFolder(), "net.dn");
  writeFileSync(path, "x");
  const sources = openSources();
  let checks = 0;
  const { nFixes } = mend(sources, () => {
    checks += 1;
    const source = sources.read(path, collectDiagnostics());
    if (source === undefined) throw new Error("no file");
    const edit = { span: { file: source, start: 0, end: 0 }, text: "x" };
    const fix = { title: "grow", applicability: "machine-applicable", edits: [edit] } as const;
    return { diagnostics: [{ code: "DN0101", severity: "error", message: "no", fix }] };
  });
  expect(checks).toBe(11);
  expect(nFixes).toEqual(new Map([[path, 10]]));
});
