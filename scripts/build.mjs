/**
 * Bundles the command line and the library into `dist/`. Files appear one by one, each whole, the entries last:
 * whoever starts meanwhile finds the old program or the new one. `import { build }` or run it.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ENTRIES = { dnc: "src/cli/main.ts", index: "src/index.ts", runtime: "src/runtime/index.ts" };

export async function build() {
  const dist = join(root, "dist");
  const { outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outdir: dist,
    outExtension: { ".js": ".mjs" },
    // Each command is a chunk of its own, loaded when it is asked for.
    splitting: true,
    chunkNames: "chunk-[hash]",
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Names stay as they are: reports of bugs are to be read, and starting takes no longer.
    minifyWhitespace: true,
    minifySyntax: true,
    // Bundled CommonJS packages call `require`, which an ES module has not by itself.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    external: ["@tensorflow/tfjs-node", "sharp"],
    legalComments: "none",
    write: false,
  });
  mkdirSync(dist, { recursive: true });
  const isEntry = (path) => basename(path, ".mjs") in ENTRIES;
  const chunksFirst = outputFiles.toSorted((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)));
  for (const { path, contents } of chunksFirst) {
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, contents);
    renameSync(temporary, path);
  }
  removeOld(dist, new Set(outputFiles.map(({ path }) => basename(path))));
}

/** A program that has just been started may still load chunks of its own build, and another build may be writing. */
function removeOld(dist, current) {
  const minuteAgo = Date.now() - 60_000;
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    const isOld = (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < minuteAgo;
    if (!current.has(name) && isOld) rmSync(path, { force: true });
  }
}

// esbuild has printed its errors by the time it rejects.
if (process.argv[1] === fileURLToPath(import.meta.url)) await build().catch(() => process.exit(1));
