/** `dnc viz` as a script sees it: files, formats, and what it refuses. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { parseXml } from "./xml.ts";

const TINY = "specs/densenet-tiny.dn";

it.each([
  ["net.svg", /^<svg /],
  ["net.html", /^<!doctype html>/],
  ["net.dot", /^digraph /],
  ["net.gv", /^digraph /],
  ["net.mmd", /^flowchart LR\n/],
  ["net.json", /^\{\n "label": "densenet_tiny"/],
])("the name %s says what is in it", async (name, start) => {
  const file = join(temporaryFolder(), "new", name);
  const { code, stdout, stderr } = await dnc("viz", TINY, "-o", file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^wrote .*: densenet_tiny, [\d.]+ (B|KiB)\n$/);
  expect(readFileSync(file, "utf8")).toMatch(start);
});

it("prints the picture where no file is named, and obeys --format", async () => {
  const { stdout } = await dnc("viz", TINY);
  expect(parseXml(stdout).name).toBe("svg");
  expect((await dnc("viz", TINY, "--format", "dot")).stdout).toMatch(/^digraph /);
  expect((await dnc("viz", TINY, "-o", "-", "--format", "mermaid")).stdout).toMatch(/^flowchart /);
});

it("replaces a file whole, and leaves nothing beside it", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "net.svg");
  writeFileSync(file, "old");
  await dnc("viz", TINY, "-o", file);
  expect(readFileSync(file, "utf8")).toMatch(/<\/svg>\n$/);
  expect(readdirSync(folder)).toEqual(["net.svg"]);
});

it("says why a file cannot be written, and writes none", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "net.svg"));
  const { code, stderr } = await dnc("viz", TINY, "-o", join(folder, "net.svg"));
  expect(code).toBe(4);
  expect(stderr).toMatch(/DN0902.*it is a folder/);
  expect(readdirSync(folder)).toEqual(["net.svg"]);
});

it("draws every layer of a small network, and refuses a large one with a way out", async () => {
  expect((await dnc("viz", TINY, "--layout", "graph")).code).toBe(0);
  const file = join(temporaryFolder(), "net.svg");
  const { code, stderr } = await dnc("viz", "specs/densenet264.dn", "--layout", "graph", "-o", file);
  expect(code).toBe(1);
  expect(stderr).toContain("DN0703");
  expect(stderr).toContain("leave out `--layout graph`");
  expect(existsSync(file)).toBe(false);
  // Graphviz is given everything.
  expect((await dnc("viz", "specs/densenet264.dn", "--layout", "graph", "--format", "dot")).code).toBe(0);
});

it("refuses a matrix of a network without dense blocks", async () => {
  const folder = temporaryFolder();
  const spec = join(folder, "plain.dn");
  writeFileSync(spec, "dn 1;\nmodel m { input x: f32[3]; output y = x < relu >; }\n");
  const { code, stderr } = await dnc("viz", spec, "--layout", "matrix");
  expect(code).toBe(1);
  expect(stderr).toContain("DN0704");
});

it.each([
  [["viz"], /takes one target/],
  [["viz", TINY, "-o", "net.png"], /does not say what it is to be/],
  [["viz", TINY, "--format", "svgg"], /did you mean `svg`/],
  [["viz", TINY, "--layout", "spin"], /did you mean `spine`/],
  [["viz", TINY, "--style", "paper"], /`--style` takes costs or figure/],
  [["viz", TINY, "--json"], /add `-o net.svg`/],
])("wrong usage: %j", async (args, message) => {
  const { code, stderr } = await dnc(...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

it("tells of a spec with errors as every command does", async () => {
  const folder = temporaryFolder();
  const spec = join(folder, "wrong.dn");
  writeFileSync(spec, "dn 1;\nmodel m { input x: f32[3]; output y = x < rely >; }\n");
  const { code, stdout, stderr } = await dnc("viz", spec);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("did you mean `relu`");
});
