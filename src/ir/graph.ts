/**
 * The checked graph: operations of the language on channel-first shapes, with the place in the source and the
 * expansion that each came from. Immutable; nodes stand in execution order and have one output each.
 */
import type { Frame } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import type { Shape } from "./shape.ts";

/** What the graph must know of an operation; `src/ops/` knows the rest. */
export interface Operator {
  readonly name: string;
}

/** Tells how a weight is filled and whether an optimizer may change it. */
export type WeightRole = "kernel" | "bias" | "scale" | "shift" | "mean" | "variance";

/** One trainable tensor or one buffer. Two nodes that share a weight hold the same object. */
export interface Weight {
  /** The node's path and the tensor's own name: `net/stem/conv/weight`. */
  readonly path: string;
  readonly role: WeightRole;
  /** In PyTorch's layout: `[out, in, ...size]` for kernels. */
  readonly shape: readonly number[];
  readonly trainable: boolean;
  /** What all its elements start from; absent: what its role says. */
  readonly initial?: number;
}

export interface Node<O extends Operator = Operator, A = unknown> {
  /** Its position in the graph. */
  readonly id: number;
  /** Stable and unique: the names of the source joined by `/`. */
  readonly path: string;
  readonly op: O;
  readonly attrs: A;
  /** Ids of earlier nodes. */
  readonly inputs: readonly number[];
  readonly shape: Shape;
  readonly weights: readonly Weight[];
  readonly origin: Origin;
}

/** Where in the source a node comes from. */
export interface Origin {
  /** The whole stage, without type and label. */
  readonly span: Span;
  /** Its parts: `name`, `kernel`, `stride`, `channels` and arguments by name. */
  readonly parts: ReadonlyMap<string, Span>;
  readonly frame: Frame;
}

/** An input or output of the model by its name in the spec. */
export interface GraphPort {
  readonly name: string;
  readonly node: number;
  readonly span: Span;
}

export interface Graph<O extends Operator = Operator> {
  /** The model's name. */
  readonly name: string;
  readonly nodes: readonly Node<O>[];
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
}
