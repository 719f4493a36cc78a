/** Operations or layers as a graph of cards with all its edges, from the top down; for parts, and for small networks. */
import { id } from "../ops/id.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { type Edge, layered, type Point } from "./layered.ts";
import { type Layer, labelOf, layerAs, layersOf, type Surroundings, termOf } from "./layers.ts";
import { shapeText } from "./layout/body.ts";
import { type Mark, textWidth } from "./scene.ts";
import type { Item, Series } from "./series.ts";

/** What a card shows. */
export interface Card {
  readonly name: string;
  readonly detail: string;
  readonly title: string;
}

export interface CardGraph {
  readonly cards: readonly Card[];
  readonly edges: readonly Edge[];
}

export interface GraphDrawing {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

const [PAD, HEIGHT] = [10, 36];

export function drawCards({ cards, edges }: CardGraph): GraphDrawing {
  const sizes = cards.map(({ name, detail }) => ({
    width: Math.max(56, textWidth(name, "body"), textWidth(detail, "note")) + 2 * PAD,
    height: HEIGHT,
  }));
  const { centers, ways, width, height } = layered(sizes, edges);
  const lines = ways.map((way, at): Mark => {
    const edge = edges[at];
    const [from, to] = [cards[edge?.from ?? 0], cards[edge?.to ?? 0]];
    return {
      kind: "path",
      classes: "flow",
      d: smooth(way),
      title: `${from?.name ?? ""} to ${to?.name ?? ""}`,
    };
  });
  const boxes = cards.map(({ name, detail, title }, at): Mark => {
    const [center, size] = [centers[at] ?? { x: 0, y: 0 }, sizes[at] ?? { width: 0, height: 0 }];
    const [x, y] = [center.x - size.width / 2, center.y - HEIGHT / 2];
    return {
      kind: "group",
      title,
      marks: [
        { kind: "rect", classes: "card", x, y, width: size.width, height: HEIGHT, radius: 4 },
        { kind: "text", style: "body", anchor: "middle", x: center.x, y: y + 15, text: name },
        { kind: "text", style: "note", anchor: "middle", x: center.x, y: y + 29, text: detail },
      ],
    };
  });
  return { width, height, marks: [...lines, ...boxes] };
}

/** Down through the points, without corners. */
function smooth(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let d = `M${first.x} ${first.y}`;
  let from = first;
  for (const to of rest) {
    const middle = (from.y + to.y) / 2;
    d += from.x === to.x ? `L${to.x} ${to.y}` : `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
    from = to;
  }
  return d;
}

/** The operations of a part, and what they read from outside as cards of its own. */
export function cardsOfNodes(nodes: readonly OpNode[], graph: CheckedGraph): CardGraph {
  const position = new Map<number, number>();
  const cards: Card[] = [];
  const edges: Edge[] = [];
  for (const node of nodes) {
    const read = new Set(node.inputs.map((input) => carried(input, graph)));
    for (const input of read) {
      const outside = graph.nodes[input];
      if (position.has(input) || outside === undefined) continue;
      const detail = shapeText(outside.shape);
      position.set(input, cards.push({ name: "in", detail, title: `reads ${outside.path}, ${detail}` }) - 1);
    }
    const detail = shapeText(node.shape);
    const at = cards.push({ name: termOf(node, graph), detail, title: `${node.path}, ${detail}` }) - 1;
    for (const input of read) edges.push({ from: position.get(input) ?? at, to: at });
    position.set(node.id, at);
  }
  return { cards, edges };
}

/** All layers of a network. */
export function cardsOfSeries(series: Series, surroundings: Surroundings): CardGraph {
  const { graph } = surroundings;
  const layers = flatLayers(series, surroundings);
  const layerOf = new Map<number, number>();
  for (const [at, { nodes }] of layers.entries()) for (const node of nodes) layerOf.set(node.id, at);
  const cards = layers.map((layer): Card => {
    const detail = shapeText(layer.out);
    return { name: labelOf(layer), detail, title: `${layer.path}, ${detail}` };
  });
  const edges = layers.flatMap(({ nodes }, to) => {
    const read = nodes.flatMap(({ inputs }) => inputs.map((input) => layerOf.get(carried(input, graph))));
    return [...new Set(read)].flatMap((from) => (from === undefined || from === to ? [] : [{ from, to }]));
  });
  return { cards, edges };
}

/** The node that made a value, past those that only pass it on. */
function carried(node: number, { nodes }: CheckedGraph): number {
  let at = node;
  for (
    let next = nodes[at]?.inputs[0];
    nodes[at]?.op === id && next !== undefined;
    next = nodes[at]?.inputs[0]
  )
    at = next;
  return at;
}

function flatLayers(series: Series, surroundings: Surroundings): readonly Layer[] {
  const layers: Layer[] = [];
  let steps: Item[] = [];
  const flush = (): void => {
    layers.push(...layersOf(steps, surroundings));
    steps = [];
  };
  for (const item of series) {
    if (item.kind === "step") {
      steps.push(item);
      continue;
    }
    flush();
    if (item.kind === "tangle") {
      layers.push(
        ...item.nodes.map((node) => layerAs(termOf(node, surroundings.graph), [node], surroundings)),
      );
      continue;
    }
    layers.push(...item.branches.flatMap((branch) => flatLayers(branch, surroundings)));
    if (item.join !== undefined)
      layers.push(layerAs(termOf(item.join, surroundings.graph), [item.join], surroundings));
  }
  flush();
  return layers;
}
