/** Draws a model in one of several formats. */
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import { count, listOf, quoted } from "../base/text.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { dotOf } from "./dot.ts";
import { cardsOfSeries } from "./graph-picture.ts";
import { pageOf } from "./html.ts";
import type { PictureStyle } from "./layout/body.ts";
import { mermaidOf } from "./mermaid.ts";
import { graphCollectionOf, nodeDataOf } from "./model-explorer.ts";
import { LAYOUTS, type Network, networkOf, type PictureLayout } from "./network.ts";
import { sceneOf } from "./picture.ts";
import { svgOf } from "./svg.ts";

export const graphTooLarge: DiagnosticKind<[model: string, layers: number, edges: number]> = defineDiagnostic(
  {
    code: "DN0703",
    message: (model, layers, edges) =>
      `${quoted(model)} has ${count(layers, "layer")} and ${count(edges, "edge")}, too many to draw one by one`,
    explain: {
      title: "graph-too-large",
      text: "A picture of every layer and edge is legible up to 300 layers and 400 edges; above that nobody finds anything in it. The other layouts fold repetitions and dense connections, and `--format dot` gives the whole graph to Graphviz.",
    },
  },
);

export const layoutMismatch: DiagnosticKind<[model: string]> = defineDiagnostic({
  code: "DN0704",
  message: (model) => `${quoted(model)} has no dense block that a matrix could show`,
  explain: {
    title: "layout-mismatch",
    text: "The layout `matrix` shows which layer of a dense block reads which earlier one. A dense block is two layers or more, each of which reads the block's input and what all layers before it gave, joined by `concat`.",
  },
});

export type PictureFormat = "svg" | "html" | "dot" | "mermaid" | "model-explorer" | "model-explorer-data";
export const FORMATS: readonly PictureFormat[] = [
  "svg",
  "html",
  "dot",
  "mermaid",
  "model-explorer",
  "model-explorer-data",
];

export interface PictureOptions {
  readonly format: PictureFormat;
  /** Absent: what the structure of the network suggests. */
  readonly layout?: PictureLayout;
  /** Of pictures and pages: with what each layer costs (default), or as a figure for a paper. */
  readonly style?: PictureStyle;
}

export interface Picture {
  readonly text: string;
  readonly layout: PictureLayout;
}

/** More than this is not legible as a graph. */
const [MOST_LAYERS, MOST_EDGES] = [300, 400];

/** All sizes of the graph must be numbers. `undefined`: it was reported why. */
export function draw(graph: CheckedGraph, options: PictureOptions, reporter: Reporter): Picture | undefined {
  const network = networkOf(graph, options.layout);
  if (network === undefined) {
    const others = LAYOUTS.filter((layout) => layout !== "matrix").map((layout) =>
      quoted(`--layout ${layout}`),
    );
    reporter.report(
      layoutMismatch.at({ help: [`leave the layout out, or take ${listOf(others, "or")}`] }, graph.name),
    );
    return undefined;
  }
  const { layout } = network;
  const isDrawn = options.format === "svg" || options.format === "html";
  if (layout === "graph" && isDrawn) {
    const { cards, edges } = cardsOfSeries(network.series, network.surroundings);
    if (cards.length > MOST_LAYERS || edges.length > MOST_EDGES) {
      const help = [
        "leave out `--layout graph`: the picture folds what repeats",
        "or write `-o net.dot`, for Graphviz",
      ];
      reporter.report(graphTooLarge.at({ help }, graph.name, cards.length, edges.length));
      return undefined;
    }
  }
  return { text: textOf(network, options), layout };
}

function textOf(network: Network, { format, style = "costs" }: PictureOptions): string {
  const { surroundings, parts, levels } = network;
  const { graph, costing } = surroundings;
  const json = (value: object): string => `${JSON.stringify(value, undefined, 1)}\n`;
  switch (format) {
    case "svg":
      return svgOf(sceneOf(network, style));
    case "html":
      return pageOf(network, style);
    case "dot":
      return dotOf(graph);
    case "mermaid":
      return mermaidOf({ parts, skips: levels.skips, costing });
    case "model-explorer":
      return json(graphCollectionOf(graph, costing));
    case "model-explorer-data":
      return json(nodeDataOf(graph, costing));
  }
}
