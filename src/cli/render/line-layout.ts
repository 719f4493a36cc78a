/** A source line as it is drawn: tabs expanded, invisible characters made visible, every offset mapped to a column. */
import { type Grapheme, graphemes } from "./text-width.ts";

const TAB = 4;
/** Columns kept before what a line that is cut on the left shows. */
export const CONTEXT = 12;

interface Glyph {
  readonly text: string;
  readonly column: number;
  readonly width: number;
}

export interface LineLayout {
  readonly glyphs: readonly Glyph[];
  readonly width: number;
  /** The zero-based column at which the character at `offset` (in the line) is drawn. */
  columnAt(offset: number): number;
}

/** The part of a line that is shown: columns from `left` up to `right`. */
export interface Window {
  readonly left: number;
  readonly right: number;
}

export function layOutLine(line: string): LineLayout {
  const glyphs: Glyph[] = [];
  const columns: number[] = [];
  let column = 0;
  for (const grapheme of graphemes(line)) {
    const glyph = { ...drawn(grapheme, column), column };
    glyphs.push(glyph);
    for (let unit = 0; unit < grapheme.text.length; unit += 1) columns.push(column);
    column += glyph.width;
  }
  return { glyphs, width: column, columnAt: (offset) => columns[offset] ?? column };
}

/** The part of a line that shows the columns from `start` to `end` (or the first of them) in `available` columns. */
export function windowAround(start: number, end: number, lineWidth: number, available: number): Window {
  if (lineWidth <= available || end + CONTEXT <= available) return { left: 0, right: available };
  const left = Math.max(0, Math.min(start - CONTEXT, lineWidth - available));
  return { left, right: left + available };
}

function drawn({ text, width }: Grapheme, column: number): { text: string; width: number } {
  if (text === "\t") {
    const reach = TAB - (column % TAB);
    return { text: " ".repeat(reach), width: reach };
  }
  if (text === "\ufeff") return { text: "", width: 0 };
  // A control character could move the cursor or turn the text around, so it is drawn as a picture of itself.
  const code = text.charCodeAt(0);
  if (code < 0x20) return { text: String.fromCharCode(0x2400 + code), width: 1 };
  if (code === 0x7f) return { text: "\u2421", width: 1 };
  if (/^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return { text: "\ufffd", width: 1 };
  return { text, width };
}

/** The visible part of a line, with `…` where something was cut off. */
export function cutLine(layout: LineLayout, { left, right }: Window): string {
  const inside = layout.glyphs.filter(
    ({ column, width }) =>
      column >= left + (left > 0 ? 1 : 0) && column + width <= right - (right < layout.width ? 1 : 0),
  );
  const [first, last] = [inside[0], inside[inside.length - 1]];
  const start = left > 0 ? "…".padEnd((first?.column ?? left + 1) - left) : "";
  const cutRight = right < layout.width && last !== undefined;
  return start + inside.map(({ text }) => text).join("") + (cutRight ? "…" : "");
}
