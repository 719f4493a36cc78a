/** A plot of a page: marks, a heading, and in words what it shows. */
import type { Mark } from "../../viz/scene.ts";
import { escaped, partSvgOf } from "../../viz/svg.ts";

export interface Plot {
  readonly id: string;
  readonly title: string;
  /** For whoever does not see it, and below it for everyone. */
  readonly words: string;
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

export const PLOT_WIDTH = 640;
export const PLOT_HEIGHT = 320;

export function figureOf({ id, title, words, ...drawing }: Plot): string {
  return [
    `<figure class="plot" id="${id}">`,
    `<h2>${escaped(title)}</h2>`,
    partSvgOf({ ...drawing, label: `${title}: ${words}` }).trimEnd(),
    `<figcaption>${escaped(words)}</figcaption>`,
    "</figure>",
  ].join("\n");
}
