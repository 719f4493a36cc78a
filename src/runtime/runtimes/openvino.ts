/**
 * OpenVINO runs ONNX models, in a Python process beside this one: its library comes with the Python package.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Reporter } from "../../base/diagnostic.ts";
import { artifactUnreadable, runFailed, SHAPE_HELP } from "../artifact-problems.ts";
import { framesOf, sendFrame, type Tensors } from "../frames.ts";
import { pythonHelp, pythonPackage, pythonProgram } from "../python.ts";
import type { Engine, Opening, Runtime } from "../runtime.ts";
import { runtimeMissing, runtimeUnloadable } from "../runtime.ts";
import { OPENVINO_WORKER } from "./openvino-worker.ts";

const TITLE = "OpenVINO";

export const openvino: Runtime = {
  name: "openvino",
  title: TITLE,
  isNative: true,
  target: "onnx",
  version: () => pythonPackage("openvino"),
  async open({ folder, settings }: Opening, reporter: Reporter): Promise<Engine | undefined> {
    const python = pythonProgram();
    const version = await pythonPackage("openvino");
    if (version === undefined) {
      const help = [pythonHelp("openvino")];
      reporter.report(runtimeMissing.at({ help }, TITLE, `${python} has no package openvino`));
      return undefined;
    }
    const worker = startWorker(python);
    const setup = { model: join(folder, "model.onnx"), threads: settings.threads?.intra ?? 0 };
    const answer = await worker.ask(setup);
    if (answer.error === undefined) return engineOf(worker, version);
    const report = answer.isGone
      ? runtimeUnloadable.at(
          { help: [`install it anew: \`${python} -m pip install openvino\``] },
          TITLE,
          answer.error,
        )
      : artifactUnreadable.at({ help: ["write it anew with `dnc compile`"] }, folder, answer.error);
    reporter.report(report);
    await worker.end();
    return undefined;
  },
};

function engineOf(worker: Worker, version: string): Engine {
  return {
    version,
    async run(inputs, reporter) {
      const answer = await worker.ask({}, inputs);
      if (answer.error === undefined) return answer.values;
      reporter.report(runFailed.at({ help: [SHAPE_HELP] }, answer.error));
      return undefined;
    },
    dispose: () => worker.end(),
  };
}

interface Answer {
  readonly error?: string;
  /** The process has ended. */
  readonly isGone?: true;
  readonly values: Tensors;
}

interface Worker {
  ask(header: object, tensors?: Tensors): Promise<Answer>;
  end(): Promise<void>;
}

function startWorker(python: string): Worker {
  const child = spawn(python, ["-c", OPENVINO_WORKER], { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    complaints += piece;
  });
  // Whoever reads an answer learns that the process is gone; writing to it must not end this one.
  child.stdin.on("error", () => undefined);
  const ended = once(child, "close");
  const stop = (): void => void child.kill();
  process.once("exit", stop);
  const receive = framesOf(child.stdout);
  return {
    async ask(header, tensors) {
      sendFrame(child.stdin, header, tensors);
      const answer = await receive<Pick<Answer, "error">>();
      if (answer !== undefined) return { ...answer.header, values: answer.tensors };
      await ended;
      const reason = complaints.trim().split("\n").at(-1) || "its process has ended";
      return { error: reason, isGone: true, values: {} };
    },
    async end() {
      process.off("exit", stop);
      child.stdin.end();
      await ended;
    },
  };
}
