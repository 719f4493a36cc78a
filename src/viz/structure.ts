/**
 * What a network is made of, as people speak of it: dense blocks, stages of residual units, modules of branches, and
 * the layers between them. Found in the edges of the graph; names only tell which of them to show.
 */
import type { Shape } from "../ir/shape.ts";
import { add } from "../ops/add.ts";
import { concat } from "../ops/concat.ts";
import { stageNamed } from "../ops/index.ts";
import { input } from "../ops/input.ts";
import type { OpNode } from "../ops/op.ts";
import { parentOf } from "../report/paths.ts";
import {
  changesSize,
  isPointwise,
  isSameShape,
  type Layer,
  layerAs,
  layersOf,
  type Surroundings,
} from "./layers.ts";
import { type Fork, type Item, isGate, nodesOf, type Series } from "./series.ts";

export type Segment = Chain | DenseBlock | ResidualStage | Branches | Lanes | Port;

interface Common {
  /** In execution order. */
  readonly nodes: readonly OpNode[];
  readonly in: Shape;
  readonly out: Shape;
}

/** Layers one after the other. */
export interface Chain extends Common {
  readonly kind: "chain";
  readonly layers: readonly Layer[];
}

/** Each layer reads the block's input and what all earlier layers gave. */
export interface DenseBlock extends Common {
  readonly kind: "dense";
  readonly layers: readonly DenseLayer[];
}

export interface DenseLayer extends Layer {
  /** The channels that it adds. */
  readonly growth: number;
  readonly inner: readonly Layer[];
}

/** Units whose result is added to what they read; all give one shape. */
export interface ResidualStage extends Common {
  readonly kind: "residual";
  readonly layers: readonly ResidualUnit[];
}

export interface ResidualUnit extends Layer {
  readonly shortcut: "identity" | "projection";
  readonly inner: readonly Layer[];
}

/** Chains beside each other that read one value and are joined. */
export interface Branches extends Common {
  readonly kind: "branches";
  /** Of the same block: before the value parts, and behind the join. */
  readonly lead: readonly Layer[];
  readonly tail: readonly Layer[];
  readonly branches: readonly (readonly Layer[])[];
  readonly join: OpNode;
}

/** Whole networks beside each other: several inputs, or several outputs, or branches with blocks in them. */
export interface Lanes extends Common {
  readonly kind: "lanes";
  readonly lanes: readonly (readonly Segment[])[];
  readonly join: OpNode | undefined;
}

/** Where a value enters or leaves the model. */
export interface Port extends Common {
  readonly kind: "port";
  readonly role: "input" | "output";
  readonly name: string;
}

/** The segments of a series, in its order. */
export function segmentsOf(items: Series, surroundings: Surroundings): readonly Segment[] {
  const segments: Segment[] = [];
  let chain: Item[] = [];
  const flush = (): void => {
    segments.push(...chainsOf(chain, surroundings));
    chain = [];
  };
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    if (item === undefined) break;
    if (item.kind === "step" && item.node.op === input) {
      segments.push(...portsOf(item.node, "input", surroundings));
      continue;
    }
    const shape = item.kind === "fork" ? shapeOfFork(item, surroundings) : undefined;
    if (item.kind !== "fork" || shape === undefined) {
      chain.push(item);
      if (item.kind === "step" && portsOf(item.node, "output", surroundings).length > 0) {
        flush();
        segments.push(...portsOf(item.node, "output", surroundings));
      }
      continue;
    }
    const lead = shape === "lanes" ? [] : leadOf(chain, item, shape);
    const tail = shape === "residual" || shape === "branches" ? tailOf(items.slice(at + 1), item, shape) : [];
    chain = chain.slice(0, chain.length - lead.length);
    flush();
    append(segments, segmentOf(shape, item, { lead, tail }, surroundings));
    at += tail.length;
    const last = segments.at(-1);
    // Lanes have outputs of their own.
    const end = last?.kind === "lanes" && last.join === undefined ? undefined : last?.nodes.at(-1);
    if (end !== undefined) segments.push(...portsOf(end, "output", surroundings));
  }
  flush();
  return segments.map((segment) => (isLoneLayer(segment) ? chainOfDense(segment) : segment));
}

