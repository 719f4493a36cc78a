/** The process around a command: its streams, its signals, and its end when all that it wrote has been taken. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { reportBug } from "./bug-report.ts";
import { COMMANDS, type Commands } from "./commands.ts";
import { dispatch, systemFaultOf } from "./dispatch.ts";
import { createTerminal } from "./terminal.ts";

const SIGNALS: readonly (readonly [NodeJS.Signals, number])[] = [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGTERM", 15],
];

/** Runs `dnc` with `args` and ends the process. */
export async function runProgram(args: readonly string[], commands: Commands = COMMANDS): Promise<never> {
  const { stdout, stderr, env: environment } = process;
  const streams = { stdout, stderr, environment };
  const tell = (diagnostic: Diagnostic): void =>
    createTerminal(streams, { color: !args.includes("--no-color"), format: undefined }).show([diagnostic]);
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // The reader has gone, as in `dnc report … | head`: there is nobody left to write to.
      if (error.code === "EPIPE") process.exit(0);
      // What is left to say (the disk is full) can only be said on the other stream.
      if (stream === stdout) tell(systemFaultOf(error) ?? reportBug(error, args));
      process.exit(4);
    });
  }
  exitOnSignals();
  let hasFailed = false;
  process.on("uncaughtException", (error) => {
    // A failure in telling of a failure would go on forever.
    if (hasFailed) process.exit(70);
    hasFailed = true;
    tell(reportBug(error, args));
    void exit(70);
  });
  return await exit(await dispatch(args, streams, commands));
}

/**
 * While a command waits for the exit, to remove what is half-written, signals lead to one. Otherwise they end the process
 * themselves, which they also do in the midst of a long computation.
 */
function exitOnSignals(): void {
  const handlers = SIGNALS.map(([signal, number]) => [signal, () => process.exit(128 + number)] as const);
  let isHandled = false;
  const handle = (isWanted: boolean): void => {
    if (isWanted === isHandled) return;
    isHandled = isWanted;
    for (const [signal, handler] of handlers) process[isWanted ? "on" : "off"](signal, handler);
  };
  process.on("newListener", (event) => event === "exit" && handle(true));
  process.on("removeListener", (event) => event === "exit" && handle(process.listenerCount("exit") > 0));
}

async function exit(code: number): Promise<never> {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}

/** Waits until everything written to `stream` has left the process: an exit would cut a long text off. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
