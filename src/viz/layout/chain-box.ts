/** Layers one after the other, as lines on a card. */
import type { Shape } from "../../ir/shape.ts";
import { boundSize } from "../../ir/size.ts";
import { stageNamed } from "../../ops/index.ts";
import type { OpNode } from "../../ops/op.ts";
import { labelOf } from "../layers.ts";
import { type Mark, textWidth } from "../scene.ts";
import type { Chain, DenseBlock } from "../structure.ts";
import { type Body, type Drawing, shapeText } from "./body.ts";
import { type Column, FOOT, type Palette } from "./box.ts";

const [PAD, LINE, BAND] = [8, 15, 4];

export function chainBox(chain: Chain, title: string, { labelWidth, palette, style }: Drawing): Body {
  const { layers, out } = chain;
  const lines = linesOf(chain, labelWidth);
  if (style === "figure") return slabBox(chain, lines, { title, palette });
  const named = layers.map((layer) => ({ name: `${title}, ${labelOf(layer)}`, costs: layer.costs }));
  return cardBox({ lines, title, layers: named, out, notes: [shapeText(out)] }, palette);
}

/** Feature maps as slabs: height tells the sizes, width the channels, both in powers of two; the layers below them. */
function slabBox(
  { layers, out }: Chain,
  lines: readonly string[],
  { title, palette }: { readonly title: string; readonly palette: Palette },
): Body {
  const marks: Mark[] = [];
  let [x, highest] = [0, 0];
  for (const layer of layers) {
    const { channels, sizes } = layer.out;
    const width = SLAB.width + SLAB.perDoubling * Math.log2(channels) * (sizes.length === 0 ? 0 : 1);
    const height = slabHeight(layer.out);
    highest = Math.max(highest, height);
    marks.push({
      kind: "rect",
      classes: palette.channels.classOf(channels),
      title: `${title}, ${labelOf(layer)}: ${shapeText(layer.out)}`,
      x,
      y: FOOT - height,
      width,
      height,
      radius: 1,
    });
    x += width + SLAB.gap;
  }
  const text = lines.map(
    (line, at): Mark => ({ kind: "text", style: "body", x: 0, y: FOOT + 18 + at * LINE, text: line }),
  );
  return {
    width: Math.max(x - SLAB.gap, ...lines.map((line) => textWidth(line, "body"))),
    above: highest - FOOT,
    below: FOOT + 8 + lines.length * LINE,
    entry: 0,
    exit: x - SLAB.gap,
    middle: slabHeight(out) / 2 - FOOT,
    marks: [...marks, ...text],
    columns: [],
    notes: [shapeText(out)],
  };
}

const SLAB = { width: 6, perDoubling: 1.5, gap: 4, heightPerDoubling: 15 } as const;

/** A vector is as high as it has channels. */
function slabHeight({ channels, sizes }: Shape): number {
  if (sizes.length === 0) return 14 + (SLAB.heightPerDoubling / 2) * Math.log2(channels);
  return 14 + SLAB.heightPerDoubling * Math.log2(Math.max(1, ...sizes.map(boundSize)));
}

/** A dense block as the layers that it repeats. */
export function foldedBox(
  { layers, out }: DenseBlock,
  title: string,
  { labelWidth, palette }: Drawing,
): Body {
  const [first] = layers;
  const growths = new Set(layers.map(({ growth }) => growth));
  const lines = (first?.inner ?? []).flatMap((layer) => broken(labelOf(layer), labelWidth));
  const named = layers.map(({ costs }, at) => ({ name: `${title}, layer ${at + 1}`, costs }));
  const size = [`${layers.length} layers`, ...(growths.size === 1 ? [`k=${first?.growth}`] : [])].join(", ");
  return cardBox(
    { lines: [...lines, "concat"], title, layers: named, out, notes: [size, shapeText(out)] },
    palette,
  );
}

interface Content {
  readonly lines: readonly string[];
  readonly title: string;
  readonly layers: readonly Pick<Column, "name" | "costs">[];
  readonly out: Shape;
  readonly notes: readonly string[];
}

