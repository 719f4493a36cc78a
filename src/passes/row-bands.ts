/**
 * Another form of the graph, in which values are cut into bands of rows that are computed at the same time. A window
 * reads, beside its own band, the rows of the neighbors that it reaches into, and pads at the edges of the whole only.
 */
import { invariant } from "../base/invariant.ts";
import type { LoweredGraph, LoweredNode, Port, Primitive } from "../ir/lowered.ts";
import { nodesFor } from "../ir/lowered.ts";
import { type BandRule, bandRuleOf, type Rows } from "./band-rule.ts";
import { type Band, type BandedValue, type BandedValues, bandedValues } from "./banded-values.ts";
import { isWorthParts, PARTS } from "./parts.ts";
import type { Pass } from "./pass.ts";
import { addForm, type BuiltForm, type Rewriter } from "./rewrite.ts";
import { sliceRows } from "./slice-rows.ts";

export const rowBands: Pass = {
  name: "row-bands",
  kind: "optimization",
  why: "Cores with bands of their own wait where bands meet; cores that share each operation wait at the end of each.",
  run(graph) {
    const axis = axisOf(graph);
    if (axis === undefined || !isWorthParts(graph)) return graph;
    return addForm(graph, "bands", (rewriter) =>
      addBands(graph, { axis, rewriter, values: bandedValues(axis, rewriter) }),
    );
  },
};

/** With fewer rows than that in a band, the joints cost more than the bands save. */
const FEWEST_ROWS = 2;

interface Context {
  /** Which axis of the tensors the rows are positions of. */
  readonly axis: number;
  readonly rewriter: Rewriter;
  readonly values: BandedValues;
}

/** The first axis of the first window that is not short beside the others: its rows stand together in memory. */
function axisOf({ nodes }: LoweredGraph): number | undefined {
  const window = nodes.find(({ primitive }) => "window" in primitive);
  const sizes = window?.outputs[0]?.shape.slice(1, -1).map((size) => size ?? 1) ?? [];
  const longest = Math.max(...sizes);
  return longest < FEWEST_ROWS * PARTS ? undefined : 1 + sizes.findIndex((size) => 2 * size >= longest);
}

/** `undefined` when nothing is cut. */
function addBands(graph: LoweredGraph, context: Context): BuiltForm | undefined {
  const { values } = context;
  let hasBands = false;
  for (const { ref } of graph.inputs) values.set(ref.node, { whole: ref });
  for (const node of nodesFor(graph, graph.outputs)) {
    // What depends on no input is the same in every form.
    if (!node.inputs.some(values.has)) continue;
    const value = inBands(node, context) ?? reduced(node, context) ?? inOnePiece(node, context);
    hasBands ||= "bands" in value;
    values.set(node.name, value);
  }
  const outputs = graph.outputs.map(({ name, ref }): Port => ({ name, ref: values.whole(ref) }));
  return hasBands ? { parts: PARTS, outputs } : undefined;
}

function inOnePiece(node: LoweredNode, { rewriter, values }: Context): BandedValue {
  const name = rewriter.unusedName(`${node.name}/whole`);
  const waits = node.control.flatMap(values.nodesOf);
  return { whole: rewriter.add(name, node.primitive, node.inputs.map(values.whole), waits) };
}

/** `undefined` where it takes its operands in one piece. */
function inBands(node: LoweredNode, context: Context): BandedValue | undefined {
  const { axis, rewriter, values } = context;
  const rule = ruleOf(node, context);
  const isCut = rule && operandsCut(node, rule, context);
  if (rule === undefined || isCut === undefined) return undefined;
  const earlier = node.inputs.map((ref, index) => (isCut[index] ? values.bands(ref) : undefined));
  const bands = earlier.find((found) => found !== undefined);
  // A window cuts what is in one piece; for anything else that is not worth it.
  if (bands === undefined && !("window" in node.primitive)) return undefined;
  const parts = rowsOfBands(node.outputs[0]?.shape[axis] ?? 1, bands, rule).flatMap((made) => {
    const part = rule.band(made);
    return part === undefined ? [] : [{ ...part, made }];
  });
  if (parts.length < PARTS) return undefined;
  const added = parts.map(({ rows, primitive, kept, made }, index): Band => {
    const operands = node.inputs.map((ref, at) => (isCut[at] ? values.rows(ref, rows) : values.whole(ref)));
    const name = `${node.name}/band${index + 1}`;
    if (kept === undefined) return { ref: rewriter.addHelper(name, primitive, operands), rows: made };
    const more = rewriter.addHelper(`${name}/more`, primitive, operands);
    return { ref: sliceRows({ name, ref: more, rows: kept, axis }, rewriter), rows: made };
  });
  return { bands: added };
}

