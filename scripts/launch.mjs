/**
 * Starts a bundled program with the code that V8 compiled of it during the build, which saves a fifth of the time
 * to start. V8's code is valid for one executable only, and V8 does not always notice: so its file is named after
 * the executable. Any other Node compiles the program as usual.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

/** The file for the code of `program` (a path that ends in `.cjs`) and this executable. */
export function codeFileOf(program) {
  const { size, mtimeMs } = statSync(process.execPath);
  const executable = `${process.version}-${process.arch}-${size}-${Math.trunc(mtimeMs)}`;
  return `${program.slice(0, -".cjs".length)}-${executable}.code`;
}

/** Runs the program at this address. */
export function launch(url) {
  const program = fileURLToPath(url);
  const codeFile = codeFileOf(program);
  if (existsSync(codeFile)) {
    run(program, scriptOf(program, readFileSync(codeFile)));
  } else {
    // From 22.1 on Node keeps code itself, after a first start.
    nodeModule.enableCompileCache?.();
    nodeModule.createRequire(url)(program);
  }
}

/** Runs the program, and at its end, when all that it needed has been compiled, writes the code. */
export function recordCode(program, codeFile) {
  const script = scriptOf(program, undefined);
  process.on("exit", () => writeFileSync(codeFile, script.createCachedData()));
  run(program, script);
}

function scriptOf(filename, cachedData) {
  // What Node puts around a CommonJS module.
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "utf8")}\n})`;
  return new Script(wrapped, { filename, cachedData });
}

function run(program, script) {
  const module = { exports: {} };
  const require = nodeModule.createRequire(program);
  script.runInThisContext()(module.exports, require, module, program, dirname(program));
}