function cardBox({ lines, title, layers, out, notes }: Content, palette: Palette): Body {
  const width = Math.max(48, ...lines.map((text) => textWidth(text, "body") + 2 * PAD));
  const height = lines.length * LINE + 2 * PAD - 4 + BAND;
  const top = FOOT - height;
  const each = width / layers.length;
  const marks: readonly Mark[] = [
    { kind: "rect", classes: "card", x: 0, y: top, width, height, radius: 3 },
    {
      kind: "rect",
      classes: palette.channels.classOf(out.channels),
      title: `${title} gives ${out.channels} channels`,
      x: 0,
      y: top,
      width,
      height: BAND,
    },
    ...lines.map(
      (text, at): Mark => ({
        kind: "text",
        style: "body",
        x: PAD,
        y: top + BAND + PAD + 10 + at * LINE,
        text,
      }),
    ),
  ];
  return {
    width,
    above: height - FOOT,
    below: FOOT,
    entry: 0,
    exit: width,
    middle: height / 2 - FOOT,
    marks,
    columns: layers.map((layer, at) => ({ ...layer, x: at * each, width: each - (each > 4 ? 1 : 0) })),
    notes,
  };
}

/**
 * Layers that repeat, alone or in a short pattern, stand there once; a long label goes on, indented, on the next line.
 * Channels that are those of the result, which the heading tells, are left out.
 */
function linesOf({ layers, out }: Chain, widest: number): readonly string[] {
  // Where a skip comes in, its arrow says so.
  const told = layers.filter(
    ({ nodes: [node, ...more] }) => more.length > 0 || node === undefined || !isJoin(node),
  );
  const shown = told.length === 0 ? layers : told;
  const labels = shown.map((layer) => (layer.channels === out.channels ? layer.name : labelOf(layer)));
  const lines: string[] = [];
  for (let at = 0; at < labels.length; ) {
    const { length, times } = patternAt(labels, at);
    // A pattern that could begin one later ends with what ends the chain.
    if (length > 1 && labels[at] === labels[at + length * times]) {
      lines.push(...broken(labels[at] ?? "", widest));
      at += 1;
      continue;
    }
    const pattern = labels.slice(at, at + length);
    if (length === 1) {
      const [label = ""] = pattern;
      lines.push(...broken(times === 1 ? label : `${label} ×${times}`, widest));
    } else {
      lines.push(
        `${times} times`,
        ...pattern.flatMap((label) => broken(label, widest)).map((line) => `\u2002${line}`),
      );
    }
    at += length * times;
  }
  return lines;
}

function isJoin({ op }: OpNode): boolean {
  return stageNamed(op.name)?.group === "joins";
}

const LONGEST_PATTERN = 4;

/** What begins here and saves the most lines by repeating; one layer once where nothing does. */
function patternAt(
  labels: readonly string[],
  at: number,
): { readonly length: number; readonly times: number } {
  let best = { length: 1, times: 1 };
  for (let length = 1; length <= LONGEST_PATTERN; length += 1) {
    let times = 1;
    const isSame = (shift: number): boolean => labels[at + shift] === labels[at + shift + times * length];
    while (
      Array.from({ length }, (_, shift) => shift).every(
        (shift) => labels[at + shift] !== undefined && isSame(shift),
      )
    )
      times += 1;
    // The line that says how often counts, too.
    const saved = (times - 1) * length - (length > 1 ? 1 : 0);
    if (times > 1 && saved > (best.times - 1) * best.length) best = { length, times };
  }
  return best;
}

function broken(label: string, widest: number): readonly string[] {
  // An arrow stays with its channels, a stride with its window.
  const words = label.match(/→ \S+|\d\S* \/\S+|\S+/g) ?? [];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(longer, "body") <= widest) lines[lines.length - 1] = longer;
    else lines.push(lines.length === 0 ? word : `\u2002${word}`);
  }
  return lines;
}
