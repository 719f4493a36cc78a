/** The program `dnc`: runs the command, and ends the process when all that it wrote has been taken. */
import { reportBug } from "./bug-report.ts";
import { dispatch } from "./dispatch.ts";
import { createTerminal } from "./terminal.ts";

const args = process.argv.slice(2);
const { stdout, stderr, env: environment } = process;
const streams = { stdout, stderr, environment };

/** Waits until everything written to `stream` has left the process: an exit would cut a long text off. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

async function exit(code: number): Promise<never> {
  await Promise.all([flushed(stdout), flushed(stderr)]);
  process.exit(code);
}

for (const stream of [stdout, stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // The reader has gone, as in `dnc report … | head`: there is nobody left to write to.
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
process.on("SIGINT", () => process.exit(130));
process.on("uncaughtException", (error) => {
  createTerminal(streams, { color: !args.includes("--no-color"), format: undefined }).show([
    reportBug(error, args),
  ]);
  void exit(70);
});

await exit(await dispatch(args, streams));
