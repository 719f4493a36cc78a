/** What runs artifacts: a library, the targets whose artifacts it takes, and where it comes from. */
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import type { ArtifactDescription } from "../targets/artifact.ts";
import type { NativeSettings } from "./environment.ts";
import type { FormChoice } from "./forms.ts";

export const runtimeMissing: DiagnosticKind<[runtime: string, what: string]> = defineDiagnostic({
  code: "DN0817",
  message: (runtime, what) => `${runtime} is not installed: ${what}`,
  explain: {
    title: "runtime-missing",
    text: "Artifacts run on TensorFlow, which `dnc setup` provides, and on other libraries where a person has installed them: onnxruntime and tfjs with npm, in the folder that dnc is run in, or OpenVINO with pip. The help says which command is meant.",
  },
});

export const runtimeUnloadable: DiagnosticKind<[runtime: string, reason: string]> = defineDiagnostic({
  code: "DN0818",
  message: (runtime, reason) => `${runtime} is installed and cannot be used: ${reason}`,
  explain: {
    title: "runtime-unloadable",
    text: "The package is there, but the system refuses to load its library, or it is of a version that has another interface.",
  },
});

/** Row-major values, in the layout of the artifact. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An artifact that a library has loaded. */
export interface Engine {
  /** Of the library. */
  readonly version: string;
  /** Absent: by the graph itself alone. */
  readonly forms?: EngineForms;
  /** Takes exactly the inputs of the artifact. `undefined`: the library refused (reported). */
  run(
    inputs: Readonly<Record<string, Values>>,
    reporter: Reporter,
    form?: FormChoice,
  ): Promise<Readonly<Record<string, Values>> | undefined>;
  dispose(): Promise<void>;
}

export interface EngineForms {
  readonly names: readonly FormChoice[];
  /** What suits a batch; `run` takes it when it is told no other. */
  choose(batch: number): FormChoice;
}

export interface Opening {
  readonly folder: string;
  readonly description: ArtifactDescription;
  readonly settings: NativeSettings;
}

export interface Runtime {
  /** What `--runtime` takes. */
  readonly name: string;
  /** `TensorFlow`, for people. */
  readonly title: string;
  /** Whether it runs on the processor itself; `auto` tries no other, where one that does is there. */
  readonly isNative: boolean;
  /** The target whose artifacts it runs. */
  readonly target: string;
  /** `undefined`: it is not installed. Loads nothing. */
  version(): Promise<string | undefined>;
  /** `undefined`: it was reported why not. */
  open(opening: Opening, reporter: Reporter): Promise<Engine | undefined>;
}
