/** A report as a table that fits a width: numbers are never cut, names give way first, then whole columns. */
import { largestOf } from "../base/integers.ts";
import { shortened } from "../base/text.ts";
import { type Column, isText } from "./columns.ts";
import type { Report } from "./report.ts";
import { headLines, summaryLines } from "./summary.ts";
import { type View, type ViewOptions, viewOf } from "./view.ts";

export interface TableOptions extends ViewOptions {
  /** Columns of the terminal. */
  readonly width: number;
}

export interface TableLine {
  readonly text: string;
  readonly kind: "title" | "note" | "head" | "group" | "operation" | "total";
}

/** Less of a name, behind its indentation, says nothing. */
const MIN_NAME = 6;
/** Of operations apart from their parts, the whole path is the name. */
const MIN_PATH = 28;
const GAP = 2;

/** Throws a `ColumnError` for a column that there is not. */
export function tableOf(report: Report, options: TableOptions): readonly TableLine[] {
  const view = viewOf(report, options);
  const { lines, totals } = view;
  const names = lines.map(({ item, indent }) => `${"  ".repeat(indent)}${item.name}`);
  const total = totalName(view);
  const widest = largestOf(lengthsOf([...names, total]), MIN_NAME);
  const deepest = largestOf(
    lines.map(({ indent }) => indent),
    0,
  );
  const least = options.top === undefined ? 2 * deepest + MIN_NAME : MIN_PATH;
  const narrowest = Math.min(widest, Math.max(least, total.length));
  // Columns that were named are all shown.
  const isChosen = options.columns !== undefined;
  const columns = isChosen ? view.columns : fittingColumns(view, options.width - narrowest);
  const widths = columns.map((column) => widthOf(column, view));
  const taken = widths.reduce((sum, width) => sum + GAP + width, 0);
  const nameWidth = Math.max(narrowest, Math.min(widest, options.width - taken));

  const line = (name: string, cells: readonly string[]): string => {
    const aligned = columns.map((column, index) => {
      const [cell, width] = [cells[index] ?? "", widths[index] ?? 0];
      return isText(column) ? cell.padEnd(width) : cell.padStart(width);
    });
    return [shortened(name, nameWidth).padEnd(nameWidth), ...aligned].join(" ".repeat(GAP)).trimEnd();
  };
  const sums = columns.map((column) => column.total?.(totals));
  const [title = "", ...notes] = headLines(report, columns);
  return [
    { kind: "title", text: title },
    ...notes.flatMap((text) => noteLines(text, options.width)),
    {
      kind: "head",
      text: line(
        "part",
        columns.map((column) => column.title),
      ),
    },
    ...lines.map(
      ({ item, isOpen }, index): TableLine => ({
        kind: isOpen ? "group" : "operation",
        text: line(
          names[index] ?? "",
          columns.map((column) => column.cell(item)),
        ),
      }),
    ),
    {
      kind: "total",
      text: line(
        total,
        sums.map((sum) => sum?.[0] ?? ""),
      ),
    },
    {
      kind: "note",
      text: line(
        "",
        sums.map((sum) => sum?.[1] ?? ""),
      ),
    },
    ...summaryLines(report).flatMap((text) => noteLines(text, options.width)),
  ];
}

/** Broken between words, where it is too long. */
function noteLines(text: string, width: number): readonly TableLine[] {
  const lines: string[] = [];
  for (const word of text.split(/ (?=\S)/)) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && (longer.length <= width || last.trim() === ""))
      lines[lines.length - 1] = longer;
    else lines.push(last === undefined ? word : `    ${word}`);
  }
  return lines.map((line) => ({ kind: "note", text: line }));
}

export function totalName({ selected, operations }: View): string {
  return selected === operations ? "total" : `total of ${selected}/${operations}`;
}

function widthOf(column: Column, { lines, totals }: View): number {
  const cells = [
    column.title,
    ...(column.total?.(totals) ?? []),
    ...lines.map(({ item }) => column.cell(item)),
  ];
  return largestOf(lengthsOf(cells), 0);
}

function lengthsOf(texts: readonly string[]): readonly number[] {
  return texts.map((text) => text.length);
}

/** Those that fit, the most important first; sums stay however narrow the terminal is. */
function fittingColumns(view: View, width: number): readonly Column[] {
  let free = width;
  const kept = new Set<Column>();
  for (const column of view.columns.toSorted((a, b) => a.rank - b.rank)) {
    free -= GAP + widthOf(column, view);
    if (column.rank > 0 && free < 0) break;
    kept.add(column);
  }
  return view.columns.filter((column) => kept.has(column));
}
