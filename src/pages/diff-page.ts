/** A comparison as one page: both pictures with what changed outlined, and the tables of all changes. */
import type { Diff } from "../diff/diff.ts";
import { type DiffTable, diffTables } from "../diff/tables.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { documentOf } from "../viz/document.ts";
import { leavesOf, type Named } from "../viz/names.ts";
import { networkOf } from "../viz/network.ts";
import { sceneOf } from "../viz/picture.ts";
import type { Mark, Scene } from "../viz/scene.ts";
import { STYLE } from "../viz/style.ts";
import { escaped, svgOf } from "../viz/svg.ts";
import { REPORT_STYLE } from "./script.generated.ts";

/** The models themselves, where they are at hand: a saved report has no picture. */
export interface Compared {
  readonly before?: CheckedGraph;
  readonly after?: CheckedGraph;
}

/** Ends with a line break. */
export function diffPage(diff: Diff, { before, after }: Compared): string {
  const [first, ...others] = diffTables(diff, { isWhole: true });
  const pictures = [
    pictureOf(before, diff.touched.before, { id: "before", heading: "Before" }),
    pictureOf(after, diff.touched.after, { id: "after", heading: "After" }),
  ];
  const title = first?.title ?? "";
  return documentOf({
    title,
    styles: [STYLE, REPORT_STYLE],
    body: [
      "<main>",
      `<header><h1>${escaped(title)}</h1></header>`,
      ...(first === undefined ? [] : [tableOf({ ...first, title: "Totals" })]),
      ...pictures,
      ...others.map(tableOf),
      "</main>",
    ].join("\n"),
    scripts: [],
  });
}

interface Place {
  readonly id: string;
  readonly heading: string;
}

function pictureOf(
  graph: CheckedGraph | undefined,
  touched: ReadonlySet<string>,
  { id, heading }: Place,
): string {
  const network = graph && networkOf(graph, undefined);
  if (network === undefined) return "";
  const scene = withChanges(sceneOf(network), leavesOf(network.parts), touched);
  const words =
    touched.size === 0
      ? "Nothing here was changed, and nothing went."
      : "What is outlined was changed, or is not on the other side.";
  return `<section><h2>${heading}</h2><figure>${svgOf(scene, { id })}</figure><p>${words}</p></section>`;
}

/** Outlines segments in which operations changed; of a dense block the rows of the layers in which they did. */
function withChanges(scene: Scene, parts: readonly Named[], touched: ReadonlySet<string>): Scene {
  const byId = new Map(parts.map((part) => [part.id, part]));
  const isTouched = (nodes: readonly { readonly path: string }[]): boolean =>
    nodes.some(({ path }) => touched.has(path));
  const outline = (mark: Mark): Mark => {
    if (mark.kind !== "group") return mark;
    const part = mark.opens && byId.get(mark.opens.id);
    if (part === undefined) return { ...mark, marks: mark.marks.map(outline) };
    const { segment } = part;
    if (!isTouched(segment.nodes)) return mark;
    const rows =
      segment.kind === "dense"
        ? segment.layers.flatMap(({ nodes }, at) => (isTouched(nodes) ? [at + 1] : []))
        : [];
    return {
      ...mark,
      classes: `${mark.classes ?? ""} changed`.trim(),
      marks: mark.marks.map((inner) => withRows(inner, new Set(rows))),
    };
  };
  return { ...scene, marks: scene.marks.map(outline) };
}

function withRows(mark: Mark, rows: ReadonlySet<number>): Mark {
  if (mark.kind === "group") return { ...mark, marks: mark.marks.map((inner) => withRows(inner, rows)) };
  if (mark.kind !== "rect" || !rows.has(Number(mark.data?.["r"]))) return mark;
  return { ...mark, classes: `${mark.classes} changed` };
}

function tableOf({ title, columns, rows, notes }: DiffTable): string {
  const classOf = (column: number): string => (columns[column]?.align === "left" ? "text" : "number");
  const head = columns
    .map((column, at) => `<th scope="col" class="${classOf(at)} head">${escaped(column.title)}</th>`)
    .join("");
  const line = (cells: readonly string[]): string =>
    `<tr>${cells.map((cell, at) => `<td class="${classOf(at)}${signOf(cell)}">${escaped(cell)}</td>`).join("")}</tr>`;
  return [
    `<section><h2>${escaped(`${title.slice(0, 1).toUpperCase()}${title.slice(1)}`)}</h2>`,
    ...(rows.length === 0
      ? []
      : [
          `<div class="tree"><table class="grid"><thead><tr>${head}</tr></thead>`,
          `<tbody>${rows.map(line).join("\n")}</tbody></table></div>`,
        ]),
    ...notes.map((note) => `<p>${escaped(note)}</p>`),
    "</section>",
  ].join("\n");
}

/** What is more and what is less stand out. */
function signOf(cell: string): string {
  if (/^\+(\d|$)/.test(cell)) return " more";
  return /^−(\d|$)/.test(cell) ? " less" : "";
}
