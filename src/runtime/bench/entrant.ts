/** A contestant at work: its process, what it is asked and what it answers. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Reporter } from "../../base/diagnostic.ts";
import { invariant } from "../../base/invariant.ts";
import { runFailed } from "../artifact-problems.ts";
import { type Frame, framesOf, sendFrame, type Tensors } from "../frames.ts";
import { runtimeUnloadable } from "../runtime.ts";
import { lastLines } from "../setup/processes.ts";
import { ANSWERS, type Answer, type NodeSetup, type PythonSetup, type Request } from "./protocol.ts";

export interface EntrantOptions {
  /** For people. */
  readonly title: string;
  readonly command: readonly string[];
  readonly setup: NodeSetup | PythonSetup;
  /** Beside those of this process. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Entrant {
  /** Of its library, as soon as it has answered. */
  version(): string | undefined;
  /** `undefined`: it was reported why there is no answer. */
  ask(request: Request, reporter: Reporter, tensors?: Tensors): Promise<Frame<Answer> | undefined>;
  /** Waits until the process is gone. */
  end(): Promise<void>;
}

/** Of what a process says before it ends. */
const MOST_COMPLAINTS = 8;

/** The process takes its first frame while it starts: nothing is waited for. */
export function startEntrant({ title, command, setup, environment }: EntrantOptions): Entrant {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const [requests, , complaintsOf] = child.stdio;
  const receiveAnswer = framesOf(child.stdio[ANSWERS] as Readable);
  invariant(requests !== null && complaintsOf !== null, "a process has no pipes");
  let complaints = "";
  complaintsOf.setEncoding("utf8").on("data", (piece: string) => {
    complaints += piece;
  });
  // Whoever reads an answer learns that the process is gone; writing to it must not end this one.
  requests.on("error", () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code, signal) =>
      resolve(signal === null ? `its process ended with exit code ${code}` : `${signal} ended its process`),
    );
  });
  const stop = (): void => void child.kill();
  process.once("exit", stop);

  /** One answer a frame, in their order. */
  const receive = async (reporter: Reporter): Promise<Frame<Answer> | undefined> => {
    const answer = await receiveAnswer<Answer>();
    const { problems, error } = answer?.header ?? {};
    if (answer !== undefined && problems === undefined && error === undefined) return answer;
    for (const problem of problems ?? []) reporter.report(problem);
    if (error !== undefined) reporter.report(runFailed.at({}, `${title}: ${error}`));
    if (answer !== undefined) return undefined;
    const end = await ended;
    const notes = complaints.trim() === "" ? [] : [lastLines(complaints, MOST_COMPLAINTS)];
    reporter.report(runtimeUnloadable.at({ notes }, title, end));
    return undefined;
  };

  sendFrame(requests, setup);
  let opened: Frame<Answer> | undefined;
  let isAsked = false;
  return {
    version: () => opened?.header.version,
    async ask(request, reporter, tensors) {
      sendFrame(requests, request, tensors);
      if (!isAsked) opened = await receive(reporter);
      isAsked = true;
      return opened === undefined ? undefined : receive(reporter);
    },
    async end() {
      process.off("exit", stop);
      requests.end();
      // What is left to compute or to release interests nobody.
      child.kill();
      await ended;
    },
  };
}
