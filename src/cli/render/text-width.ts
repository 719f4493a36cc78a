/** How wide text stands on a terminal, and text broken into lines of a given width. */

/** Made at the first text that needs it: its tables take longer to load than most specs to check. */
let segmenter: Intl.Segmenter | undefined;

/** East Asian wide and fullwidth ranges (Unicode 15.1, UAX 11), merged where nothing assigned lies between. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x20000, 0x3fffd],
];

/** What a terminal draws as one unit: a letter with its marks, an emoji with its modifiers. */
export interface Grapheme {
  readonly text: string;
  /** In UTF-16 units, from the start of the text. */
  readonly offset: number;
  /** Columns: 0, 1 or 2. */
  readonly width: number;
}

export function graphemes(text: string): readonly Grapheme[] {
  if (/^[ -~]*$/.test(text))
    return Array.from(text, (letter, offset) => ({ text: letter, offset, width: 1 }));
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment, index }) => ({
    text: segment,
    offset: index,
    width: graphemeWidth(segment),
  }));
}

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Mark}\p{Default_Ignorable_Code_Point}]/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  const point = grapheme.codePointAt(0) ?? 0;
  return WIDE.some(([first, last]) => first <= point && point <= last) ? 2 : 1;
}

export function displayWidth(text: string): number {
  return graphemes(text).reduce((width, grapheme) => width + grapheme.width, 0);
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * Breaks `text` at spaces into lines of at most `width` columns, but not inside a shape or quoted code; what is
 * longer stands alone. Keeps line breaks, makes runs of spaces one.
 */
export function wrap(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((line) => fill(line.match(WORD) ?? [], width, " "));
}

const WORD = /(?:`[^`]*`|\[[^[\]]*\]|[^ ])+/g;

/** Lays `items` out in lines of at most `width` columns; `separator` goes between them, and leads a further line. */
export function fill(items: readonly string[], width: number, separator: string): readonly string[] {
  const lines: string[] = [];
  const lead = separator.trimStart();
  let line = items[0] ?? "";
  for (const item of items.slice(1)) {
    if (displayWidth(line) + displayWidth(separator) + displayWidth(item) <= width) {
      line += separator + item;
    } else {
      lines.push(line);
      line = lead + item;
    }
  }
  return [...lines, line];
}
