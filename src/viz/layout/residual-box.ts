/** A stage of residual units: a bar for each, and an arc over it for the shortcut; many of them in little room. */
import { boundSize } from "../../ir/size.ts";
import { labelOf } from "../layers.ts";
import { type Mark, textWidth } from "../scene.ts";
import type { ResidualStage, ResidualUnit } from "../structure.ts";
import { type Body, type Drawing, shapeText } from "./body.ts";
import { FOOT } from "./box.ts";

const LINE = 15;
/** A bar is this much higher for each doubling of the sizes. */
const HEIGHT_STEP = 9;
/** How far arcs rise above the bars. */
const ARC = 18;
/** Narrower than this, arcs run into each other. */
const NARROWEST_ARC = 7;
const WIDEST_BAR = 44;
/** Of more units than this, only those at the ends have bars of their own, in this room; the others a pixel each. */
const [MOST_BARS, DEEP_PITCH, SHOWN_ENDS] = [48, 18, 2];

export function residualBox({ layers, out }: ResidualStage, title: string, { palette, cell }: Drawing): Body {
  const recipe = recipeOf(layers);
  const recipeWidth = Math.max(...recipe.map((line) => textWidth(line, "body")));
  const slots = slotsOf(layers, { pitch: Math.min(WIDEST_BAR, cell * 2.6), least: recipeWidth });
  const last = slots.at(-1);
  const width = last === undefined ? 0 : last.x + last.width;
  const height = 20 + HEIGHT_STEP * Math.log2(Math.max(1, ...out.sizes.map(boundSize)));
  const top = height - FOOT + ARC + (layers.length > MOST_BARS ? 16 : 8);
  const bars = slots.flatMap((slot) => barOf(slot, { title, height, palette }));
  const lines = recipe.map(
    (text, at): Mark => ({
      kind: "text",
      style: "body",
      x: 0,
      y: -top - (recipe.length - 1 - at) * LINE,
      text,
    }),
  );
  const columns = slots.flatMap(({ units, first, x, width: room }) => {
    const each = room / units.length;
    return units.map((unit, at) => ({
      x: x + at * each,
      width: each > 4 ? each - 2 : each,
      name: `${title}, unit ${first + at}`,
      costs: unit.costs,
    }));
  });
  return {
    width: Math.max(width, recipeWidth),
    above: top + recipe.length * LINE,
    below: FOOT,
    entry: 0,
    exit: width,
    marks: [...lines, ...bars],
    middle: height / 2 - FOOT,
    columns,
    notes: [shapeText(out)],
  };
}

/** One unit, or the many in the middle of a very deep stage. */
interface Slot {
  /** The number of its first unit, from 1. */
  readonly first: number;
  readonly units: readonly ResidualUnit[];
  readonly x: number;
  readonly width: number;
}

function slotsOf(
  layers: readonly ResidualUnit[],
  { pitch, least }: { readonly pitch: number; readonly least: number },
): readonly Slot[] {
  const isDeep = layers.length > MOST_BARS;
  const wanted = isDeep ? DEEP_PITCH : Math.max(pitch, Math.min(WIDEST_BAR, least / layers.length));
  const ends = isDeep ? SHOWN_ENDS : layers.length;
  const slots: Slot[] = [];
  let x = 0;
  for (let at = 0; at < layers.length; ) {
    const times = isDeep && at === ends ? layers.length - 2 * ends : 1;
    const width = times === 1 ? wanted : Math.max(times, least - 2 * ends * wanted);
    slots.push({ first: at + 1, units: layers.slice(at, at + times), x, width });
    [x, at] = [x + width, at + times];
  }
  return slots;
}

interface Look {
  readonly title: string;
  readonly height: number;
  readonly palette: Drawing["palette"];
}

function barOf({ first, units, x, width }: Slot, { title, height, palette }: Look): readonly Mark[] {
  const [unit] = units;
  if (unit === undefined) return [];
  const [foot, top] = [FOOT - height - 1, FOOT - height - ARC];
  const last = first + units.length - 1;
  const which = units.length === 1 ? `unit ${first}` : `units ${first} to ${last}`;
  const gap = width > 6 ? 2 : width > 2 ? 0.5 : 0;
  const bar: Mark = {
    kind: "rect",
    classes: palette.channels.classOf(unit.out.channels),
    title: `${title}, ${which}: ${unit.inner.map(labelOf).join(", ")}, ${unit.shortcut} shortcut`,
    x: x + gap,
    y: FOOT - height,
    width: width - 2 * gap,
    height,
    ...(width > 8 ? { radius: 2 } : {}),
  };
  if (units.length > 1) {
    const d = `M${x + 4} ${foot - 3}L${x + 4} ${foot - 7}L${x + width - 4} ${foot - 7}L${x + width - 4} ${foot - 3}`;
    return [
      bar,
      { kind: "path", classes: "skip", d, title: `${which}: each with a shortcut of its own` },
      {
        kind: "text",
        style: "note",
        anchor: "middle",
        x: x + width / 2,
        y: foot - 12,
        text: `×${units.length}`,
      },
    ];
  }
  if (width < NARROWEST_ARC) return [bar];
  const arc: Mark = {
    kind: "path",
    classes: unit.shortcut === "projection" ? "skip projected" : "skip",
    title: `${title}, ${which}: ${unit.shortcut} shortcut`,
    d: `M${x + 2} ${foot}C${x + 2} ${top} ${x + width - 2} ${top} ${x + width - 2} ${foot}`,
  };
  return [bar, arc];
}

/** The layers of most units, as the paper's table has them. */
function recipeOf(units: readonly ResidualUnit[]): readonly string[] {
  const typical = units.at(-1);
  const lines = (typical?.inner ?? []).map(labelOf);
  return units.length === 1 ? lines : [...lines.slice(0, -1), `${lines.at(-1) ?? ""}\u2003×${units.length}`];
}
