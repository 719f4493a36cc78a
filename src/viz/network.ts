/** A network as a picture sees it: its segments by name, and the layout that suits them. */
import type { CheckedGraph } from "../ops/op.ts";
import { type Costs, costingOf } from "./costs.ts";
import { type EncoderDecoder, encoderDecoderOf, levelsOf } from "./encoder-decoder.ts";
import type { Surroundings } from "./layers.ts";
import { type Named, named, namedByDepth } from "./names.ts";
import { flowOf, type Series, seriesOf } from "./series.ts";
import { type Segment, segmentsOf } from "./structure.ts";

/**
 * `spine`: from left to right, a dense block as one card; `matrix`: the same with each dense block as the matrix of
 * its connections; `u`: depth is resolution; `graph`: every layer and edge.
 */
export type PictureLayout = "spine" | "matrix" | "u" | "graph";
export const LAYOUTS: readonly PictureLayout[] = ["spine", "matrix", "u", "graph"];

export interface Network {
  readonly surroundings: Surroundings;
  readonly series: Series;
  readonly layout: PictureLayout;
  readonly parts: readonly Named[];
  /** Of an encoder and decoder. */
  readonly levels: Pick<EncoderDecoder, "depths" | "skips">;
  readonly totals: Costs;
}

/** `undefined`: the network has nothing that the layout shows. */
export function networkOf(graph: CheckedGraph, wanted: PictureLayout | undefined): Network | undefined {
  const surroundings: Surroundings = { graph, costing: costingOf(graph) };
  const series = seriesOf(flowOf(graph));
  const whole = { surroundings, series, totals: surroundings.costing(graph.nodes) };
  const u = encoderDecoderOf(series, surroundings);
  if (wanted === "u" || (wanted === undefined && u !== undefined)) {
    const levels = u ?? levelsOf(series, surroundings);
    return { ...whole, layout: "u", parts: namedByDepth(levels.segments, levels.depths), levels };
  }
  const segments = segmentsOf(series, surroundings);
  const isDense = hasDense(segments);
  if (wanted === "matrix" && !isDense) return undefined;
  const layout = wanted ?? (isDense ? "matrix" : "spine");
  return { ...whole, layout, parts: named(segments), levels: { depths: [], skips: [] } };
}

function hasDense(segments: readonly Segment[]): boolean {
  return segments.some(
    (segment) => segment.kind === "dense" || (segment.kind === "lanes" && segment.lanes.some(hasDense)),
  );
}
