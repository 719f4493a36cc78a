/** `npm start`: makes the checkout ready, then runs `dnc` with the arguments, or the demonstration without any. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bootstrap, callerFolder, root } from "./bootstrap.mjs";

/** The commands that run a model. */
const NATIVE = new Set(["run", "bench", "train"]);

const args = process.argv.slice(2);
const demonstration = join(root, "scripts", "demo.mjs");
const showsDemonstration = args.length === 0 && existsSync(demonstration);
const runsModel = NATIVE.has(args[0]) && !args.includes("--help");

await bootstrap({ library: showsDemonstration || runsModel || args.includes("--verify") });
process.chdir(callerFolder());
const program = showsDemonstration ? demonstration : join(root, "bin", "dnc.js");
process.argv = [process.execPath, program, ...args];
await import(pathToFileURL(program));