function portsOf(node: OpNode, role: Port["role"], { graph }: Surroundings): readonly Port[] {
  const ports = role === "input" ? graph.inputs : graph.outputs;
  const { shape } = node;
  return ports.flatMap(({ name, node: id }): readonly Port[] =>
    id === node.id ? [{ kind: "port", role, name, nodes: [], in: shape, out: shape }] : [],
  );
}

type ForkKind = Exclude<Segment["kind"], "chain" | "port">;

/** What a fork is on its own; `undefined`: a part of a chain, as the gate of squeeze-and-excitation. */
function shapeOfFork(fork: Fork, surroundings: Surroundings): ForkKind | undefined {
  const { branches, join } = fork;
  if (join === undefined || branches.some(hasInput)) return "lanes";
  if (isGate(fork)) return undefined;
  const bodies = branches.filter((branch) => branch.length > 0);
  const isPlain = bodies.every((branch) => isFlat(branch));
  if (join.op === concat && bodies.length === branches.length - 1 && isPlain) return "dense";
  if (join.op === add && shortcutOf(fork, surroundings) !== undefined) return "residual";
  return isPlain ? "branches" : "lanes";
}

function hasInput(branch: Series): boolean {
  return nodesOf(branch).some(({ op }) => op === input);
}

/** Steps and gates only. */
function isFlat(series: Series): boolean {
  return series.every((item) => item.kind === "step" || (item.kind === "fork" && isGate(item)));
}

interface Shortcut {
  readonly kind: ResidualUnit["shortcut"];
  readonly body: Series;
}

/** Of two branches, the empty one; else one without weights or with fewer layers, where it is short. */
function shortcutOf({ branches }: Fork, surroundings: Surroundings): Shortcut | undefined {
  const [first, second, ...more] = branches;
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  if (first.length === 0) return { kind: "identity", body: second };
  if (second.length === 0) return { kind: "identity", body: first };
  const [ones, others] = [layersOf(first, surroundings), layersOf(second, surroundings)];
  const [firstWeighs, secondWeighs] = [isWeighty(ones), isWeighty(others)];
  const isFirst = firstWeighs === secondWeighs ? ones.length < others.length : !firstWeighs;
  const [shortcut, body] = isFirst ? [ones, second] : [others, first];
  const isEven = firstWeighs === secondWeighs && ones.length === others.length;
  return isEven || shortcut.length > LONGEST_PROJECTION ? undefined : { kind: "projection", body };
}

function isWeighty(layers: readonly Layer[]): boolean {
  return layers.some(({ costs }) => costs.macs > 0n);
}

/** A pool and a convolution, or a pool and new channels of zeros. */
const LONGEST_PROJECTION = 2;

/** The steps before a fork that are of the same block. */
function leadOf(chain: readonly Item[], { join }: Fork, kind: ForkKind): readonly Item[] {
  const own = join === undefined ? "" : parentOf(join.path);
  let count = 0;
  while (count < chain.length && isOfBlock(chain[chain.length - 1 - count], own, kind)) count += 1;
  return count === 0 ? [] : chain.slice(-count);
}

/** Those behind it; an activation right behind a sum belongs to it wherever it is written. */
function tailOf(items: Series, { join }: Fork, kind: ForkKind): readonly Item[] {
  const own = join === undefined ? "" : parentOf(join.path);
  const [first] = items;
  const activates = first?.kind === "step" && stageNamed(first.node.op.name)?.group === "activation";
  let count = activates && parentOf(first.node.path) === own ? 1 : 0;
  while (count < items.length && isOfBlock(items[count], own, kind)) count += 1;
  return items.slice(0, count);
}

/** A module of branches is all of its block; of others only what works element by element goes with them. */
function isOfBlock(item: Item | undefined, block: string, kind: ForkKind): boolean {
  // The names of the model and of its value come first; repetitions hold more than one block.
  const isBlock = block.split("/").length > 2;
  if (!isBlock || item?.kind !== "step") return false;
  const { path } = item.node;
  const isInside = path.startsWith(`${block}/`);
  return kind === "branches"
    ? isInside && !/^\d+$/.test(block.slice(block.lastIndexOf("/") + 1))
    : isPointwise(item.node) && parentOf(path) === block;
}

interface Ends {
  readonly lead: readonly Item[];
  readonly tail: readonly Item[];
}

