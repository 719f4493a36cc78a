/**
 * Networks that go down to coarse sizes and up again (U-Net: Ronneberger et al. 2015): segments in order, each of one
 * resolution, and the skips from the way down to the way up.
 */

import type { Shape } from "../ir/shape.ts";
import { boundSize } from "../ir/size.ts";
import { add } from "../ops/add.ts";
import { concat } from "../ops/concat.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { changesSize, type Layer, layersOf, type Surroundings } from "./layers.ts";
import { type Fork, type Item, isGate, type Series } from "./series.ts";
import { type Segment, segmentsOf } from "./structure.ts";

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
  const resolutions = [...new Set(segments.map(({ out }) => sizeOf(out)))].toSorted((a, b) => b - a);
  return { segments, skips: walk.skips, depths: segments.map(({ out }) => resolutions.indexOf(sizeOf(out))) };
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
  for (const layer of segment.layers) {
    const last = segments.at(-1);
    const { nodes, out } = layer;
    if (last?.kind === "chain" && !changesSize(layer)) {
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

/** Positions of a map; a vector has the size of a point. */
function sizeOf({ sizes }: Shape): number {
  return sizes.map(boundSize).reduce((product, size) => product * size, 1);
}
