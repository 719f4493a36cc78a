/** Runs other programs: pip, the compiler, the probe. They end when this process does, and their output is kept. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Environment } from "./cache.ts";

export interface Outcome {
  /** `undefined` when there is no such program. */
  readonly started: boolean;
  readonly code: number | undefined;
  readonly killedBy: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment: Environment;
  readonly timeoutMs?: number;
}

export function runProgram(command: readonly string[], options: RunOptions): Promise<Outcome> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: options.environment,
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that its end reaches what the program started too.
      detached: true,
      ...(options.timeoutMs === undefined
        ? {}
        : { timeout: options.timeoutMs, killSignal: "SIGKILL" as const }),
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const stop = (): void => killGroup(child);
    // Before whoever removes the folder that the program writes to.
    process.prependOnceListener("exit", stop);
    child.on("error", (error: NodeJS.ErrnoException) => {
      process.off("exit", stop);
      const isAbsent = error.code === "ENOENT" || error.code === "EACCES" || error.code === "ENOEXEC";
      if (!isAbsent) return reject(error);
      resolve({ started: false, code: undefined, killedBy: undefined, stdout, stderr });
    });
    child.on("close", (code, killedBy) => {
      process.off("exit", stop);
      resolve({ started: true, code: code ?? undefined, killedBy: killedBy ?? undefined, stdout, stderr });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, "SIGKILL");
}

/** The end of a program's output, which usually says what went wrong. */
export function lastLines(text: string, amount: number): string {
  return text.trimEnd().split("\n").slice(-amount).join("\n");
}
