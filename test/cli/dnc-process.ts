/** Runs `dnc` as a process of its own, from the sources: for standard input, signals and changes meanwhile. */

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import type { Result } from "../report/run-dnc.ts";

const program: string = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export interface DncProcess {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  text(stream: "stdout" | "stderr"): string;
  readonly ended: Promise<Result>;
}

export function startDnc(args: readonly string[]): DncProcess {
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], { stdio: "pipe" });
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (piece: string) => {
      texts[stream] += piece;
    });
  }
  const ended = new Promise<Result>((done) =>
    // As a shell says it of a death by a signal.
    child.on("close", (code, signal) =>
      done({ code: code ?? 128 + constants.signals[signal ?? "SIGKILL"], ...texts }),
    ),
  );
  return { child, text: (stream) => texts[stream], ended };
}

export function dncProcess(args: readonly string[], input: string): Promise<Result> {
  const { child, ended } = startDnc(args);
  child.stdin?.end(input);
  return ended;
}
