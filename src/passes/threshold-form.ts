/**
 * A batch normalization and its ReLU before an unpadded linear operation become one comparison with a constant:
 * `relu(a x + b) = a max(x, -b/a) + b` where `a > 0`, and what is left of it goes into the weights behind.
 */
import { invariant } from "../base/invariant.ts";
import type { LoweredGraph, LoweredNode, PrimitiveOf, Ref } from "../ir/lowered.ts";
import { isPadded } from "../ir/lowered.ts";
import { type Affine, type AffineNode, affineOfNorm } from "./affine.ts";
import { type DeriveConstant, derivedConstants } from "./derived-constants.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite, type Uses, usesOf } from "./rewrite.ts";

export const thresholdForm: Pass = {
  name: "threshold-form",
  kind: "optimization",
  why: "One pass over the widest values instead of three: scale and shift cost nothing in the weights behind.",
  run(graph) {
    const { norms, relus, sinks } = findThresholds(graph);
    const derive = derivedConstants();
    return rewrite(graph, (node, rewriter) => {
      if (norms.has(node.name)) return node.inputs[0];
      const threshold = relus.get(node.name);
      if (threshold !== undefined) return addMaximum(node, threshold, derive, rewriter);
      const sink = sinks.get(node.name);
      return sink && addLinear(node, sink, derive, rewriter);
    });
  },
};

/** Per channel: `relu(a x + b) = max(x, limit) * scale + shift`. */
interface Threshold extends Affine {
  readonly limit: Float32Array;
  /** The constants of which it is made. */
  readonly from: readonly object[];
}

/** A linear node that takes over scale and shift of what stands before it. */
interface Sink {
  readonly threshold: Threshold;
  readonly kernel: PrimitiveOf<"constant">;
  readonly linear: Linear;
}

type Linear = PrimitiveOf<"convolution" | "matmul">;

interface Found {
  readonly norms: Set<string>;
  readonly relus: Map<string, Threshold>;
  readonly sinks: Map<string, Sink>;
}

function findThresholds(graph: LoweredGraph): Found {
  const uses = usesOf(graph);
  const found: Found = { norms: new Set(), relus: new Map(), sinks: new Map() };
  for (const relu of graph.nodes) {
    if (relu.primitive.kind !== "pointwise" || relu.primitive.function !== "relu") continue;
    const norm = uses.soleSource(relu.inputs[0]);
    const affine = norm && norm.control.length === 0 ? affineOfNorm(norm, uses) : undefined;
    const sinks = norm && affine && sinksBehind(relu, uses);
    const threshold = sinks && thresholdOf(affine);
    if (threshold === undefined || sinks === undefined || norm === undefined) continue;
    found.norms.add(norm.name);
    found.relus.set(relu.name, threshold);
    for (const { node, ...sink } of sinks) found.sinks.set(node.name, { ...sink, threshold });
  }
  return found;
}

type SinkNode = Omit<Sink, "threshold"> & { readonly node: LoweredNode };

/** `undefined` when a reader, near or behind others, cannot take over a scale and a shift. */
function sinksBehind(node: LoweredNode, uses: Uses): readonly SinkNode[] | undefined {
  const readers = uses.readers(node.name);
  if (readers === undefined) return undefined;
  const all = readers.map((reader): readonly SinkNode[] | undefined => {
    if (commutes(reader)) return sinksBehind(reader, uses);
    const { primitive } = reader;
    const kernel = uses.constantAt(reader.inputs[1]);
    const isLinear =
      primitive.kind === "matmul" || (primitive.kind === "convolution" && !isPadded(primitive.window));
    return isLinear && kernel ? [{ node: reader, linear: primitive, kernel }] : undefined;
  });
  return all.every((sinks) => sinks !== undefined) ? all.flat() : undefined;
}

/** Whether it gives the same before and after each channel is scaled, by no negative number, and shifted. */
function commutes({ primitive, outputs }: LoweredNode): boolean {
  switch (primitive.kind) {
    case "max-pool":
    case "resize":
      return true;
    case "average-pool":
      return !primitive.countsPadding || !isPadded(primitive.window);
    case "reduce": {
      const rank = (outputs[0]?.shape.length ?? 0) + (primitive.keepsAxes ? 0 : primitive.axes.length);
      return !primitive.axes.includes(rank - 1);
    }
    default:
      return false;
  }
}

/** `undefined` where a scale is negative, or so small that the limit is no number. */
function thresholdOf({ from, values }: AffineNode): Threshold | undefined {
  const { scale, shift } = values();
  const limit = Float32Array.from(scale, (a, channel) => (a === 0 ? 0 : -(shift[channel] ?? 0) / a));
  if (!scale.every((a) => a >= 0) || !limit.every(Number.isFinite)) return undefined;
  // From the limit as it was rounded: below it the result is exactly zero.
  const rest = scale.map((a, channel) =>
    a === 0 ? Math.max(shift[channel] ?? 0, 0) : -a * (limit[channel] ?? 0),
  );
  return { limit, scale, shift: rest, from };
}

function addMaximum(
  relu: LoweredNode,
  { limit, from }: Threshold,
  derive: DeriveConstant,
  rewriter: Rewriter,
): Ref {
  const [x] = relu.inputs;
  invariant(x !== undefined, `${relu.name} lacks an operand`);
  const constant = derive("limit", from, [limit.length], () => limit);
  const helper = rewriter.addHelper(`${relu.name}/limit`, constant, []);
  return rewriter.add(relu.name, { kind: "maximum" }, [x, helper], relu.control);
}

/** The bias takes the name of the linear node, so that readers and outputs find it. */
function addLinear(
  node: LoweredNode,
  { threshold, kernel, linear }: Sink,
  derive: DeriveConstant,
  rewriter: Rewriter,
): Ref {
  const [x] = node.inputs;
  invariant(x !== undefined, `${node.name} lacks an operand`);
  const { scale, shift } = threshold;
  const from = [kernel, ...threshold.from];
  const inputOf = inputsOf(linear, kernel.shape);
  const outputs = kernel.shape.at(-1) ?? 1;
  const scaled = derive("scaled", from, kernel.shape, () =>
    kernel.values().map((value, index) => value * (scale[inputOf(index)] ?? 1)),
  );
  const shifted = derive("shift", from, [outputs], () => {
    const sums = new Float64Array(outputs);
    for (const [index, value] of kernel.values().entries())
      sums[index % outputs] = (sums[index % outputs] ?? 0) + value * (shift[inputOf(index)] ?? 0);
    return Float32Array.from(sums);
  });
  const weight = rewriter.addHelper(`${node.name}/scaled`, scaled, []);
  const product = rewriter.addHelper(`${node.name}/linear`, linear, [x, weight]);
  const bias = rewriter.addHelper(`${node.name}/shift`, shifted, []);
  return rewriter.add(node.name, { kind: "bias" }, [product, bias], node.control);
}

/** Which channel of the operand an element of the kernel, by its index, belongs to. */
function inputsOf(linear: Linear, shape: readonly number[]): (index: number) => number {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const groups = linear.kind === "convolution" ? linear.groups : 1;
  return (index) => {
    const [row, column] = [Math.floor(index / columns) % rows, index % columns];
    return Math.floor((column * groups) / columns) * rows + row;
  };
}
