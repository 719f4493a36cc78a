/**
 * Bundles the command line and the library into `dist/`. Files appear one by one, each whole, the entries last:
 * whoever starts meanwhile finds the old program or the new one.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { codeFileOf } from "./launch.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  // Names stay as they are: reports of bugs are to be read, and starting takes no longer.
  minifyWhitespace: true,
  minifySyntax: true,
  // Native packages; and one that is large, which only `dnc diff` loads: each start reads the whole program.
  external: ["@tensorflow/tfjs-node", "sharp", "zod"],
  legalComments: "none",
  write: false,
};

export async function build() {
  const [program, library] = await Promise.all([bundleProgram(), bundleLibrary()]);
  mkdirSync(dist, { recursive: true });
  // The name holds the hash, so that code is never used for a program that it was not compiled of.
  const name = `program-${createHash("sha256").update(program).digest("hex").slice(0, 8)}.cjs`;
  const codeFile = codeFileOf(join(dist, name));
  write(name, program);
  if (!existsSync(codeFile)) compile(join(dist, name), codeFile);
  const isEntry = ({ path }) => !basename(path).startsWith("chunk-");
  const chunksFirst = library.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const { path, contents } of chunksFirst) write(basename(path), contents);
  write("dnc.mjs", await bundleEntry(name));
  const written = library.map(({ path }) => basename(path));
  removeOld(new Set([...written, name, basename(codeFile), "dnc.mjs"]));
}

/** The command line: one file, because V8 compiles it as a whole. */
async function bundleProgram() {
  const { outputFiles } = await bundle({
    ...COMMON,
    entryPoints: ["src/cli/main.ts"],
    format: "cjs",
    // A script that is run with its code has no `import()`; what it would load is CommonJS.
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  return outputFiles[0].contents;
}

/** What others import, and what `dnc bench` starts. */
async function bundleLibrary() {
  const { outputFiles } = await bundle({
    ...COMMON,
    entryPoints: {
      index: "src/index.ts",
      runtime: "src/runtime/index.ts",
      "bench-worker": "src/runtime/bench/worker.ts",
    },
    outdir: dist,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    chunkNames: "chunk-[hash]",
    format: "esm",
    // Bundled CommonJS packages call `require`, which an ES module has not by itself.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
  });
  return outputFiles;
}

/** The module whose import starts the program of this name. */
async function bundleEntry(name) {
  const contents = `import { launch } from "./launch.mjs"; launch(new URL("${name}", import.meta.url));`;
  const stdin = { contents, resolveDir: join(root, "scripts") };
  const { outputFiles } = await bundle({ ...COMMON, stdin, format: "esm" });
  return outputFiles[0].contents;
}

/** Lets the program check a large model, and keeps the code of all functions that this took. */
function compile(program, codeFile) {
  const recorder = join(root, "scripts", "record-code.mjs");
  const temporary = `${codeFile}.${process.pid}`;
  const args = [recorder, program, temporary, "check", join(root, "specs", "densenet121.dn")];
  // Whatever comes of the check, the program has been compiled; without the file it only starts more slowly.
  spawnSync(process.execPath, args, { stdio: "ignore" });
  if (existsSync(temporary)) renameSync(temporary, codeFile);
}

function write(name, contents) {
  const temporary = join(dist, `${name}.${process.pid}`);
  writeFileSync(temporary, contents);
  renameSync(temporary, join(dist, name));
}

/** A program that has just been started may still load chunks of its own build, and another build may be writing. */
function removeOld(current) {
  const minuteAgo = Date.now() - 60_000;
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    const isOld = (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < minuteAgo;
    if (!current.has(name) && isOld) rmSync(path, { force: true });
  }
}

// esbuild has printed its errors by the time it rejects.
if (process.argv[1] === fileURLToPath(import.meta.url)) await build().catch(() => process.exit(1));
