/** The overview as a Mermaid flowchart: a box for each segment, as documents and code hosts draw it. */
import { count, withUnit } from "../base/text.ts";
import type { OpNode } from "../ops/op.ts";
import type { Costing } from "./costs.ts";
import type { Skip } from "./encoder-decoder.ts";
import { shapeText } from "./layout/body.ts";
import { lanesIn, type Named } from "./names.ts";

export interface Overview {
  readonly parts: readonly Named[];
  readonly skips: readonly Skip[];
  readonly costing: Costing;
}

export function mermaidOf({ parts, skips, costing }: Overview): string {
  const { lines } = chartOf(parts, costing);
  const dotted = skips.map(
    ({ from, to, join }) => `  ${parts[from]?.id} -. ${join.op.name} .-> ${parts[to]?.id}`,
  );
  return ["flowchart LR", ...lines, ...dotted, ""].join("\n");
}

interface Chart {
  readonly lines: readonly string[];
  readonly first: readonly string[];
  readonly last: readonly string[];
}

function chartOf(parts: readonly Named[], costing: Costing): Chart {
  const lines: string[] = [];
  let first: readonly string[] | undefined;
  let last: readonly string[] = [];
  for (const part of parts) {
    const chart =
      part.segment.kind === "lanes" ? lanesOf(part, part.segment.join, costing) : boxOf(part, costing);
    lines.push(...chart.lines, ...last.flatMap((from) => chart.first.map((to) => `  ${from} --> ${to}`)));
    first ??= chart.first;
    last = chart.last;
  }
  return { lines, first: first ?? [], last };
}

function boxOf({ segment, title, id }: Named, costing: Costing): Chart {
  const shape = shapeText(segment.out);
  const { params, macs } = costing(segment.nodes);
  const layers =
    "layers" in segment && segment.kind !== "chain"
      ? [count(segment.layers.length, segment.kind === "dense" ? "layer" : "unit")]
      : [];
  const detail = [
    ...layers,
    shape,
    ...(segment.kind === "port" ? [] : [`${withUnit(params)} params, ${withUnit(macs)} MACs`]),
  ];
  const [open, close] = segment.kind === "port" ? ["([", "])"] : ["[", "]"];
  const label = [title, ...detail].map(escaped).join("<br/>");
  return { lines: [`  ${id}${open}"${label}"${close}`], first: [id], last: [id] };
}

function lanesOf(part: Named, join: OpNode | undefined, costing: Costing): Chart {
  const { id } = part;
  const charts = lanesIn(part).map((lane) => chartOf(lane, costing));
  const lines = charts.flatMap((chart) => chart.lines);
  const [first, last] = [charts.flatMap((chart) => chart.first), charts.flatMap((chart) => chart.last)];
  if (join === undefined) return { lines, first, last };
  return {
    lines: [...lines, `  ${id}(("${escaped(join.op.name)}"))`, ...last.map((from) => `  ${from} --> ${id}`)],
    first,
    last: [id],
  };
}

/** Mermaid reads entities of its own inside quotes. */
function escaped(text: string): string {
  return text
    .replaceAll("#", "#35;")
    .replaceAll('"', "#quot;")
    .replaceAll("<", "#lt;")
    .replaceAll(">", "#gt;");
}
