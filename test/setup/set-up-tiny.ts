/** Sets up the tiny library in a process of its own, ended by Ctrl-C as the command line is. */
import { type Sandbox, setUpTiny } from "./tiny.ts";

process.on("SIGINT", () => process.exit(130));
const sandbox: Sandbox = JSON.parse(process.argv[2] ?? "");
await setUpTiny(sandbox);
