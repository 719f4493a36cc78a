/** `dnc check`: every exit code, and the JSON that scripts rely on. */
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { dncProcess } from "./dnc-process.ts";

const MODEL = "model m { set order = post; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 8; gap >;";
const FINE = `dn 1;\n${MODEL} }\n`;
const BROKEN = `dn 1;\n${MODEL.replace("gap", "gaap")} }\n`;
const WARNED = `dn 1;\nblock unused(k, m) < conv 3 -> k >\n${MODEL} }\n`;
const OVER_BUDGET = `dn 1;\n${MODEL} expect params < 100; }\n`;
const OVER_BUDGET_AND_BROKEN = `${OVER_BUDGET}block b < cnv 3 >\n`;

function specs(texts: Readonly<Record<string, string>>): (name: string) => string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, `${name}.dn`), text);
  return (name) => join(folder, `${name}.dn`);
}

const ALL = {
  fine: FINE,
  broken: BROKEN,
  warned: WARNED,
  budget: OVER_BUDGET,
  both: OVER_BUDGET_AND_BROKEN,
};

it.each([
  [["fine"], 0],
  [["warned"], 0],
  [["broken"], 1],
  [["budget"], 3],
  [["both"], 1],
  [["missing"], 4],
  [["fine", "budget"], 3],
  [["budget", "broken"], 1],
  [["broken", "missing", "budget"], 4],
] as const)("says of %s: %i, in every form", async (names, code) => {
  const path = specs(ALL);
  const paths = names.map(path);
  for (const form of [[], ["--json"], ["--format", "plain"], ["--format", "jsonl"], ["--format", "sarif"]])
    expect((await dnc("check", ...paths, ...form)).code).toBe(code);
});

it("lets warnings fail the check when they are denied", async () => {
  const path = specs(ALL);
  expect((await dnc("check", path("warned"), "--deny", "warnings")).code).toBe(1);
  expect((await dnc("check", path("fine"), "--deny", "warnings")).code).toBe(0);
  expect((await dnc("check", path("budget"), "--deny", "warnings")).code).toBe(3);
});

const strided = (comment: string): string =>
  `dn 1;\n${MODEL.replace("conv 3 -> 8;", `conv 3 -> 8; conv 1 /2 -> 8;${comment}\n`)} }\n`;

it("tells of lints at their level, and denies those that are not allowed", async () => {
  const path = specs({
    lint: strided(""),
    allowed: strided(" // allow DN0602: as published"),
    unneeded: strided(" // allow DN0602, DN0608: as published"),
    bare: strided(" // allow DN0602"),
    error: `dn 1;\n${MODEL.replace("gap", "gap; linear -> 1; softmax")} }\n`,
    hint: `dn 1;\n${MODEL.replace("conv 3", "conv 3 (pad=0) /2")} }\n`,
  });
  const outcome = async (name: string, ...flags: readonly string[]): Promise<string> => {
    const { code, stderr } = await dnc("check", path(name), ...flags);
    return [code, ...(stderr.match(/\w+\[DN\d+\]/g) ?? [])].join(" ");
  };
  const deny = ["--deny", "warnings"];
  expect(await outcome("lint")).toBe("0 warning[DN0602]");
  expect(await outcome("lint", ...deny)).toBe("1 warning[DN0602]");
  expect(await outcome("allowed", ...deny)).toBe("0");
  expect(await outcome("unneeded")).toBe("0 warning[DN0617]");
  expect(await outcome("unneeded", ...deny)).toBe("1 warning[DN0617]");
  expect(await outcome("bare")).toBe("1 error[DN0615]");
  expect(await outcome("error")).toBe("1 error[DN0612]");
  expect(await outcome("hint", ...deny)).toBe("0");
  expect(await outcome("hint", "--hints", ...deny)).toBe("0 hint[DN0601]");
});

it.each([
  [[]],
  [["net.dn", "--deny", "errors"]],
  [["net.dn", "--format", "xml"]],
  [["net.dn", "--json", "--format", "sarif"]],
  [["net.dn", "--json", "--format", "jsonl"]],
  [["net.dn", "--unknown"]],
] as const)("takes %j for wrong usage", async (args) => {
  expect(await dnc("check", ...args)).toMatchObject({ code: 2, stdout: "" });
});

