/**
 * Networks that go down to coarse sizes and up again (U-Net: Ronneberger et al. 2015): segments in order, each of one
 * resolution, and the skips from the way down to the way up.
 */

import type { Shape } from "../ir/shape.ts";
import { boundSize } from "../ir/size.ts";
import { add } from "../ops/add.ts";
import { concat } from "../ops/concat.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { type Layer, layersOf, type Surroundings } from "./layers.ts";
import { type Fork, type Item, isGate, type Series } from "./series.ts";
import { layersIn, type Segment, segmentsOf } from "./structure.ts";

export interface EncoderDecoder {
  readonly segments: readonly Segment[];
  /** Of each segment: 0 is the finest resolution. */
  readonly depths: readonly number[];
  readonly skips: readonly Skip[];
}

export interface Skip {
  /** Positions in `segments`. */
  readonly from: number;
  readonly to: number;
  readonly join: OpNode;
  /** What the skip goes through; mostly nothing. */
  readonly layers: readonly Layer[];
}

/** `undefined` for a network that never goes up again. */
export function encoderDecoderOf(series: Series, surroundings: Surroundings): EncoderDecoder | undefined {
  return rises(surroundings.graph) ? levelsOf(series, surroundings) : undefined;
}

/** Whether a node gives a finer resolution than all that it reads. */
function rises({ nodes }: CheckedGraph): boolean {
  return nodes.some(({ shape, inputs }) => {
    const read = inputs.flatMap((input) => nodes[input]?.shape ?? []);
    return read.length > 0 && read.every((each) => sizeOf(each) < sizeOf(shape));
  });
}

/** Any network, by resolution. */
export function levelsOf(series: Series, surroundings: Surroundings): EncoderDecoder {
  const walk: Walk = { surroundings, segments: [], skips: [] };
  follow(series, walk);
  const segments = withHead(walk.segments);
  const found = { segments, skips: walk.skips, depths: depthsOf(segments) };
  return segments.length > MOST_SEGMENTS ? merged(found) : found;
}

/** More than this beside each other are wider than a screen. */
const MOST_SEGMENTS = 16;
/** Sizes that differ by less are one resolution: a transposed convolution may overshoot, to be cropped. */
const SAME_RESOLUTION = 1.4;

/**
 * How often the sizes have been halved, and not doubled again, on the way to each segment: what windows and crops take
 * from the borders does not count.
 */
function depthsOf(segments: readonly Segment[]): readonly number[] {
  let depth = 0;
  const halvings = segments.map(({ in: before, out }) => {
    if (out.sizes.length > 0) depth += Math.round(Math.log2(widthOf(before) / widthOf(out)));
    return depth;
  });
  const levels = [...new Set(halvings)].toSorted((first, second) => first - second);
  return halvings.map((each) => levels.indexOf(each));
}

/** What follows each other on one level becomes one chain, so that each level has one card on each side. */
function merged({ segments, depths, skips }: EncoderDecoder): EncoderDecoder {
  const chains: Segment[] = [];
  const levels: number[] = [];
  const position = segments.map((segment, at) => {
    const last = chains.at(-1);
    const depth = depths[at] ?? 0;
    if (segment.kind !== "port" && last?.kind === "chain" && levels.at(-1) === depth) {
      const layers = [...last.layers, ...foldedLayers(segment)];
      const nodes = [...last.nodes, ...segment.nodes];
      chains.splice(-1, 1, { kind: "chain", layers, nodes, in: last.in, out: segment.out });
    } else {
      const { nodes, in: before, out } = segment;
      chains.push(
        segment.kind === "port"
          ? segment
          : { kind: "chain", layers: foldedLayers(segment), nodes, in: before, out },
      );
      levels.push(depth);
    }
    return chains.length - 1;
  });
  const moved = skips.map((skip) => ({
    ...skip,
    from: position[skip.from] ?? 0,
    to: position[skip.to] ?? 0,
  }));
  return { segments: chains, depths: levels, skips: moved };
}

/** The layers of blocks under names that tell what they repeat: `dense conv 3×3`. */
function foldedLayers(segment: Segment): readonly Layer[] {
  if (segment.kind !== "dense" && segment.kind !== "residual") return layersIn([segment]);
  return segment.layers.map((layer) => ({
    ...layer,
    name: `${segment.kind} ${layer.inner.map(({ name }) => name).join(", ")}`,
  }));
}

