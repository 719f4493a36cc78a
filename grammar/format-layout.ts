/**
 * Layouts: text with places where a line may end. What fits into a line stands on one; the widths are known when a
 * layout is made, so printing takes one walk. A comment ends its line wherever it stands.
 */

/** Columns that a line may fill; comments, and what cannot be broken, may be longer. */
export const WIDTH = 100;
const STEP = 2;
/** What is nested deeper is not indented further: lines keep room, and a hostile file does not explode. */
const MAX_INDENT = 48;
const LONGEST_SOLID = 40;

interface Measured {
  /** Columns on one line; infinite where a comment or a blank line forbids that. */
  readonly flat: number;
  /** Columns up to the first place where a line may end. */
  readonly lead: number;
  /** Whether there is such a place. */
  readonly breaks: boolean;
}

export type Layout = Measured &
  (
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "line"; readonly text: "" | " "; readonly blank: boolean }
    | {
        readonly kind: "comment";
        readonly text: string;
        readonly place: "end" | "own";
        readonly blankAfter: boolean;
      }
    | { readonly kind: "concat"; readonly parts: readonly Layout[] }
    | { readonly kind: "nest" | "align" | "group" | "solid"; readonly content: Layout }
    | {
        readonly kind: "fill";
        readonly items: readonly Layout[];
        readonly text: "" | " ";
        readonly hang: number;
      }
  );

export function text(content: string): Layout {
  return { kind: "text", text: content, flat: content.length, lead: content.length, breaks: false };
}

/** A space that may become the end of a line; after `blank` the line after it is empty. */
export function line({ blank = false }: { readonly blank?: boolean } = {}): Layout {
  return { kind: "line", text: " ", blank, flat: blank ? Infinity : 1, lead: 0, breaks: true };
}

/** Nothing, or the end of a line. */
export const softLine: Layout = { kind: "line", text: "", blank: false, flat: 0, lead: 0, breaks: true };

/** At the end of the line it stands on, or on lines of its own. */
export function comment(
  content: string,
  place: "end" | "own",
  { blankAfter = false }: { readonly blankAfter?: boolean } = {},
): Layout {
  return { kind: "comment", text: content, place, blankAfter, flat: Infinity, lead: 0, breaks: true };
}

/** One behind the other; lists as they are, since there is no end to arguments but the stack. */
export function concat(...parts: readonly (Layout | string | readonly (Layout | string)[])[]): Layout {
  return sequence(parts.map((part) => (typeof part === "string" || "kind" in part ? part : sequence(part))));
}

function sequence(given: readonly (Layout | string)[]): Layout {
  const parts = given.map((part) => (typeof part === "string" ? text(part) : part));
  let flat = 0;
  let lead = 0;
  let breaks = false;
  for (const part of parts) {
    flat += part.flat;
    if (!breaks) lead += part.lead;
    breaks ||= part.breaks;
  }
  return { kind: "concat", parts, flat, lead, breaks };
}

export const nothing: Layout = concat();

/** Lines of `content` start further in than the line it begins on. */
export function nest(content: Layout): Layout {
  return { ...measureOf(content), kind: "nest", content };
}

/** Lines of `content` start where it begins. */
export function align(content: Layout): Layout {
  return { ...measureOf(content), kind: "align", content };
}

/** All on one line, or every line of its own (not of groups in it) broken. */
export function group(content: Layout): Layout {
  return { ...measureOf(content), kind: "group", content };
}

/** Too short to be broken, unless it must. */
export function solid(content: Layout): Layout {
  if (content.flat > LONGEST_SOLID) return content;
  return { kind: "solid", content, flat: content.flat, lead: content.flat, breaks: false };
}

function measureOf({ flat, lead, breaks }: Measured): Measured {
  return { flat, lead, breaks };
}

export interface FillOptions {
  /** What separates items on one line. */
  readonly text?: "" | " ";
  /** Whether further lines start further in than the first. */
  readonly hangs?: boolean;
}

/** As many items on each line as fit. */
export function fill(
  items: readonly Layout[],
  { text: separator = " ", hangs = false }: FillOptions = {},
): Layout {
  const flat = items.reduce((sum, item) => sum + item.flat, separator.length * Math.max(items.length - 1, 0));
  const [first] = items;
  const lead = first?.lead ?? 0;
  const breaks = items.length > 1 || (first?.breaks ?? false);
  return { kind: "fill", items, text: separator, hang: hangs ? STEP : 0, flat, lead, breaks };
}

