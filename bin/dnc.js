#!/usr/bin/env node
/** The program `dnc`: loads the bundle, from whatever folder and through whatever link it is called. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const bundle = new URL("../dist/dnc.mjs", import.meta.url);
if (existsSync(bundle)) {
  await import(bundle);
} else {
  const root = fileURLToPath(new URL("..", import.meta.url));
  process.stderr.write(`error: dnc is not built yet\nhelp: run \`npm start\` in ${root}\n`);
  process.exit(4);
}
