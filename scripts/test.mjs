/** `npm test`: makes the checkout ready, the native library included, then runs vitest with the arguments. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { bootstrap, callerFolder, root, run } from "./bootstrap.mjs";

await bootstrap({ library: true });
const folder = callerFolder();
// vitest runs in the root, so the files that are named from another folder are named in full.
const args = process.argv
  .slice(2)
  .map((arg) => (existsSync(resolve(folder, arg)) ? resolve(folder, arg) : arg));
process.exitCode = await run([
  process.execPath,
  join(root, "node_modules", "vitest", "vitest.mjs"),
  "run",
  ...args,
]);
