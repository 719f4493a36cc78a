/** The layers that people count: a convolution, pool or linear stage with the norms and activations around it. */
import type { Shape } from "../ir/shape.ts";
import { isSameSize } from "../ir/size.ts";
import { inputShapes } from "../ops/counts.ts";
import { stageNamed } from "../ops/index.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { windowOf } from "../ops/window.ts";
import { groupsOf } from "../ops/window-sizes.ts";
import type { Costing, Costs } from "./costs.ts";
import { isGate, nodesOf, type Series } from "./series.ts";

export interface Layer {
  /** `conv 3×3 /2`, or `3 branches`. */
  readonly name: string;
  /** `64`: the channels that its weights give; absent without a kernel. */
  readonly channels?: number;
  /** The names of the source that lead to it. */
  readonly path: string;
  /** In execution order. */
  readonly nodes: readonly OpNode[];
  readonly in: Shape;
  readonly out: Shape;
  readonly costs: Costs;
}

/** What a picture asks of the graph that it shows. */
export interface Surroundings {
  readonly graph: CheckedGraph;
  readonly costing: Costing;
}

/** Ends with the channels: `conv 3×3 → 64`. */
export function labelOf({ name, channels }: Layer): string {
  return channels === undefined ? name : `${name} → ${channels}`;
}

interface Part {
  readonly name: string;
  readonly head: OpNode;
  readonly nodes: readonly OpNode[];
}

export function layersOf(series: Series, surroundings: Surroundings): readonly Layer[] {
  return gathered(partsOf(series, surroundings.graph)).map((part) => layerOf(part, surroundings));
}

/** One layer of all nodes of a series, under a name of its own. */
export function layerAs(name: string, nodes: readonly OpNode[], surroundings: Surroundings): Layer {
  const head = nodes.at(-1);
  const path = commonPath(nodes);
  const { costing } = surroundings;
  const out = head?.shape ?? { channels: 0, sizes: [] };
  return { name, path, nodes, in: inputOf(nodes, surroundings), out, costs: costing(nodes) };
}

function partsOf(series: Series, graph: CheckedGraph): readonly Part[] {
  return series.flatMap((item): readonly Part[] => {
    if (item.kind === "step")
      return [{ name: termOf(item.node, graph), head: item.node, nodes: [item.node] }];
    const nodes = nodesOf([item]);
    const head = nodes.at(-1);
    if (head === undefined) return [];
    if (item.kind === "tangle" || item.join === undefined)
      return [{ name: `${nodes.length} operations`, head, nodes }];
    const branches = item.branches.filter((branch) => branch.length > 0).length;
    return [{ name: isGate(item) ? head.op.name : `${head.op.name} of ${branches} branches`, head, nodes }];
  });
}

/** Norms and activations go with the layer that brings them, or else with the one before. */
function gathered(parts: readonly Part[]): readonly Part[] {
  const layers: Part[] = [];
  let waiting: Part[] = [];
  const join = (): void => {
    const last = layers.pop();
    const [first] = waiting;
    if (last !== undefined)
      layers.push({ ...last, nodes: [...last.nodes, ...waiting.flatMap(({ nodes }) => nodes)] });
    else if (first !== undefined) {
      const name = waiting.map((part) => part.name).join(", ");
      layers.push({ ...first, name, nodes: waiting.flatMap(({ nodes }) => nodes) });
    }
    waiting = [];
  };
  for (const part of parts) {
    if (isPointwise(part.head)) {
      waiting.push(part);
      continue;
    }
    const own = waiting.findIndex(({ head }) => head.path.startsWith(`${part.head.path}/`));
    const leading = own < 0 ? [] : waiting.splice(own);
    if (waiting.length > 0) join();
    layers.push({ ...part, nodes: [...leading, part].flatMap(({ nodes }) => nodes) });
  }
  if (waiting.length > 0) join();
  return layers;
}

/** Whether it works on each element by itself and has no layer of its own. */
export function isPointwise({ op }: OpNode): boolean {
  const group = stageNamed(op.name)?.group;
  return group === "norm" || group === "activation" || group === "regularise" || group === "per channel";
}

function layerOf({ name, head, nodes }: Part, surroundings: Surroundings): Layer {
  const hasKernel = head.weights.some(({ role }) => role === "kernel");
  return {
    name,
    ...(hasKernel && !isDepthwise(head, surroundings.graph) ? { channels: head.shape.channels } : {}),
    path: head.path,
    nodes,
    in: inputOf(nodes, surroundings),
    out: nodes.at(-1)?.shape ?? head.shape,
    costs: surroundings.costing(nodes),
  };
}

function inputOf([first]: readonly OpNode[], { graph }: Surroundings): Shape {
  const [input] = first === undefined ? [] : (inputShapes(first, graph.nodes) ?? []);
  return input ?? first?.shape ?? { channels: 0, sizes: [] };
}

/** `conv 3×3 /2`, `maxpool 2×2`, `linear`. */
export function termOf(node: OpNode, graph: CheckedGraph): string {
  const isDeep = isDepthwise(node, graph);
  const groups = groupsOf(node);
  return [
    isDeep ? "depthwise" : node.op.name,
    ...windowTerms(node, graph),
    ...(groups === 1 || isDeep ? [] : [`g=${groups}`]),
  ].join(" ");
}

function windowTerms(node: OpNode, graph: CheckedGraph): readonly string[] {
  const window = windowOf(node, graph.nodes[node.inputs[0] ?? -1]?.shape);
  if (window === undefined) {
    // A transposed convolution says what its name says already: the sizes grow by the stride.
    const { attrs } = node;
    const size = typeof attrs === "object" && attrs !== null && "size" in attrs ? attrs.size : undefined;
    const rank = node.shape.sizes.length;
    return Array.isArray(size) && rank > 0
      ? [Array.from({ length: rank }, (_, axis) => size[axis % size.length]).join("×")]
      : [];
  }
  const first = (numbers: readonly number[]): string =>
    numbers.every((number) => number === numbers[0]) ? `${numbers[0]}` : numbers.join("×");
  const isOne = (numbers: readonly number[]): boolean => numbers.every((number) => number === 1);
  return [
    window.size.join("×"),
    ...(isOne(window.stride) ? [] : [`/${first(window.stride)}`]),
    ...(isOne(window.dilation) ? [] : [`dilated ${first(window.dilation)}`]),
  ];
}

/** Whether each channel is read on its own, and gives one. */
function isDepthwise(node: OpNode, graph: CheckedGraph): boolean {
  const channels = graph.nodes[node.inputs[0] ?? -1]?.shape.channels;
  return groupsOf(node) > 1 && groupsOf(node) === channels && channels === node.shape.channels;
}

/** Whether the sizes of a map come out others; a vector has none. */
export function changesSize({ in: before, out }: Layer): boolean {
  return out.sizes.length > 0 && !isSameShape({ ...before, channels: 0 }, { ...out, channels: 0 });
}

export function isSameShape(first: Shape, second: Shape): boolean {
  return (
    first.channels === second.channels &&
    first.sizes.length === second.sizes.length &&
    first.sizes.every((size, axis) => isSameSize(size, second.sizes[axis]))
  );
}

/** The names that the paths of all nodes begin with. */
export function commonPath(nodes: readonly OpNode[]): string {
  const [first, ...rest] = nodes.map(({ path }) => path.split("/"));
  if (first === undefined) return "";
  let length = first.length;
  for (const names of rest) {
    while (length > 0 && first.slice(0, length).some((name, at) => names[at] !== name)) length -= 1;
  }
  return first.slice(0, length).join("/");
}
