/** Writes scenes as SVG: one file that needs nothing, with its colors for light and dark, and text as text. */
import { type Group, type Label, type Mark, type Path, type Rect, round, type Scene } from "./scene.ts";
import { STYLE, THEME_VARIABLES } from "./style.ts";

/** In text and in attributes. Characters that XML cannot hold become the replacement character. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export interface SvgOptions {
  /** Whether segments can be reached and opened, as in a page that has a script for it. */
  readonly isInteractive?: boolean;
  /** Of the picture in its document; default `net`. */
  readonly id?: string;
}

/** Ends with a line break. */
export function svgOf(scene: Scene, { isInteractive = false, id = "net" }: SvgOptions = {}): string {
  const { width, height, title, description, marks } = scene;
  const size = `viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="${isInteractive ? "group" : "img"}" class="net" aria-labelledby="${id}-title ${id}-text">`,
    `<title id="${id}-title">${escaped(title)}</title>`,
    `<desc id="${id}-text">${escaped(description)}</desc>`,
    ...(isInteractive ? [] : [`<style>${THEME_VARIABLES}${STYLE}</style>`]),
    `<rect class="paper" width="100%" height="100%"><title>${escaped(title)}</title></rect>`,
    ...marks.map((mark) => markToSvg(mark, isInteractive)),
    "</svg>",
    "",
  ].join("\n");
}

export interface Part extends Pick<Scene, "width" | "height" | "marks"> {
  /** What it shows, where nothing around it says so. */
  readonly label?: string;
}

/** A drawing inside a page. */
export function partSvgOf({ width, height, marks, label }: Part): string {
  const [w, h] = [round(width + 2), round(height + 2)];
  const inside = marks.map((mark) => markToSvg(mark, true)).join("");
  const said = label === undefined ? "" : ` aria-label="${escaped(label)}"`;
  return `<svg class="net" role="img"${said} viewBox="-1 -1 ${w} ${h}" width="${w}" height="${h}">${inside}</svg>`;
}

function markToSvg(mark: Mark, isInteractive: boolean): string {
  switch (mark.kind) {
    case "group":
      return groupToSvg(mark, isInteractive);
    case "rect":
      return rectToSvg(mark);
    case "path":
      return pathToSvg(mark);
    case "text":
      return textToSvg(mark);
  }
}

function groupToSvg({ classes, title, opens, isHidden, marks }: Group, isInteractive: boolean): string {
  const attributes = [
    ...(classes === undefined ? [] : [`class="${classes}"`]),
    ...(opens === undefined || !isInteractive
      ? []
      : [
          `id="${escaped(opens.id)}" tabindex="0" role="button" aria-label="${escaped(opens.label)}" aria-expanded="false"`,
        ]),
    ...(isHidden === true && isInteractive ? ['aria-hidden="true"'] : []),
  ];
  const inside = marks.map((mark) => markToSvg(mark, isInteractive)).join("\n");
  return `<g${attributes.map((each) => ` ${each}`).join("")}>${titleOf(title)}\n${inside}\n</g>`;
}

function rectToSvg({ x, y, width, height, radius, classes, title, data }: Rect): string {
  const rounding = radius === undefined ? "" : ` rx="${radius}"`;
  const values = Object.entries(data ?? {}).map(([name, value]) => ` data-${name}="${escaped(`${value}`)}"`);
  return closed(
    `<rect class="${classes}"${values.join("")} x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${rounding}`,
    "rect",
    title,
  );
}

function pathToSvg({ d, classes, title }: Path): string {
  return closed(`<path class="${classes}" d="${d}"`, "path", title);
}

function textToSvg({ x, y, text, style, anchor = "start" }: Label): string {
  const aligned = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text class="${style}" x="${round(x)}" y="${round(y)}"${aligned}>${escaped(text)}</text>`;
}

function closed(start: string, name: string, title: string | undefined): string {
  return title === undefined ? `${start}/>` : `${start}>${titleOf(title)}</${name}>`;
}

function titleOf(title: string | undefined): string {
  return title === undefined ? "" : `<title>${escaped(title)}</title>`;
}
