#!/usr/bin/env node
/** The program `dnc`: loads the bundle, from whatever folder and through whatever link it is called. */
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const bundle = new URL("../dist/dnc.mjs", import.meta.url);
if (existsSync(bundle)) {
  // Node 22.1 and later keep the compiled code, which halves the time to start.
  nodeModule.enableCompileCache?.();
  await import(bundle);
} else {
  const root = fileURLToPath(new URL("..", import.meta.url));
  process.stderr.write(`error: dnc is not built yet\nhelp: run \`npm start\` in ${root}\n`);
  process.exit(4);
}
