/** What a target is: the passes that suit it and the bytes it writes. Targets touch no file: whoever calls writes. */
import type { Reporter } from "../base/diagnostic.ts";
import type { LoweredGraph, Port } from "../ir/lowered.ts";
import type { Pass } from "../passes/pass.ts";

/** A file of an artifact. Its bytes are made while they are read, so that weights need not be in memory at once. */
export interface ArtifactFile {
  /** Relative to the artifact's folder, with `/`. */
  readonly path: string;
  readonly size: number;
  pieces(): Iterable<Uint8Array>;
}

export type Quantization = "uint8" | "float16";

/** Of what is computed between the inputs and the outputs, which are float32. */
export type Precision = "f32" | "bf16";

/** What the graph does not say of itself. */
export interface ArtifactFacts {
  /** The version of dnc. */
  readonly version: string;
  /** The SHA-256 of the files that the network is written in, in hexadecimal. */
  readonly spec?: string;
  /** Where the weights come from: `init seed 0`, `hash`, or a file. */
  readonly weights: string;
  /** What large weights are written as, instead of in 32 bits; one of the target's. */
  readonly quantization?: Quantization;
  /** Absent: float32. */
  readonly precision?: Precision;
  readonly parameters: bigint;
  /** Multiply-accumulates for one sample. */
  readonly macs: bigint;
}

export interface Target {
  readonly name: string;
  /** One line for `dnc compile --help`. */
  readonly summary: string;
  /** In the order in which they run. */
  readonly passes: readonly Pass[];
  /** Instead of them where the inside is bfloat16; absent: the target has no such form. */
  readonly bfloat16Passes?: readonly Pass[];
  /** Where the channels stand in what goes in and out: behind the batch, or behind the sizes. */
  readonly channels: "first" | "last";
  /** The forms of fewer bits that it has for weights. */
  readonly quantizations: readonly Quantization[];
  /** What the target's runtime calls an end of the graph. */
  tensorName(port: Port): string;
  /** The files of a graph on which the passes have run; `undefined` when it was reported why there are none. */
  emit(graph: LoweredGraph, facts: ArtifactFacts, reporter: Reporter): readonly ArtifactFile[] | undefined;
}

/** The facts by name, for targets whose files have room for such things. */
export function metadataOf(
  model: string,
  { version, spec, weights, quantization, precision, parameters, macs }: ArtifactFacts,
): readonly (readonly [name: string, value: string])[] {
  const known = {
    version,
    model,
    "spec.sha256": spec,
    weights,
    quantization,
    precision,
    parameters: String(parameters),
    macs: String(macs),
  };
  return Object.entries(known).flatMap(([name, value]) =>
    value === undefined ? [] : [[`dnc.${name}`, value] as const],
  );
}
