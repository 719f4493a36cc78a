/** What the page tells of each segment when it is opened: its layers as cards, and their operations as small graphs. */
import { startOf } from "../base/source.ts";
import { withByteUnit, withSeparators, withUnit } from "../base/text.ts";
import type { OpNode } from "../ops/op.ts";
import { type Card, type CardGraph, cardsOfNodes, drawCards } from "./graph-picture.ts";
import { type Layer, labelOf, layerAs, type Surroundings } from "./layers.ts";
import { shapeText } from "./layout/body.ts";
import { summaryOf } from "./layout/segment-box.ts";
import { leavesOf, type Named } from "./names.ts";
import type { Network } from "./network.ts";
import { textWidth } from "./scene.ts";
import { layersIn, type Segment } from "./structure.ts";
import { partSvgOf } from "./svg.ts";

export interface PageData {
  readonly segments: Readonly<Record<string, SegmentData>>;
  /** Drawings as SVG; layers of one form share one, and fill in their own shapes. */
  readonly graphs: readonly string[];
}

interface SegmentData {
  readonly title: string;
  readonly facts: string;
  readonly items: readonly ItemData[];
}

interface ItemData {
  readonly name: string;
  /** Its position in a dense block, from 1. */
  readonly number: number;
  readonly lines: readonly string[];
  readonly shape: string;
  readonly costs: string;
  readonly path: string;
  readonly source: string;
  /** Position in `graphs`. */
  readonly graph: number;
  /** Of the cards of the graph, in their order. */
  readonly shapes: readonly string[];
  readonly titles: readonly string[];
}

/** Of more operations a graph is not drawn, but of those that fit: the cards above it say the rest. */
const MOST_OPERATIONS = 40;

export function pageDataOf({ parts, surroundings }: Network): PageData {
  const gallery = galleryOf(surroundings);
  const segments = leavesOf(parts).filter(({ segment }) => segment.kind !== "port");
  const data = segments.map(({ segment, title, id }): [string, SegmentData] => {
    const facts = summaryOf(segment, title, surroundings).slice(title.length + 2);
    const items = itemsOf({ segment, title, id }, surroundings).map((item) => itemData(item, gallery));
    return [id, { title, facts, items }];
  });
  return { segments: Object.fromEntries(data), graphs: gallery.drawings() };
}

interface Item {
  readonly name: string;
  readonly number: number;
  readonly lines: readonly string[];
  readonly layer: Layer;
}

function itemsOf({ segment, title }: Named, surroundings: Surroundings): readonly Item[] {
  switch (segment.kind) {
    case "dense":
      return segment.layers.map((layer, at) => ({
        name: `layer ${at + 1}`,
        number: at + 1,
        lines: layer.inner.map(labelOf),
        layer,
      }));
    case "residual":
      return unitItems(segment);
    case "branches": {
      const whole = layerAs(title, segment.nodes, surroundings);
      return [
        { name: title, number: 0, lines: ["the whole module"], layer: whole },
        ...layersIn([segment]).map(plainItem),
      ];
    }
    case "chain":
      return segment.layers.map(plainItem);
    default:
      return [];
  }
}

/** Equal units that follow each other stand on one card. */
function unitItems({ layers }: Extract<Segment, { kind: "residual" }>): readonly Item[] {
  const runs: { first: number; last: number; form: string }[] = [];
  for (const [at, layer] of layers.entries()) {
    const { params, macs, bytes } = layer.costs;
    const form = [...layer.inner.map(labelOf), layer.shortcut, params, macs, bytes].join(" ");
    const run = runs.at(-1);
    if (run?.form === form) run.last = at;
    else runs.push({ first: at, last: at, form });
  }
  return runs.flatMap(({ first, last }) => {
    const layer = layers[first];
    if (layer === undefined) return [];
    const name = first === last ? `unit ${first + 1}` : `units ${first + 1} to ${last + 1}, each`;
    return [
      { name, number: first + 1, lines: [...layer.inner.map(labelOf), `${layer.shortcut} shortcut`], layer },
    ];
  });
}

function plainItem(layer: Layer, at: number): Item {
  return { name: labelOf(layer), number: at + 1, lines: [], layer };
}

function itemData({ name, number, lines, layer }: Item, gallery: Gallery): ItemData {
  const { params, macs, bytes } = layer.costs;
  const cards = gallery.cardsOf(layer.nodes.slice(0, MOST_OPERATIONS));
  return {
    name,
    number,
    lines,
    shape: `${shapeText(layer.in)} → ${shapeText(layer.out)}`,
    costs: `${withSeparators(params)} params · ${withUnit(macs)} MACs · ${withByteUnit(Number(bytes))} live`,
    path: layer.path,
    source: sourceOf(layer.nodes),
    graph: gallery.positionOf(cards),
    shapes: cards.cards.map(({ detail }) => detail),
    titles: cards.cards.map(({ title }) => title),
  };
}

/** `specs/net.dn:12`. */
function sourceOf([node]: readonly OpNode[]): string {
  return node === undefined ? "" : `${node.origin.span.file.path}:${startOf(node.origin.span).line}`;
}

interface Gallery {
  cardsOf(nodes: readonly OpNode[]): CardGraph;
  positionOf(graph: CardGraph): number;
  drawings(): readonly string[];
}

/** Graphs that differ in their shapes alone are drawn once, with room for the widest. */
function galleryOf({ graph }: Surroundings): Gallery {
  const forms = new Map<string, { graph: CardGraph; readonly position: number }>();
  return {
    cardsOf: (nodes) => cardsOfNodes(nodes, graph),
    positionOf(cards) {
      const form = JSON.stringify([cards.cards.map(({ name }) => name), cards.edges]);
      const known = forms.get(form);
      if (known === undefined) {
        forms.set(form, { graph: cards, position: forms.size });
        return forms.size - 1;
      }
      known.graph = {
        ...cards,
        cards: known.graph.cards.map((card, at) => wider(card, cards.cards[at] ?? card)),
      };
      return known.position;
    },
    drawings: () => [...forms.values()].map((form) => partSvgOf(drawCards(form.graph))),
  };
}

function wider(first: Card, second: Card): Card {
  return textWidth(first.detail, "note") < textWidth(second.detail, "note") ? second : first;
}