/** The layers behind the last block of the decoder on their own: they give the classes. */
function withHead(segments: readonly Segment[]): readonly Segment[] {
  const at = segments.findLastIndex(({ kind }) => kind !== "port");
  const last = segments[at];
  if (last?.kind !== "chain") return segments;
  const [head, before] = [last.layers.at(-1), last.layers.at(-2)];
  if (head === undefined || before === undefined || head.out.channels === before.out.channels)
    return segments;
  const layers = last.layers.slice(0, -1);
  const body: Segment = { ...last, layers, nodes: layers.flatMap(({ nodes }) => nodes), out: before.out };
  const end: Segment = { kind: "chain", layers: [head], nodes: head.nodes, in: head.in, out: head.out };
  return segments.toSpliced(at, 1, body, end);
}

interface Walk {
  readonly surroundings: Surroundings;
  readonly segments: Segment[];
  readonly skips: Skip[];
}

function follow(series: Series, walk: Walk): void {
  let run: Item[] = [];
  const flush = (): void => {
    for (const segment of segmentsOf(run, walk.surroundings)) place(segment, walk);
    run = [];
  };
  for (const item of series) {
    const skip = item.kind === "fork" ? skipOf(item) : undefined;
    if (skip === undefined) {
      run.push(item);
      continue;
    }
    flush();
    const from = walk.segments.length - 1;
    follow(skip.body, walk);
    const to = walk.segments.length - 1;
    run.push({ kind: "step", node: skip.join });
    walk.skips.push({ from, to, join: skip.join, layers: layersOf(skip.branch, walk.surroundings) });
  }
  flush();
}

/** Chains go on with the chain before them until a layer changes the sizes. */
function place(segment: Segment, { segments }: Walk): void {
  if (segment.kind !== "chain") {
    segments.push(segment);
    return;
  }
  // Between blocks, a chain is a transition: it stays whole.
  if (segments.length > 0 && segments.at(-1)?.kind !== "chain" && segments.at(-1)?.kind !== "port") {
    segments.push(segment);
    return;
  }
  for (const layer of segment.layers) {
    const last = segments.at(-1);
    const { nodes, out } = layer;
    if (last?.kind === "chain" && !changesResolution(layer)) {
      segments.splice(-1, 1, {
        ...last,
        layers: [...last.layers, layer],
        nodes: [...last.nodes, ...nodes],
        out,
      });
    } else {
      segments.push({ kind: "chain", layers: [layer], nodes, in: layer.in, out });
    }
  }
}

function changesResolution({ in: before, out }: Layer): boolean {
  const ratio = widthOf(before) / widthOf(out);
  return out.sizes.length > 0 && Math.max(ratio, 1 / ratio) > SAME_RESOLUTION;
}

interface FoundSkip {
  readonly join: OpNode;
  readonly branch: Series;
  readonly body: Series;
}

/** Two branches that are joined: one stays at its resolution, the other goes below and comes back. */
function skipOf({ branches, join }: Fork): FoundSkip | undefined {
  const [first, second, ...more] = branches;
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  if (join === undefined || (join.op !== concat && join.op !== add)) return undefined;
  const dips = (branch: Series): boolean =>
    shapesAlong(branch).some((shape) => sizeOf(shape) < sizeOf(join.shape));
  if (dips(first) === dips(second)) return undefined;
  return dips(first) ? { join, branch: second, body: first } : { join, branch: first, body: second };
}

/** The shapes on the way, without those inside the gates that hang on it. */
function shapesAlong(series: Series): readonly Shape[] {
  return series.flatMap((item): readonly Shape[] => {
    if (item.kind === "step") return [item.node.shape];
    if (item.kind === "tangle") return item.nodes.map(({ shape }) => shape);
    return isGate(item) ? [] : item.branches.flatMap(shapesAlong);
  });
}

/** Of a map that is as long as it is wide; a vector is a point. */
function widthOf(shape: Shape): number {
  return sizeOf(shape) ** (1 / Math.max(1, shape.sizes.length));
}

/** Positions of a map; a vector has the size of a point. */
function sizeOf({ sizes }: Shape): number {
  return sizes.map(boundSize).reduce((product, size) => product * size, 1);
}
