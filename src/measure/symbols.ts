/** What the rules of a convention may name of an operation: its elements, weights, positions, window. */
import { product } from "../ir/shape.ts";
import { inputShapes } from "../ops/counts.ts";
import { type LrnAttrs, lrn } from "../ops/lrn.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { windowSizes } from "../ops/window-sizes.ts";
import type { Symbols } from "./expression.ts";

/** Each symbol with its meaning, for the documentation and for whoever writes a convention. */
export const SYMBOLS: Readonly<Record<string, string>> = {
  N: "batch size",
  X: "elements of the first operand, batch included",
  Y: "elements of the result, batch included",
  n: "number of operands",
  W: "elements of the kernel: Co*Ci/g*K of a convolution, Ci*Co/g*K of a transposed one",
  P: "trainable parameters",
  S: "N times the positions of the result",
  s: "N times the positions of the first operand",
  b: "1 with a bias, else 0",
  a: "1 with a learnt scale, else 0",
  Co: "channels of the result",
  Ci: "channels of the first operand",
  g: "groups",
  K: "product of the window sizes",
  T: "product of the strides",
  C: "channels of a normalisation",
  Q: "N times the positions that a convolution with the window of a transposed one would leave of its operand",
  in: "input features",
  out: "output features",
};

export interface SymbolOptions {
  readonly batch: number;
  /** Whether a folded normalisation gives it a bias. */
  readonly absorbsNorm: boolean;
}

/** Every convention asks for the same ones. */
const known = new WeakMap<OpNode, Map<string, Symbols>>();

/** The symbols that the operation has; the graph has no free sizes. */
export function symbolsOf(node: OpNode, graph: CheckedGraph, options: SymbolOptions): Symbols {
  const key = `${options.batch} ${options.absorbsNorm}`;
  const ofNode = known.get(node) ?? new Map<string, Symbols>();
  const symbols = ofNode.get(key) ?? makeSymbols(node, graph, options);
  known.set(node, ofNode.set(key, symbols));
  return symbols;
}

function makeSymbols(node: OpNode, graph: CheckedGraph, { batch, absorbsNorm }: SymbolOptions): Symbols {
  const [operand = node.shape, ...others] = inputShapes(node, graph.nodes) ?? [];
  const N = BigInt(batch);
  const [Co, Ci] = [BigInt(node.shape.channels), BigInt(operand.channels)];
  const [S, s] = [N * product(node.shape.sizes), N * product(operand.sizes)];
  const kernel = node.weights.find(({ role }) => role === "kernel");
  const trainable = node.weights.filter((weight) => weight.trainable);
  const hasBias = absorbsNorm || node.weights.some(({ role }) => role === "bias");
  const window = windowSizes(node, operand);
  const symbols: Record<string, bigint> = {
    N,
    X: s * Ci,
    Y: S * Co,
    n: BigInt(node.inputs.length === 0 ? 0 : others.length + 1),
    P: trainable.reduce((sum, { shape }) => sum + product(shape), 0n),
    S,
    s,
    b: hasBias ? 1n : 0n,
    a: node.weights.some(({ role }) => role === "scale") ? 1n : 0n,
    Co,
    Ci,
    C: Co,
    in: Ci,
    out: Co,
  };
  if (kernel !== undefined) symbols["W"] = product(kernel.shape);
  if (isLrn(node)) symbols["K"] = BigInt(node.attrs.size);
  if (window === undefined) return symbols;
  const { size, stride, groups, shrunk } = window;
  symbols["K"] = product(size);
  symbols["T"] = product(stride);
  symbols["g"] = BigInt(groups);
  symbols["Q"] = N * product(shrunk);
  return symbols;
}

function isLrn(node: OpNode): node is OpNode & { readonly attrs: LrnAttrs } {
  return node.op === lrn;
}
