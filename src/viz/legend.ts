/** What the colors and lines of a picture mean. */
import { withByteUnit, withUnit } from "../base/text.ts";
import type { Layer } from "./layers.ts";
import type { PictureStyle } from "./layout/body.ts";
import type { Palette } from "./layout/box.ts";
import { type Scale, scaleTo } from "./scale.ts";
import { type Mark, textWidth } from "./scene.ts";
import { layersIn, type Segment } from "./structure.ts";

export function paletteOf(segments: readonly Segment[]): Palette {
  const layers = layersIn(segments);
  const most = (amount: (layer: Layer) => bigint): Scale =>
    scaleTo(Math.max(0, ...layers.map((layer) => Number(amount(layer)))));
  const channels = Math.max(1, ...coloredChannels(segments));
  return {
    // Its steps are powers of two, which most channels are.
    channels: scaleTo(2 ** Math.ceil(Math.log2(channels))),
    params: most(({ costs }) => costs.params),
    macs: most(({ costs }) => costs.macs),
    bytes: most(({ costs }) => costs.bytes),
  };
}

function coloredChannels(segments: readonly Segment[]): readonly number[] {
  return segments.flatMap((segment): readonly number[] => {
    if (segment.kind === "lanes") return segment.lanes.flatMap(coloredChannels);
    if (segment.kind === "dense") return [segment.in.channels, ...segment.layers.map(({ growth }) => growth)];
    return segment.out.sizes.length === 0 ? [] : [segment.out.channels];
  });
}

export const LEGEND_HEIGHT = 54;
const [SWATCH, LEFT] = [44, 118];

export function legendOf(
  palette: Palette,
  segments: readonly Segment[],
  style: PictureStyle,
): readonly Mark[] {
  const { channels, params, macs, bytes } = palette;
  const steps = channels.bounds.length;
  const share = (at: number): string => (at === steps - 1 ? "1" : `1/${2 ** (steps - 1 - at)}`);
  const middle = (at: number): number => LEFT + at * SWATCH + SWATCH / 2 - 1;
  const swatches = channels.bounds.flatMap((bound, at): readonly Mark[] => {
    const amount = bound < 1 ? [] : [`${bound} channels`];
    return [
      {
        kind: "rect",
        classes: `s${at}`,
        x: LEFT + at * SWATCH,
        y: 0,
        width: SWATCH - 2,
        height: 10,
        title: [...amount, `${share(at)} of the largest layer`].join(", or "),
      },
      ...(bound < 1 ? [] : [tick(middle(at), 23, `${bound}`)]),
      ...(style === "figure" ? [] : [tick(middle(at), 37, share(at))]),
    ];
  });
  const note = (y: number, text: string): Mark => ({ kind: "text", style: "note", x: 0, y, text });
  const largest = `Largest layers: ${withUnit(params.largest)} parameters, ${withUnit(macs.largest)} multiply-adds, ${withByteUnit(bytes.largest)} live in float32. A step of color is a factor of two.`;
  const costs = style === "figure" ? [] : [note(37, "of the largest layer"), note(53, largest)];
  return [note(23, "channels"), ...swatches, ...costs, ...shortcutsOf(segments)];
}

function tick(x: number, y: number, text: string): Mark {
  return { kind: "text", style: "tick", anchor: "middle", x, y, text };
}

/** The two kinds of arcs, where there are any. */
function shortcutsOf(segments: readonly Segment[]): readonly Mark[] {
  const kinds = new Set(
    segments.flatMap((segment) =>
      segment.kind === "residual" ? segment.layers.map(({ shortcut }) => shortcut) : [],
    ),
  );
  let x = LEFT + 9 * SWATCH + 26;
  return [...kinds].toSorted().flatMap((kind): readonly Mark[] => {
    const text = `${kind} shortcut`;
    const start = x;
    x += 34 + textWidth(text, "note") + 22;
    return [
      {
        kind: "path",
        classes: kind === "projection" ? "skip projected" : "skip",
        d: `M${start} 11C${start} -4 ${start + 26} -4 ${start + 26} 11`,
        title: text,
      },
      { kind: "text", style: "note", x: start + 34, y: 10, text },
    ];
  });
}