it("prints the results on stdout and the diagnostics on stderr", async () => {
  const path = specs(ALL);
  const { stdout, stderr } = await dnc("check", path("warned"), path("broken"));
  expect(stdout).toBe(`ok ${path("warned")}\n  m  x [3 @ 8x8] → y [8], 232 parameters\n`);
  expect(stderr).toContain("warning[DN0206]");
  expect(stderr).toContain("error[DN0201]");
  expect(stderr).toMatch(/1 error, \d warnings? in 2 files\n$/);
});

it("prints JSON as it is promised, and nothing else", async () => {
  const path = specs(ALL);
  const fine = relative(process.cwd(), path("fine"));
  const { stdout, stderr } = await dnc("check", fine, path("broken"), path("missing"), "--json");
  expect(stderr).toBe("");
  const { schema, files } = JSON.parse(stdout);
  expect(schema).toBe("dnc/check-1");
  expect(files.map((file: { path: string }) => file.path)).toEqual([fine, path("broken"), path("missing")]);
  const [good, broken, missing] = files;
  expect(good).toMatchObject({
    models: [
      {
        name: "m",
        inputs: [{ name: "x", shape: [3, 8, 8], printed: "[3 @ 8x8]" }],
        outputs: [{ name: "y", shape: [8], printed: "[8]" }],
        constraints: [],
      },
    ],
    diagnostics: [],
  });
  const line = BROKEN.split("\n")[1] ?? "";
  const column = line.indexOf("gaap") + 1;
  const span = {
    path: path("broken"),
    start: { line: 2, column },
    end: { line: 2, column: column + "gaap".length },
  };
  expect(broken).toMatchObject({
    models: [{ name: "m" }],
    diagnostics: [
      {
        code: "DN0201",
        severity: "error",
        message: "no stage or block named `gaap`",
        span,
        labels: [],
        fix: { applicability: "maybe-incorrect", edits: [{ span, text: "gap" }] },
      },
    ],
  });
  expect(broken.diagnostics).toHaveLength(1);
  for (const key of ["notes", "help", "frames"]) expect(broken.diagnostics[0][key]).toBeInstanceOf(Array);
  expect(missing).toMatchObject({ models: [], diagnostics: [{ code: "DN0901", severity: "error" }] });
});

it("tells in JSON how a mistake in a loop came about", async () => {
  const path = "test/golden/errors/DN0404-stride-in-dense-body.dn";
  const { stdout } = await dnc("check", path, "--json");
  const [{ diagnostics }] = JSON.parse(stdout).files;
  expect(diagnostics[0]).toMatchObject({
    code: "DN0404",
    frames: [
      { kind: "model", name: "net", bindings: [] },
      { kind: "call", name: "dense", bindings: ["k=32", "n=6"] },
      { kind: "repeat", name: "dense", iteration: { index: 1, total: 6 } },
    ],
    iterations: { first: 1, total: 6 },
  });
  expect(diagnostics[0].labels.map(({ span }: { span: { path: string } }) => span.path)).toEqual([
    path,
    path,
  ]);
});

it("tells hints only when asked to, and mends by them only then", async () => {
  const text = `dn 1;\n${MODEL.replace("8x8", "H, 8").replace("gap", "maxpool 2; gap")} }\n`;
  const path = specs({ free: text })("free");
  for (const form of [["--json"], ["--format", "jsonl"], ["--format", "sarif"]]) {
    const told = async (...flags: readonly string[]): Promise<string> =>
      (await dnc("check", path, ...form, ...flags)).stdout;
    expect(await told("--hints")).toMatch(/"(code|ruleId)": ?"DN0502"/);
    expect(await told()).not.toMatch(/"(code|ruleId)": ?"DN0502"/);
  }
  expect((await dnc("check", "--fix", path)).stderr).toBe("");
  const { code, stderr } = await dnc("check", "--fix", "--hints", path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `applied 1 fix in ${path}\n` });
});

it("reads standard input, which has a name of its own", async () => {
  const { code, stdout } = await dncProcess(["check", "-", "--json"], BROKEN);
  expect(code).toBe(1);
  const [{ path, diagnostics }] = JSON.parse(stdout).files;
  expect(path).toBe("<stdin>");
  expect(diagnostics[0].span.path).toBe("<stdin>");
});
