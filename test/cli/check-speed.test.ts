/** What `dnc check` loads, for that decides how fast it starts: neither native code nor a library that it has no use for. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";

const recorder = new URL("./fixtures/record-modules.mjs", import.meta.url).href;
const program: string = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** The URLs and paths of all that a process of `node` loads. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const folder = temporaryFolder();
  const record = join(folder, "record.txt");
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--import", recorder, ...args], {
    env: { ...process.env, DNC_RECORD: record },
    encoding: "utf8",
  });
  // 1: the spec has mistakes.
  if (status !== 0 && status !== 1) throw new Error(`node ended with ${status}: ${stderr}`);
  return readFileSync(record, "utf8").trimEnd().split("\n");
}

function packagesOf(loaded: readonly string[]): readonly string[] {
  const names = loaded.flatMap((path) => {
    const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].sort();
}

function nativeOf(loaded: readonly string[]): readonly string[] {
  return loaded.filter((path) => /\.node$|node_modules.*tensorflow|libvips/.test(path));
}

/** What the test itself brings along: the loader of TypeScript. */
const LOADER = ["esbuild", "get-tsconfig", "resolve-pkg-maps", "tsx"];

it("records ES modules, CommonJS modules and native code", () => {
  const code = 'import "zod"; import "ajv"; import sharp from "sharp"; sharp.cache(false);';
  const loaded = loadedBy("--input-type=module", "--eval", code);
  expect(packagesOf(loaded)).toEqual(expect.arrayContaining(["ajv", "sharp", "zod"]));
  expect(nativeOf(loaded)).toEqual(expect.arrayContaining([expect.stringMatching(/sharp.*\.node$/)]));
});

it.each([
  ["a spec that is fine", ["specs/densenet121.dn"]],
  ["JSON", ["specs/densenet121.dn", "--json"]],
  ["a spec with mistakes", ["test/golden/errors/many-volumes.dn", "--format", "jsonl"]],
])("loads the parser, colors and nothing else: %s", (_, args) => {
  const loaded = loadedBy(program, "check", ...args);
  const packages = packagesOf(loaded).filter((name) => !LOADER.includes(name));
  expect(packages.filter((name) => !/^@?chevrotain|^lodash/.test(name))).toEqual(["picocolors"]);
  expect(packages).toContain("chevrotain");
  expect(nativeOf(loaded)).toEqual([]);
});

it("loads no native code for SARIF either, which has the pages of all diagnostics", () => {
  const loaded = loadedBy(program, "check", "specs/densenet121.dn", "--format", "sarif");
  expect(loaded.some((path) => path.includes("src/diagnostics.ts"))).toBe(true);
  const heavy = ["@tensorflow/tfjs-node", "@tensorflow/tfjs", "sharp", "zod", "ajv"];
  expect(packagesOf(loaded).filter((name) => heavy.includes(name))).toEqual([]);
  expect(nativeOf(loaded)).toEqual([]);
});

it("reads neither the pages of diagnostics nor SARIF, mending or watching until they are asked for", () => {
  const loaded = loadedBy(program, "check", "specs/densenet121.dn");
  const late =
    /src\/(?:diagnostics|cli\/render\/sarif|cli\/fix-files|runtime\/(?:watch|replace-source|native))\.ts/;
  expect(loaded.filter((path) => late.test(path))).toEqual([]);
  expect(loaded.some((path) => path.includes("src/cli/check-file.ts"))).toBe(true);
});