function ruleOf(node: LoweredNode, { axis, rewriter }: Context): BandRule | undefined {
  const [x] = node.inputs;
  invariant(x !== undefined, `${node.name} lacks an operand`);
  const [shape, result] = [rewriter.typeOf(x).shape, node.outputs[0]?.shape ?? []];
  // The last axis holds channels, whatever the rank.
  const isSpatial = axis < Math.min(shape.length, result.length) - 1;
  if (!isSpatial || (result[axis] ?? 1) < FEWEST_ROWS * PARTS || node.control.length > 0) return undefined;
  return bandRuleOf(
    node,
    shape.map((size) => size ?? 1),
    axis,
  );
}

/** Which operands are cut: those that do not spread over the rows. `undefined` where one has rows on its first axis. */
function operandsCut(
  { inputs, outputs }: LoweredNode,
  { isElementwise = false }: BandRule,
  { axis, rewriter }: Context,
): readonly boolean[] | undefined {
  const result = outputs[0]?.shape ?? [];
  const places = inputs.map((ref, index) => {
    const { shape } = rewriter.typeOf(ref);
    // Shapes are aligned at their ends.
    const at = axis + shape.length - result.length;
    return index === 0 ? axis : isElementwise && (shape[at] ?? 1) > 1 ? at : undefined;
  });
  return places.includes(0) ? undefined : places.map((place) => place !== undefined);
}

/** Cut where the operand is, or into equal bands; none of them is empty. */
function rowsOfBands(length: number, bands: readonly Band[] | undefined, { cut }: BandRule): readonly Rows[] {
  const starts = [0];
  for (let index = 1; index < PARTS; index += 1) {
    const at = bands === undefined ? (index * length) / PARTS : cut(bands[index]?.rows.begin ?? 0);
    const earliest = (starts.at(-1) ?? 0) + 1;
    starts.push(Math.max(earliest, Math.min(Math.ceil(at), length - PARTS + index)));
  }
  return starts.map((begin, index) => ({ begin, end: starts[index + 1] ?? length }));
}

/** Over the rows and perhaps more: of each band by itself, then of these. `undefined` where nothing is to be gained. */
function reduced(node: LoweredNode, { axis, rewriter, values }: Context): BandedValue | undefined {
  const { primitive, inputs } = node;
  const [x] = inputs;
  const bands = x && values.bands(x);
  if (primitive.kind !== "reduce" || !primitive.axes.includes(axis) || bands === undefined) return undefined;
  if (node.control.length > 0) return undefined;
  const length = bands.at(-1)?.rows.end ?? 1;
  const shares = bands.map(({ ref, rows }, index) => {
    const share = rewriter.addHelper(`${node.name}/band${index + 1}`, primitive, [ref]);
    if (primitive.function === "max") return share;
    const weight = (rows.end - rows.begin) / length;
    const constant: Primitive = { kind: "constant", shape: [], values: () => Float32Array.of(weight) };
    const helper = rewriter.addHelper(`${node.name}/weight${index + 1}`, constant, []);
    return rewriter.addHelper(`${node.name}/weighted${index + 1}`, { kind: "multiply" }, [share, helper]);
  });
  const kind = primitive.function === "max" ? "maximum" : "add";
  const whole = shares.reduce((left, right) =>
    rewriter.addHelper(`${node.name}/whole`, { kind }, [left, right]),
  );
  return { whole };
}
