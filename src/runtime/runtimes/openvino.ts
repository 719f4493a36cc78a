/**
 * OpenVINO runs ONNX models, in a Python process beside this one: its library comes with the Python package. The
 * processes exchange frames: the length of a header, the header as JSON, and the numbers of its tensors.
 */
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Reporter } from "../../base/diagnostic.ts";
import { bytesOf } from "../../targets/protobuf.ts";
import { artifactUnreadable, runFailed, SHAPE_HELP } from "../artifact-problems.ts";
import type { Engine, Opening, Runtime, Values } from "../runtime.ts";
import { runtimeMissing, runtimeUnloadable } from "../runtime.ts";
import { OPENVINO_WORKER } from "./openvino-worker.ts";

const TITLE = "OpenVINO";

export const openvino: Runtime = {
  name: "openvino",
  title: TITLE,
  isNative: true,
  target: "onnx",
  version: async () => (await findOpenvino()).version,
  async open({ folder, settings }: Opening, reporter: Reporter): Promise<Engine | undefined> {
    const { python, version } = await findOpenvino();
    if (version === undefined) {
      const help = [
        `run \`${python} -m pip install openvino\`, or name a Python that has it in the variable DNC_PYTHON`,
      ];
      reporter.report(runtimeMissing.at({ help }, TITLE, `${python} has no package openvino`));
      return undefined;
    }
    const worker = startWorker(python);
    const setup = { model: join(folder, "model.onnx"), threads: settings.threads?.intra ?? 0 };
    const answer = await worker.ask(setup, []);
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

interface Installed {
  readonly python: string;
  readonly version: string | undefined;
}

/** `$DNC_PYTHON`, else the `python3` that the shell would take. */
async function findOpenvino(): Promise<Installed> {
  const python = process.env["DNC_PYTHON"] || "python3";
  const script = "from importlib.metadata import version; print(version('openvino'))";
  return new Promise((resolve) => {
    execFile(python, ["-c", script], (error, stdout) => {
      resolve({ python, version: error === null ? stdout.trim() : undefined });
    });
  });
}

function engineOf(worker: Worker, version: string): Engine {
  return {
    version,
    async run(inputs, reporter) {
      const tensors = Object.entries(inputs).map(([name, { shape, data }]) => ({ name, shape, data }));
      const answer = await worker.ask(
        { inputs: tensors.map(({ name, shape }) => ({ name, shape })) },
        tensors,
      );
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
  readonly values: Readonly<Record<string, Values>>;
}

interface Worker {
  ask(header: object, tensors: readonly { readonly data: Float32Array }[]): Promise<Answer>;
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
  return {
    async ask(header, tensors) {
      send(child, header, tensors);
      const answer = await receive(child.stdout);
      if (answer !== undefined) return answer;
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

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function send({ stdin }: Child, header: object, tensors: readonly { readonly data: Float32Array }[]): void {
  const text = new TextEncoder().encode(JSON.stringify(header));
  stdin.write(new Uint8Array(Uint32Array.of(text.length).buffer));
  stdin.write(text);
  for (const { data } of tensors) stdin.write(bytesOf(data));
}

interface AnswerHeader {
  readonly error?: string;
  readonly outputs?: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** `undefined`: the process ended before it answered. */
async function receive(stream: Readable): Promise<Answer | undefined> {
  const length = await take(stream, 4);
  const text = length && (await take(stream, new DataView(length.buffer).getUint32(0, true)));
  if (text === undefined) return undefined;
  const { error, outputs = [] }: AnswerHeader = JSON.parse(new TextDecoder().decode(text));
  const values: Record<string, Values> = {};
  for (const { name, shape } of outputs) {
    const content = await take(stream, 4 * shape.reduce((product, size) => product * size, 1));
    if (content === undefined) return undefined;
    values[name] = { shape, data: new Float32Array(content.buffer) };
  }
  return error === undefined ? { values } : { error, values };
}

/** So many bytes, in memory of their own. */
async function take(stream: Readable, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  for (;;) {
    const piece: Uint8Array | null = stream.read(length);
    if (piece !== null) return piece.length === length ? Uint8Array.from(piece) : undefined;
    if (stream.readableEnded || stream.destroyed) return undefined;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        stream.off("readable", go).off("end", go);
        resolve();
      };
      stream.on("readable", go).on("end", go);
    });
  }
}
