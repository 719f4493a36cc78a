/** Batch normalizations and scales directly after a convolution or matmul move into its kernel and a bias. */
import { invariant } from "../base/invariant.ts";
import type { LoweredGraph, LoweredNode, PrimitiveOf, Ref } from "../ir/lowered.ts";
import { type AffineNode, affineOf, composed } from "./affine.ts";
import { type Chain, chainsOf, endOf } from "./chains.ts";
import { type DeriveConstant, derivedConstants } from "./derived-constants.ts";
import type { Pass } from "./pass.ts";
import type { Rewriter, Uses } from "./rewrite.ts";
import { rewrite, usesOf } from "./rewrite.ts";

type Constant = PrimitiveOf<"constant">;
type Linear = PrimitiveOf<"convolution" | "depthwise-convolution" | "transposed-convolution" | "matmul">;

/** A linear node, perhaps its bias, and what scales and shifts it, with nothing else in between. */
interface Fold {
  readonly linear: LoweredNode<Linear>;
  readonly bias: LoweredNode | undefined;
  /** In a row; the last one stays, as a bias. */
  readonly scales: readonly LoweredNode[];
  readonly last: LoweredNode;
  readonly kernel: Constant;
  readonly oldBias: Constant | undefined;
  readonly affine: AffineNode;
}

export const foldBatchNorm: Pass = {
  name: "fold-batch-norm",
  kind: "optimization",
  why: "A batch normalization costs a pass over its whole input; scaling the kernel before it costs nothing.",
  run(graph) {
    const folds = findFolds(graph);
    const derive = derivedConstants();
    return rewrite(graph, (node, rewriter) => {
      const fold = folds.get(node.name);
      if (fold === undefined) return undefined;
      if (node.name === fold.linear.name) return addLinear(node, fold, derive, rewriter);
      return node.name === fold.last.name ? addBias(node, fold, derive, rewriter) : node.inputs[0];
    });
  },
};

/** Each fold under the names of all the nodes that it rewrites. */
function findFolds(graph: LoweredGraph): ReadonlyMap<string, Fold> {
  const uses = usesOf(graph);
  const folds = new Map<string, Fold>();
  for (const scales of findRows(graph, uses)) {
    const fold = findFold(scales, uses);
    if (fold === undefined) continue;
    for (const node of [fold.linear, fold.bias, ...fold.scales])
      if (node !== undefined) folds.set(node.name, fold);
  }
  return folds;
}

/** Nodes that scale and shift, in rows. */
function findRows(graph: LoweredGraph, uses: Uses): readonly Chain[] {
  const isAffine = (node: LoweredNode): boolean => affineOf(node, uses) !== undefined;
  // Those before the last one go away: nothing may have to wait for them.
  const rows = chainsOf(
    graph,
    uses,
    (row, next) => isAffine(row[0]) && isAffine(next) && endOf(row).control.length === 0,
  );
  return rows.filter(([first]) => isAffine(first));
}

function findFold(scales: Chain, uses: Uses): Fold | undefined {
  const source = uses.soleSource(scales[0].inputs[0]);
  const bias = source?.primitive.kind === "bias" ? source : undefined;
  const linear = bias === undefined ? source : uses.soleSource(bias.inputs[0]);
  if (linear === undefined || !isLinear(linear)) return undefined;
  const kernel = uses.constantAt(linear.inputs[1]);
  const oldBias = uses.constantAt(bias?.inputs[1]);
  if (kernel === undefined) return undefined;
  // The node of the old bias goes away, too.
  if (bias !== undefined && (oldBias === undefined || bias.control.length > 0)) return undefined;
  const affine = composed(scales.flatMap((node) => affineOf(node, uses) ?? []));
  return { linear, bias, scales, last: endOf(scales), kernel, oldBias, affine };
}

function isLinear(node: LoweredNode): node is LoweredNode<Linear> {
  const { kind } = node.primitive;
  return (
    kind === "convolution" ||
    kind === "depthwise-convolution" ||
    kind === "transposed-convolution" ||
    kind === "matmul"
  );
}

function addLinear(
  node: LoweredNode,
  { linear, last, kernel, affine }: Fold,
  derive: DeriveConstant,
  rewriter: Rewriter,
): Ref {
  const [x] = node.inputs;
  invariant(x !== undefined, `${node.name} has no operand`);
  const outputOf = outputsOf(linear.primitive, kernel.shape);
  const scaled = derive(`${linear.primitive.kind} scaled`, [kernel, ...affine.from], kernel.shape, () => {
    const { scale } = affine.values();
    return kernel.values().map((value, index) => value * (scale[outputOf(index)] ?? 1));
  });
  const folded = rewriter.addHelper(`${last.name}/kernel`, scaled, []);
  return rewriter.add(node.name, node.primitive, [x, folded], node.control);
}

/** Which channel of the result an element of the kernel, by its index, belongs to. */
function outputsOf(primitive: Linear, shape: readonly number[]): (index: number) => number {
  const [rows = 1, columns = 1] = shape.slice(-2);
  switch (primitive.kind) {
    case "convolution":
    case "matmul":
      return (index) => index % columns;
    case "depthwise-convolution":
      return (index) => index % (rows * columns);
    case "transposed-convolution": {
      const { groups } = primitive;
      return (index) => {
        const [input, output] = [index % columns, Math.floor(index / columns) % rows];
        return Math.floor((input * groups) / columns) * rows + output;
      };
    }
  }
}

/** The bias takes the name of the last scale, so that consumers and outputs find it. */
function addBias(
  node: LoweredNode,
  { oldBias, affine }: Fold,
  derive: DeriveConstant,
  rewriter: Rewriter,
): Ref {
  const [x] = node.inputs;
  invariant(x !== undefined, `${node.name} lacks an operand`);
  const shape = [rewriter.typeOf(x).shape.at(-1) ?? 1];
  const shifted = derive("shift", [...affine.from, ...(oldBias ? [oldBias] : [])], shape, () => {
    const { scale, shift } = affine.values();
    const old = oldBias?.values();
    return Float32Array.from(
      shift,
      (value, channel) => value + (scale[channel] ?? 1) * (old?.[channel] ?? 0),
    );
  });
  const bias = rewriter.addHelper(`${node.name}/bias`, shifted, []);
  return rewriter.add(node.name, { kind: "bias" }, [x, bias], node.control);
}
