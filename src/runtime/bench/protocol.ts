/** What `dnc bench` and the processes of its contestants tell each other, in frames. */
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Threads } from "../environment.ts";
import type { FormChoice } from "../forms.ts";

/** The first frame to a contestant in Node. */
export interface NodeSetup {
  readonly runtime: string;
  readonly folder: string;
  /** Absent where the environment says. */
  readonly threads?: Threads;
}

/** The first frame to a contestant in Python. */
export interface PythonSetup {
  readonly library: PythonLibrary;
  /** The ONNX model. */
  readonly model: string;
  readonly threads: number;
}

export type PythonLibrary = "openvino" | "torch" | "torch-compile";

/** Its inputs, channels first, come with the first one; the answer has the outputs of a run, channels first. */
export interface FeedRequest {
  readonly do: "feed";
  readonly batch: number;
  readonly form?: FormChoice;
}

/** One run that is not counted, then runs until `ms` are over, one at least. The answer has their times. */
export interface TurnRequest {
  readonly do: "turn";
  readonly batch: number;
  readonly form?: FormChoice;
  readonly ms: number;
}

export type Request = FeedRequest | TurnRequest;

/** To every frame, the first included. */
export interface Answer {
  /** What went wrong, as Node tells it. */
  readonly problems?: readonly Diagnostic[];
  /** What went wrong, as Python tells it. */
  readonly error?: string;
  /** To the first frame: of the library. */
  readonly version?: string;
  /** To a turn: milliseconds of each counted run. */
  readonly times?: readonly number[];
  /** To a turn: the most memory that the process had so far, if the system tells. */
  readonly peakBytes?: number;
}

/** Answers go to a file of their own: libraries print to standard output. */
export const ANSWERS = 3;