interface Page {
  readonly lines: string[];
  current: string;
  /** Ends of lines that are due before the next text: 2 leave an empty line. */
  due: 0 | 1 | 2;
  /** Where the next line starts. */
  indent: number;
}

export function render(layout: Layout): string {
  const page: Page = { lines: [], current: "", due: 0, indent: 0 };
  print(page, layout, { indent: 0, isFlat: false, rest: 0 });
  return [...page.lines, page.current.trimEnd(), ""].join("\n");
}

interface Place {
  readonly indent: number;
  readonly isFlat: boolean;
  /** Columns of what follows on the same line whatever is done here. */
  readonly rest: number;
}

function print(page: Page, layout: Layout, place: Place): void {
  switch (layout.kind) {
    case "text":
      write(page, layout.text);
      break;
    case "line":
      if (place.isFlat && page.due === 0) write(page, layout.text);
      else endLine(page, place.indent, layout.blank ? 2 : 1);
      break;
    case "comment":
      printComment(page, layout, place);
      break;
    case "concat":
      printAll(page, layout.parts, place);
      break;
    case "nest":
      print(page, layout.content, { ...place, indent: place.indent + STEP });
      break;
    case "align": {
      const column = columnOf(page);
      print(page, layout.content, { ...place, indent: column <= MAX_INDENT ? column : place.indent + STEP });
      break;
    }
    case "group":
      print(page, layout.content, { ...place, isFlat: place.isFlat || fits(page, layout.flat + place.rest) });
      break;
    case "solid":
      print(page, layout.content, { ...place, isFlat: true });
      break;
    case "fill":
      printFill(page, layout, place);
      break;
  }
}

function columnOf(page: Page): number {
  return page.due === 0 ? page.current.length : Math.min(page.indent, MAX_INDENT);
}

function fits(page: Page, width: number): boolean {
  return columnOf(page) + width <= WIDTH;
}

function write(page: Page, content: string): void {
  if (content === "") return;
  if (page.due === 0) {
    page.current += content;
    return;
  }
  page.lines.push(page.current.trimEnd());
  if (page.due === 2) page.lines.push("");
  page.due = 0;
  page.current = " ".repeat(Math.min(page.indent, MAX_INDENT)) + content.trimStart();
}

function endLine(page: Page, indent: number, due: 1 | 2): void {
  if (page.due < due) page.due = due;
  page.indent = indent;
}

/** A comment that follows something stays on its line, although the end of that line may have been printed already. */
function printComment(
  page: Page,
  { text: content, place, blankAfter }: Extract<Layout, { readonly kind: "comment" }>,
  { indent }: Place,
): void {
  if (place === "end") {
    page.current = `${page.current.trimEnd()} ${content}`;
    if (page.due === 0) endLine(page, indent + STEP, 1);
    return;
  }
  const isFresh = page.due > 0 || (page.lines.length === 0 && page.current === "");
  if (!isFresh) endLine(page, indent + STEP, 1);
  write(page, content);
  endLine(page, page.indent, blankAfter ? 2 : 1);
}

function printAll(page: Page, parts: readonly Layout[], place: Place): void {
  const rests: number[] = [];
  let { rest } = place;
  for (const part of parts.toReversed()) {
    rests.push(rest);
    rest = part.breaks ? part.lead : part.lead + rest;
  }
  for (const part of parts) print(page, part, { ...place, rest: rests.pop() ?? 0 });
}

function printFill(
  page: Page,
  { items, text: separator, hang }: Extract<Layout, { readonly kind: "fill" }>,
  place: Place,
): void {
  let { indent } = place;
  for (const [index, item] of items.entries()) {
    const rest = index === items.length - 1 ? place.rest : 0;
    if (index > 0) {
      const below = place.indent + hang;
      const isOnLine =
        page.due === 0 && (place.isFlat || staysOnLine(page, item, { separator, below, rest }));
      if (isOnLine) write(page, separator);
      else endLine(page, below, 1);
      // What stays on the first line goes on from its start.
      if (!isOnLine) indent = below;
    }
    print(page, item, { indent, isFlat: place.isFlat || fits(page, item.flat + rest), rest });
  }
}

/** Whether a new line would not help: the item fits here, or nowhere and can begin here. */
function staysOnLine(
  page: Page,
  item: Layout,
  { separator, below, rest }: { readonly separator: string; readonly below: number; readonly rest: number },
): boolean {
  if (fits(page, separator.length + item.flat + rest)) return true;
  const fitsBelow = below + item.flat + rest <= WIDTH;
  return !fitsBelow && item.breaks && fits(page, separator.length + item.lead);
}
