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

export interface Target {
  readonly name: string;
  /** One line for `dnc compile --help`. */
  readonly summary: string;
  /** In the order in which they run. */
  readonly passes: readonly Pass[];
  /** What the target's runtime calls an end of the graph. */
  tensorName(port: Port): string;
  /** The files of a graph on which the passes have run; `undefined` when it was reported why there are none. */
  emit(graph: LoweredGraph, reporter: Reporter): readonly ArtifactFile[] | undefined;
}
