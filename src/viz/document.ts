/** Pages that are one file and need no network: a page works from a disk and can be attached to a message. */
import { BODY_STYLE, THEME_VARIABLES } from "./style.ts";
import { escaped } from "./svg.ts";

/** What stands somewhere in a page, with its style and scripts. */
export interface PagePart {
  readonly style: string;
  readonly body: string;
  /** Whole elements, in the order in which they run. */
  readonly scripts: readonly string[];
}

export interface Page {
  readonly title: string;
  readonly styles: readonly string[];
  readonly body: string;
  readonly scripts: readonly string[];
}

/** Ends with a line break. */
export function documentOf({ title, styles, body, scripts }: Page): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title>`,
    `<style>${[THEME_VARIABLES, BODY_STYLE, ...styles].join("\n")}</style>`,
    "</head>",
    "<body>",
    body,
    ...scripts,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** Data for a script of the page. */
export function dataScript(id: string, data: unknown): string {
  // Text that could end the element is written so that it cannot.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="${id}">${json}</script>`;
}
