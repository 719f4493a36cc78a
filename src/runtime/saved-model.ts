/** Runs a SavedModel: one native call for the whole graph, and no tensor is left behind. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic, Reporter } from "../base/diagnostic.ts";
import { invariant } from "../base/invariant.ts";
import { listOf, quoted } from "../base/text.ts";
import { artifactUnreadable, reasonOf as firstLineOf, runFailed, SHAPE_HELP } from "./artifact-problems.ts";
import type { Binding, Native, TensorData } from "./native.ts";
import { parseSignatures, type Signature } from "./signature.ts";

/** Row-major values, in the layout of the graph. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface SavedModel {
  readonly signature: Signature;
  /**
   * Takes exactly the inputs of the signature, and gives its outputs, or those of another one with the same inputs.
   * Undefined when the library refuses, which has been reported.
   */
  run(
    inputs: Readonly<Record<string, Values>>,
    reporter: Reporter,
    outputs?: Signature["outputs"],
  ): Readonly<Record<string, Values>> | undefined;
  dispose(): void;
}

export interface LoadOptions {
  readonly native: Native;
  readonly folder: string;
  /** Undefined: what the file calls `serving_default`. */
  readonly signature?: Signature;
  readonly tags?: readonly string[];
}

export function loadSavedModel(options: LoadOptions, reporter: Reporter): SavedModel | undefined {
  const { native, folder, tags = ["serve"] } = options;
  const signature = options.signature ?? readSignature(folder, tags, reporter);
  if (signature === undefined) return undefined;
  const { binding } = native;
  let id: number;
  try {
    id = binding.loadSavedModel(folder, tags.join());
  } catch (error) {
    reporter.report(unreadable(folder, reasonOf(error)));
    return undefined;
  }
  const inputs = Object.entries(signature.inputs);
  const inputNames = inputs.map(([, { tensor }]) => tensor).join();
  let isDisposed = false;
  return {
    signature,
    run(values, runReporter, outputs = signature.outputs) {
      invariant(!isDisposed, "a model that was disposed of is run");
      const ordered = inputs.map(([name, { dtype, shape }]) => {
        const value = values[name];
        invariant(value !== undefined, `the model is run without its input ${name}`);
        return { ...value, name, dtype: dtypeCode(binding, dtype), expected: shape };
      });
      const misfit = ordered.find(({ shape, expected }) => !fits(shape, expected));
      if (misfit !== undefined) {
        const { name, shape, expected } = misfit;
        const reason = `its input ${quoted(name)} has the shape ${printShape(shape)}, not ${printShape(expected)}`;
        runReporter.report(runFailed.at({ help: [SHAPE_HELP] }, reason));
        return undefined;
      }
      const outputPorts = Object.keys(outputs);
      const outputNames = Object.values(outputs)
        .map(({ tensor }) => tensor)
        .join();
      const tensors: number[] = [];
      try {
        for (const { shape, dtype, data } of ordered) tensors.push(binding.createTensor(shape, dtype, data));
        const results = binding.runSavedModel(id, tensors, inputNames, outputNames);
        tensors.push(...results.map((result) => result.id));
        return Object.fromEntries(
          results.map(({ id: tensor, shape }, index) => [
            outputPorts[index] ?? "",
            { shape, data: binding.tensorDataSync(tensor) },
          ]),
        );
      } catch (error) {
        runReporter.report(runFailed.at({ help: [helpFor(reasonOf(error))] }, reasonOf(error)));
        return undefined;
      } finally {
        for (const tensor of tensors) binding.deleteTensor(tensor);
      }
    },
    dispose() {
      if (!isDisposed) binding.deleteSavedModel(id);
      isDisposed = true;
    },
  };
}

/** The signature by which TensorFlow's own loaders call a model. */
const DEFAULT_SIGNATURE = "serving_default";

function readSignature(folder: string, tags: readonly string[], reporter: Reporter): Signature | undefined {
  let signatures: ReadonlyMap<string, Signature> | undefined;
  try {
    signatures = parseSignatures(new Uint8Array(readFileSync(join(folder, "saved_model.pb"))), tags);
  } catch (error) {
    reporter.report(unreadable(folder, reasonOf(error)));
    return undefined;
  }
  const signature = signatures?.get(DEFAULT_SIGNATURE);
  if (signature !== undefined) return signature;
  const reason =
    signatures === undefined
      ? `it has no graph with the tags ${listOf(tags.map(quoted))}`
      : `it has no signature ${quoted(DEFAULT_SIGNATURE)}, only ${listOf([...signatures.keys()].map(quoted))}`;
  reporter.report(unreadable(folder, reason));
  return undefined;
}

function unreadable(folder: string, reason: string): Diagnostic {
  return artifactUnreadable.at({ help: ["write it anew with `dnc compile`"] }, folder, reason);
}

function dtypeCode(binding: Binding, dtype: string): number {
  const codes: Readonly<Record<string, number>> = {
    float32: binding.TF_FLOAT,
    int32: binding.TF_INT32,
    uint8: binding.TF_UINT8,
    bool: binding.TF_BOOL,
  };
  const code = codes[dtype];
  invariant(code !== undefined, `a model takes ${dtype} values, which cannot be passed`);
  return code;
}

/** TensorFlow adds the whole path of the operation on further lines. */
function reasonOf(error: unknown): string {
  return firstLineOf(error).replace(/^(Failed to load SavedModel|Session fail to run with error): /, "");
}

function helpFor(reason: string): string {
  return /OOM|allocat|memory/i.test(reason) ? "run a smaller batch" : SHAPE_HELP;
}

/** TensorFlow does not compare them itself: a wrong rank ends the process. */
function fits(shape: readonly number[], expected: readonly number[]): boolean {
  return (
    shape.length === expected.length && expected.every((size, index) => size < 0 || size === shape[index])
  );
}

function printShape(shape: readonly number[]): string {
  return `[${shape.map((size) => (size < 0 ? "?" : size)).join(", ")}]`;
}
