/** A picture as data: marks on a plane in pixels, y downward. Writers turn it into SVG. */

export type Mark = Rect | Path | Label | Group;

/** Every mark that is no text says what it is in words, or stands in a group that does. */
interface Shown {
  readonly classes: string;
  readonly title?: string;
}

export interface Rect extends Shown {
  readonly kind: "rect";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius?: number;
  readonly data?: Readonly<Record<string, string | number>>;
}

export interface Path extends Shown {
  readonly kind: "path";
  readonly d: string;
}

export interface Label {
  readonly kind: "text";
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly text: string;
  readonly style: TextStyle;
  readonly anchor?: "start" | "middle" | "end";
}

export interface Group {
  readonly kind: "group";
  readonly classes?: string;
  readonly title?: string;
  /** Of what can be opened: its id, and what a screen reader says. */
  readonly opens?: { readonly id: string; readonly label: string };
  /** Whether a screen reader passes over it: what it shows is said elsewhere. */
  readonly isHidden?: true;
  readonly marks: readonly Mark[];
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  readonly marks: readonly Mark[];
}

export type TextStyle = "title" | "heading" | "body" | "strong" | "note" | "chip" | "tick";

/** Pixels, and whether the letters are bold. */
export const TEXT_STYLES: Readonly<Record<TextStyle, { readonly size: number; readonly weight: 400 | 600 }>> =
  {
    title: { size: 19, weight: 600 },
    heading: { size: 13, weight: 600 },
    body: { size: 12, weight: 400 },
    strong: { size: 12, weight: 600 },
    note: { size: 11, weight: 400 },
    chip: { size: 11, weight: 400 },
    tick: { size: 10, weight: 400 },
  };

/** Advance widths of Helvetica, Arial and Liberation Sans in thousandths of the size, from the space on. */
const ADVANCES =
  "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 " +
  "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 " +
  "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 " +
  "278 556 500 722 500 500 500 334 260 334 584";
const advances: readonly number[] = ADVANCES.split(" ").map(Number);
/** Of letters outside ASCII, most of which are as wide as a capital. */
const OTHER_ADVANCE: Readonly<Record<string, number>> = {
  "×": 584,
  "·": 333,
  "→": 1000,
  "–": 556,
  "…": 1000,
  "↓": 600,
  "↑": 600,
};
/** Bold letters are wider, and other fonts than those are. */
const SAFETY: Readonly<Record<400 | 600, number>> = { 400: 1.05, 600: 1.13 };

/** How wide a text stands, at most: there is no browser to ask. */
export function textWidth(text: string, style: TextStyle): number {
  const { size, weight } = TEXT_STYLES[style];
  let sum = 0;
  for (const letter of text) {
    sum += advances[(letter.codePointAt(0) ?? 0) - 32] ?? OTHER_ADVANCE[letter] ?? 1000;
  }
  return (sum * size * SAFETY[weight]) / 1000;
}

/** Where a text stands: from above its capitals to below its descenders. */
export function textBox(label: Label): { x: number; y: number; width: number; height: number } {
  const width = textWidth(label.text, label.style);
  const { size } = TEXT_STYLES[label.style];
  const shift = { start: 0, middle: width / 2, end: width }[label.anchor ?? "start"];
  return { x: label.x - shift, y: label.y - 0.8 * size, width, height: size };
}

export function moved(mark: Mark, dx: number, dy: number): Mark {
  switch (mark.kind) {
    case "group":
      return { ...mark, marks: mark.marks.map((each) => moved(each, dx, dy)) };
    case "path":
      return { ...mark, d: movedPath(mark.d, dx, dy) };
    default:
      return { ...mark, x: mark.x + dx, y: mark.y + dy };
  }
}

/** Paths here begin with an absolute `M`; the other absolute commands are followed by pairs. */
function movedPath(d: string, dx: number, dy: number): string {
  return d.replace(/([MLCQ])([^A-Za-z]*)/g, (_, command: string, numbers: string) => {
    const shifted = numbers
      .trim()
      .split(/[ ,]+/)
      .map((number, at) => round(Number(number) + (at % 2 === 0 ? dx : dy)));
    return `${command}${shifted.join(" ")}`;
  });
}

/** Hundredths of a pixel are enough. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
