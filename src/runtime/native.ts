/**
 * Loads the native library, once in a process and only when a model is to run.
 * Nothing else imports tfjs-node: its addon is taken from the cache, where `dnc setup` put it, and called directly.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { type DiagnosticKind, defineDiagnostic, type Reporter, silent } from "../base/diagnostic.ts";
import { type NativeSettings, nativeEnvironment } from "./environment.ts";
import { ADDON } from "./setup/addon.ts";
import { tensorflow } from "./setup/artifact.ts";
import { cacheFolder } from "./setup/cache.ts";
import { installationFolder } from "./setup/install.ts";
import { examine } from "./setup/manifest.ts";
import { findNativePackages } from "./setup/platform.ts";

export const nativeMissing: DiagnosticKind = defineDiagnostic({
  code: "DN0801",
  message: () => "the native library is not installed",
  explain: {
    title: "native-missing",
    text: "Running a model needs TensorFlow's native library. `dnc setup` provides it once for all projects of this person: a download of about 200 MB, and 600 MB in the cache folder. Checking, reporting and compiling do not need it.",
  },
});

export const nativeDamaged: DiagnosticKind<[reason: string]> = defineDiagnostic({
  code: "DN0802",
  message: (reason) => `the native library is damaged: ${reason}`,
  explain: {
    title: "native-damaged",
    text: "The installed files are compared with what was installed before they are loaded, because a damaged library can end the process without a word. `dnc setup` keeps the files that are whole and replaces the others.",
  },
});

export const nativeUnloadable: DiagnosticKind<[reason: string]> = defineDiagnostic({
  code: "DN0814",
  message: (reason) => `the native library cannot be loaded: ${reason}`,
  explain: {
    title: "native-unloadable",
    text: "The installed files are what they should be, but the system refuses to load them, for instance because it was upgraded or a limit on memory is too low.",
  },
});

/** An attribute of an operation. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

export interface TensorMetadata {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export type TensorData = Float32Array | Int32Array | Uint8Array;

/** The addon of tfjs-node. Tensors are numbers, and live until they are deleted. */
export interface Binding {
  createTensor(shape: readonly number[], dtype: number, data: TensorData): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): TensorData;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    nOutputs: number,
  ): readonly TensorMetadata[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names are separated by commas. */
  runSavedModel(
    id: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): readonly TensorMetadata[];
  getNumOfSavedModels(): number;
  getNumOfTensors(): number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_UINT8: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_Version: string;
}

export interface Native {
  readonly binding: Binding;
  /** The version of TensorFlow. */
  readonly version: string;
  readonly addon: string;
}

const requireAddon = createRequire(import.meta.url);
let loaded: Native | undefined;

/** Settings count only for the first call in a process; a worker has those of the main thread. */
export function loadNative(settings: NativeSettings, reporter: Reporter): Native | undefined {
  if (loaded !== undefined) return loaded;
  const addon = findAddon(reporter);
  if (addon === undefined) return undefined;
  Object.assign(process.env, nativeEnvironment(settings, process.env));
  try {
    const binding: Binding = requireAddon(addon);
    loaded = { binding, version: binding.TF_Version, addon };
    return loaded;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reporter.report(nativeUnloadable.at({ help: ["run `dnc setup` to compile the addon anew"] }, reason));
    return undefined;
  }
}

/** The version of TensorFlow that `dnc setup` has installed, if it has. */
export function installedVersion(): string | undefined {
  return findAddon(silent) === undefined ? undefined : tensorflow.version;
}

function findAddon(reporter: Reporter): string | undefined {
  const packages = findNativePackages();
  if ("code" in packages) {
    reporter.report(packages);
    return undefined;
  }
  const folder = installationFolder(cacheFolder(process.env), tensorflow, packages);
  const health = examine(folder, { full: false });
  if (health.state === "intact") return join(folder, ADDON);
  const help = ["run `dnc setup`"];
  reporter.report(
    health.state === "missing" ? nativeMissing.at({ help }) : nativeDamaged.at({ help }, health.reason),
  );
  return undefined;
}

type TensorFlowJs = typeof import("@tensorflow/tfjs-node");

/** The whole of tfjs-node on the library that is loaded: for comparison with what dnc emits. Takes half a second. */
export function loadTensorFlowJs(native: Native): TensorFlowJs {
  const packageRequire = createRequire(requireAddon.resolve("@tensorflow/tfjs-node/package.json"));
  // tfjs-node 4.22 calls two functions that Node 22 warns of and Node 23 has no more.
  const util: Record<string, unknown> = packageRequire("node:util");
  util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined;
  util["isArray"] = Array.isArray;
  // It asks this function where its addon is, and would look into its own folder.
  const preGyp: { find(): string } = packageRequire("@mapbox/node-pre-gyp/lib/pre-binding.js");
  preGyp.find = () => native.addon;
  return packageRequire("@tensorflow/tfjs-node");
}