function segmentOf(kind: ForkKind, fork: Fork, { lead, tail }: Ends, surroundings: Surroundings): Segment {
  const nodes = nodesOf([...lead, fork, ...tail]);
  const whole = layerAs("", nodes, surroundings);
  const { in: entry, out } = whole;
  const common = { nodes, in: entry, out };
  const { branches, join } = fork;
  if (kind === "dense") {
    const inner = [
      ...layersOf(lead, surroundings),
      ...branches.flatMap((branch) => layersOf(branch, surroundings)),
    ];
    const growth = branches.reduce((sum, branch) => sum + (nodesOf(branch).at(-1)?.shape.channels ?? 0), 0);
    return { kind, ...common, layers: [{ ...whole, in: entry, growth, inner }] };
  }
  const shortcut = kind === "residual" ? shortcutOf(fork, surroundings) : undefined;
  if (shortcut !== undefined) {
    const inner = layersOf([...lead, ...shortcut.body], surroundings);
    return { kind: "residual", ...common, layers: [{ ...whole, shortcut: shortcut.kind, inner }] };
  }
  if (kind === "branches" && join !== undefined) {
    return {
      kind,
      ...common,
      lead: layersOf(lead, surroundings),
      branches: branches.map((branch) => layersOf(branch, surroundings)),
      tail: layersOf(tail, surroundings),
      join,
    };
  }
  return {
    kind: "lanes",
    ...common,
    lanes: branches.map((branch) => segmentsOf(branch, surroundings)),
    join,
  };
}

/** Layers of a dense block, and residual units of one shape, go on with the segment before. */
function append(segments: Segment[], segment: Segment): void {
  const last = segments.at(-1);
  if (last?.kind === "dense" && segment.kind === "dense") {
    segments.splice(-1, 1, {
      ...last,
      ...joined(last, segment),
      layers: [...last.layers, ...segment.layers],
    });
  } else if (last?.kind === "residual" && segment.kind === "residual" && isSameShape(last.out, segment.out)) {
    segments.splice(-1, 1, {
      ...last,
      ...joined(last, segment),
      layers: [...last.layers, ...segment.layers],
    });
  } else {
    segments.push(segment);
  }
}

function joined(first: Common, second: Common): Common {
  return { nodes: [...first.nodes, ...second.nodes], in: first.in, out: second.out };
}

/** Stands for itself as a module of branches where no second layer follows: a skip of another kind. */
function isLoneLayer(segment: Segment): segment is DenseBlock {
  return segment.kind === "dense" && segment.layers.length === 1;
}

function chainOfDense(segment: DenseBlock): Segment {
  const { layers, nodes, in: entry, out } = segment;
  const join = nodes.at(-1);
  if (join === undefined) return segment;
  const branches = [[], layers.flatMap(({ inner }) => inner)];
  return { kind: "branches", nodes, in: entry, out, lead: [], branches, tail: [], join };
}

/** More layers than this in a row are parted where the sizes change. */
const LONGEST_CHAIN = 5;

function chainsOf(items: Series, surroundings: Surroundings): readonly Chain[] {
  const layers = layersOf(items, surroundings);
  const parts: Layer[][] = [[]];
  for (const layer of layers) {
    const part = parts.at(-1) ?? [];
    const last = part.at(-1);
    // A layer that has weights begins its resolution; a pool ends the one before.
    const begins =
      last !== undefined &&
      ((changesSize(last) && last.costs.macs === 0n) || (changesSize(layer) && layer.costs.macs > 0n));
    const flattens = last !== undefined && layer.out.sizes.length === 0 && last.out.sizes.length > 0;
    if (layers.length > LONGEST_CHAIN && (begins || flattens)) parts.push([layer]);
    else part.push(layer);
  }
  return parts.flatMap((part): readonly Chain[] => {
    const [first, last] = [part[0], part.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      { kind: "chain", layers: part, nodes: part.flatMap(({ nodes }) => nodes), in: first.in, out: last.out },
    ];
  });
}

/** The layers of segments, as the heat strips count them. */
export function layersIn(segments: readonly Segment[]): readonly Layer[] {
  return segments.flatMap((segment): readonly Layer[] => {
    if (segment.kind === "port") return [];
    if (segment.kind === "branches") return [...segment.lead, ...segment.branches.flat(), ...segment.tail];
    if (segment.kind === "lanes") return segment.lanes.flatMap(layersIn);
    return segment.layers;
  });
}
