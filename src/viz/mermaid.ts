/** The overview as a Mermaid flowchart: a box for each segment, as documents and code hosts draw it. */
import { count, withUnit } from "../base/text.ts";
import type { Costing } from "./costs.ts";
import type { Skip } from "./encoder-decoder.ts";
import { shapeText } from "./layout/body.ts";
import { type Named, named } from "./names.ts";
import type { Segment } from "./structure.ts";

export interface Overview {
  readonly parts: readonly Named[];
  readonly skips: readonly Skip[];
  readonly costing: Costing;
}

export function mermaidOf({ parts, skips, costing }: Overview): string {
  const { lines } = chartOf(parts, costing, "s");
  const dotted = skips.map(({ from, to, join }) => `  s${from + 1} -. ${join.op.name} .-> s${to + 1}`);
  return ["flowchart LR", ...lines, ...dotted, ""].join("\n");
}

interface Chart {
  readonly lines: readonly string[];
  readonly first: readonly string[];
  readonly last: readonly string[];
}

function chartOf(parts: readonly Named[], costing: Costing, prefix: string): Chart {
  const lines: string[] = [];
  let first: readonly string[] | undefined;
  let last: readonly string[] = [];
  for (const [at, { segment, title }] of parts.entries()) {
    const id = `${prefix}${at + 1}`;
    const chart =
      segment.kind === "lanes" ? lanesOf(segment, costing, id) : boxOf(segment, title, costing, id);
    lines.push(...chart.lines, ...last.flatMap((from) => chart.first.map((to) => `  ${from} --> ${to}`)));
    first ??= chart.first;
    last = chart.last;
  }
  return { lines, first: first ?? [], last };
}

function boxOf(segment: Segment, title: string, costing: Costing, id: string): Chart {
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

function lanesOf({ lanes, join }: Extract<Segment, { kind: "lanes" }>, costing: Costing, id: string): Chart {
  const charts = lanes.map((lane, at) => chartOf(named(lane), costing, `${id}_${at + 1}_`));
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
