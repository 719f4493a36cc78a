/** `dnc fmt`: files change whole or not at all, and only those that are not in canonical form. */
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
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { dncProcess } from "./dnc-process.ts";

const LOOSE = "dn 1;\nblock a(k = 3) <\n  conv 3; // wide\n  relu >\nblock b<relu>\n";
const CANONICAL = "dn 1;\nblock a(k=3) <\n  conv 3; // wide\n  relu >\nblock b < relu >\n";
const WRONG = "dn 1;\nblock a < conv 3 relu >\n";

function folder(files: Readonly<Record<string, string>>): string {
  const path = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

function read(at: string, name: string): string {
  return readFileSync(join(at, name), "utf8");
}

it("rewrites what is not in canonical form, and says so", async () => {
  const at = folder({ "loose.dn": LOOSE, "fine.dn": CANONICAL });
  const [loose, fine] = [join(at, "loose.dn"), join(at, "fine.dn")];
  const before = statSync(fine).mtimeMs;
  expect(await dnc("fmt", loose, fine)).toEqual({ code: 0, stdout: `formatted ${loose}\n`, stderr: "" });
  expect(read(at, "loose.dn")).toBe(CANONICAL);
  expect(statSync(fine).mtimeMs).toBe(before);
  expect(readdirSync(at).toSorted()).toEqual(["fine.dn", "loose.dn"]);
  expect(await dnc("fmt", loose, fine)).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("with --check lists what would change, and writes nothing", async () => {
  const at = folder({ "loose.dn": LOOSE, "fine.dn": CANONICAL });
  const [loose, fine] = [join(at, "loose.dn"), join(at, "fine.dn")];
  expect(await dnc("fmt", "--check", fine, loose)).toEqual({ code: 1, stdout: `${loose}\n`, stderr: "" });
  expect(read(at, "loose.dn")).toBe(LOOSE);
  expect(await dnc("fmt", "--check", fine)).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("leaves a file with syntax errors as it is, tells them, and formats the others", async () => {
  const at = folder({ "wrong.dn": WRONG, "loose.dn": LOOSE });
  const { code, stdout, stderr } = await dnc("fmt", join(at, "wrong.dn"), join(at, "loose.dn"));
  expect({ code, stdout }).toEqual({ code: 1, stdout: `formatted ${join(at, "loose.dn")}\n` });
  expect(stderr).toContain("DN0104");
  expect(read(at, "wrong.dn")).toBe(WRONG);
  expect(read(at, "loose.dn")).toBe(CANONICAL);
});

it("keeps the mode of the file, and a link a link", async () => {
  const at = folder({ "loose.dn": LOOSE });
  chmodSync(join(at, "loose.dn"), 0o640);
  symlinkSync(join(at, "loose.dn"), join(at, "link.dn"));
  expect((await dnc("fmt", join(at, "link.dn"))).code).toBe(0);
  expect(lstatSync(join(at, "link.dn")).isSymbolicLink()).toBe(true);
  expect(read(at, "loose.dn")).toBe(CANONICAL);
  expect(statSync(join(at, "loose.dn")).mode & 0o777).toBe(0o640);
});

it("ends lines with a line feed, and drops a byte order mark", async () => {
  const at = folder({ "loose.dn": `\uFEFF${LOOSE.replaceAll("\n", "\r\n")}` });
  expect((await dnc("fmt", join(at, "loose.dn"))).code).toBe(0);
  expect(read(at, "loose.dn")).toBe(CANONICAL);
});

it("does not touch a file that is not UTF-8", async () => {
  const at = folder({});
  writeFileSync(join(at, "latin.dn"), "dn 1; // \u00e9\n", "latin1");
  const { code, stderr } = await dnc("fmt", join(at, "latin.dn"));
  expect(code).toBe(1);
  expect(stderr).toContain("the file is not UTF-8");
  expect(readFileSync(join(at, "latin.dn"), "latin1")).toBe("dn 1; // \u00e9\n");
});

it("exits 4 for what it cannot read, whatever else is wrong", async () => {
  const at = folder({ "wrong.dn": WRONG, "loose.dn": LOOSE });
  mkdirSync(join(at, "folder.dn"));
  const paths = ["wrong.dn", "none.dn", "folder.dn", "loose.dn"].map((name) => join(at, name));
  const { code, stderr } = await dnc("fmt", ...paths);
  expect(code).toBe(4);
  expect(stderr).toContain("there is no such file");
  expect(stderr).toContain("it is a folder");
  expect(read(at, "loose.dn")).toBe(CANONICAL);
});

it("formats a file that is named twice once", async () => {
  const at = folder({ "loose.dn": LOOSE });
  const loose = join(at, "loose.dn");
  expect((await dnc("fmt", loose, loose)).stdout).toBe(`formatted ${loose}\n`);
});

it("is a filter for standard input", async () => {
  expect(await dncProcess(["fmt", "-"], LOOSE)).toEqual({ code: 0, stdout: CANONICAL, stderr: "" });
  expect(await dncProcess(["fmt", "-"], CANONICAL)).toEqual({ code: 0, stdout: CANONICAL, stderr: "" });
  expect(await dncProcess(["fmt", "-", "--check"], LOOSE)).toEqual({
    code: 1,
    stdout: "<stdin>\n",
    stderr: "",
  });
  const wrong = await dncProcess(["fmt", "-"], WRONG);
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.stderr).toContain("DN0104");
});

it("says in JSON what changed", async () => {
  const at = folder({ "loose.dn": LOOSE, "fine.dn": CANONICAL, "wrong.dn": WRONG });
  const paths = ["loose.dn", "fine.dn", "wrong.dn"].map((name) => join(at, name));
  const { code, stdout, stderr } = await dnc("fmt", "--json", ...paths);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    schema: "dnc/fmt-1",
    files: [
      { path: paths[0], changed: true, diagnostics: [] },
      { path: paths[1], changed: false, diagnostics: [] },
      { path: paths[2], changed: false, diagnostics: [{ code: "DN0104", span: { path: paths[2] } }] },
    ],
  });
  const input = await dncProcess(["fmt", "-", "--json"], LOOSE);
  expect(JSON.parse(input.stdout).files).toEqual([
    { path: "<stdin>", changed: true, text: CANONICAL, diagnostics: [] },
  ]);
});

it("is told what to format", async () => {
  expect(await dnc("fmt")).toMatchObject({ code: 2, stdout: "" });
  expect((await dnc("fmt", "-", "a.dn")).stderr).toContain("nothing else beside it");
  expect((await dnc("fmt", "--chekc", "a.dn")).stderr).toContain("did you mean `--check`");
});
