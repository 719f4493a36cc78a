/** Averages move before 1x1 convolutions: a mean of sums is the sum of the means, and there are fewer of them. */
import { invariant } from "../base/invariant.ts";
import type { LoweredGraph, LoweredNode, Primitive, PrimitiveOf, Ref } from "../ir/lowered.ts";
import { elementsIn, isPadded } from "../ir/lowered.ts";
import { chainsOf, endOf } from "./chains.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite, type Uses, usesOf } from "./rewrite.ts";

export const poolFirst: Pass = {
  name: "pool-first",
  kind: "optimization",
  why: "A 1x1 convolution after an average costs as much less as the average leaves fewer positions.",
  run(graph) {
    const reordered = new Map<string, readonly Step[]>();
    const dropped = new Set<string>();
    for (const { steps, shape } of findRows(graph)) {
      const order = cheapestOrder(steps, shape);
      const end = steps.at(-1);
      if (end === undefined || order.every((step, index) => step === steps[index])) continue;
      reordered.set(end.node.name, order);
      for (const { node } of steps.slice(0, -1)) dropped.add(node.name);
    }
    return rewrite(graph, (node, rewriter) => {
      if (dropped.has(node.name)) return node.inputs[0];
      const order = reordered.get(node.name);
      return order && addInOrder(node, order, rewriter);
    });
  },
};

type Shape = readonly (number | null)[];

/** A node of a chain. */
type Step =
  /** Each position of the result depends, linearly but for a constant, on that position of the operand alone. */
  | { readonly kind: "pointwise"; readonly node: LoweredNode; readonly kernel?: PrimitiveOf<"constant"> }
  /** Each position of a channel is a weighted mean of positions of that channel. */
  | {
      readonly kind: "average";
      readonly node: LoweredNode;
      /** How many positions it is a mean of. */
      readonly terms: number;
      /** Whether what it makes of a constant is that constant. */
      readonly keepsConstants: boolean;
    };

/** Steps in a row; the first reads a value of this shape. */
interface StepRow {
  readonly steps: readonly Step[];
  readonly shape: Shape;
}

function findRows(graph: LoweredGraph): readonly StepRow[] {
  const uses = usesOf(graph);
  const shapeInto = ({ inputs: [x] }: LoweredNode): Shape | undefined =>
    x && uses.nodeAt(x.node)?.outputs[x.output]?.shape;
  const steps = new Map<string, Step>();
  for (const node of graph.nodes) {
    const shape = shapeInto(node);
    const step = shape && stepOf(node, shape, uses);
    // What waits for another node would come earlier or later than it should.
    if (step !== undefined && node.control.length === 0) steps.set(node.name, step);
  }
  const chains = chainsOf(graph, uses, (chain, next) => steps.has(endOf(chain).name) && steps.has(next.name));
  return chains.flatMap((chain) => {
    const shape = shapeInto(chain[0]);
    const row = chain.flatMap(({ name }) => steps.get(name) ?? []);
    return shape === undefined || row.length === 0 ? [] : [{ steps: row, shape }];
  });
}

function stepOf(node: LoweredNode, shape: Shape, uses: Uses): Step | undefined {
  const { primitive } = node;
  switch (primitive.kind) {
    case "bias":
    case "batch-normalization":
      return { kind: "pointwise", node };
    case "convolution": {
      const { window, groups } = primitive;
      const isPointwise = [...window.size, ...window.stride, groups].every((value) => value === 1);
      const kernel = uses.constantAt(node.inputs[1]);
      return isPointwise && !isPadded(window) && kernel ? { kind: "pointwise", node, kernel } : undefined;
    }
    case "average-pool": {
      const { window, countsPadding } = primitive;
      const keepsConstants = !countsPadding || !isPadded(window);
      return { kind: "average", node, terms: elementsIn(window.size), keepsConstants };
    }
    case "resize":
      return { kind: "average", node, terms: 2 ** primitive.sizes.length, keepsConstants: true };
    case "reduce": {
      const { function: reduction, axes } = primitive;
      const isOverAll = axes.length === shape.length - 2 && !axes.includes(shape.length - 1);
      if (reduction !== "mean" || !isOverAll) return undefined;
      return { kind: "average", node, terms: elementsIn(shape.slice(1, -1)), keepsConstants: true };
    }
    default:
      return undefined;
  }
}

/** Each average in turn moves to where the whole costs least. */
function cheapestOrder(steps: readonly Step[], shape: Shape): readonly Step[] {
  let best = steps;
  for (const step of steps) {
    if (step.kind !== "average") continue;
    const start = best;
    const from = start.indexOf(step);
    for (let to = from - 1; to >= 0; to -= 1) {
      const passed = start[to];
      if (passed?.kind !== "pointwise" || !(step.keepsConstants || passed.kernel !== undefined)) break;
      const moved = start.toSpliced(from, 1).toSpliced(to, 0, step);
      if (costOf(moved, shape) < costOf(best, shape)) best = moved;
    }
  }
  return best;
}

/** Multiply-adds for one sample, and the additions of averages. */
function costOf(steps: readonly Step[], shape: Shape): number {
  let [positions, channels, cost] = [elementsIn(shape.slice(1, -1)), shape.at(-1) ?? 1, 0];
  for (const step of steps) {
    if (step.kind === "average") {
      positions = elementsIn(positionsAfter(step.node));
      cost += positions * channels * step.terms;
    } else if (step.kernel !== undefined) {
      const outputs = step.kernel.shape.at(-1) ?? 1;
      cost += positions * channels * outputs;
      channels = outputs;
    }
  }
  return cost;
}

/** The sizes that an average leaves; they do not depend on what stands before it in the chain. */
function positionsAfter({ primitive, outputs }: LoweredNode): Shape {
  return primitive.kind === "reduce" ? [] : (outputs[0]?.shape.slice(1, -1) ?? []);
}

/** The last one takes the name of the node that was last, so that readers and outputs find it. */
function addInOrder(end: LoweredNode, order: readonly Step[], rewriter: Rewriter): Ref {
  const [x] = end.inputs;
  invariant(x !== undefined, `${end.name} lacks an operand`);
  return order.reduce((value, step, index) => {
    const { node } = step;
    const [, ...perChannel] = node.inputs;
    const isLast = index === order.length - 1;
    const name = isLast
      ? end.name
      : node.name === end.name
        ? rewriter.unusedName(`${end.name}/first`)
        : node.name;
    const isVector = rewriter.typeOf(value).shape.length === 2;
    if (step.kind === "average" || step.kernel === undefined || !isVector)
      return rewriter.add(name, node.primitive, [value, ...perChannel]);
    const matrix: Primitive = { ...step.kernel, shape: step.kernel.shape.slice(-2) };
    return rewriter.add(name, { kind: "matmul" }, [
      value,
      rewriter.addHelper(`${node.name}/matrix`, matrix, []),
    ]);
  }, x);
}
