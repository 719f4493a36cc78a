/** A picture as one page that needs nothing else: the overview, and a script that opens its parts. */
import { withByteUnit, withSeparators } from "../base/text.ts";
import type { Costs } from "./costs.ts";
import { labelOf } from "./layers.ts";
import { type PictureStyle, shapeText } from "./layout/body.ts";
import { leavesOf, type Named } from "./names.ts";
import type { Network } from "./network.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page.generated.ts";
import { pageDataOf } from "./page-data.ts";
import { sceneOf } from "./picture.ts";
import { STYLE, THEME_VARIABLES } from "./style.ts";
import { escaped, svgOf } from "./svg.ts";

/** Ends with a line break. */
export function pageOf(network: Network, style: PictureStyle): string {
  const scene = sceneOf(network, style);
  const isOpenable = network.layout !== "graph";
  // Text that could end the element is written so that it cannot.
  const data = JSON.stringify(isOpenable ? pageDataOf(network) : { segments: {}, graphs: [] }).replaceAll(
    "<",
    "\\u003c",
  );
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    `<title>${escaped(scene.title)}</title>`,
    `<style>${THEME_VARIABLES}\n${STYLE}\n${PAGE_STYLE}</style>`,
    "</head>",
    "<body>",
    "<main>",
    `<figure>${svgOf(scene, { isInteractive: true })}</figure>`,
    ...(isOpenable
      ? [
          "<p>Open a part with a click, or walk with <kbd>←</kbd> <kbd>→</kbd> and open with <kbd>Enter</kbd>; <kbd>Esc</kbd> closes.</p>",
          '<section id="detail" aria-label="the opened part" hidden></section>',
          tableOf(network.parts),
        ]
      : ['<section id="detail" hidden></section>']),
    "</main>",
    `<script type="application/json" id="data">${data}</script>`,
    `<script>${PAGE_SCRIPT}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function tableOf(parts: readonly Named[]): string {
  const rows = leavesOf(parts).flatMap(({ segment, title }) => {
    if (segment.kind === "port" || segment.kind === "lanes") return [];
    const layers =
      segment.kind === "branches"
        ? [...segment.lead, ...segment.branches.flat(), ...segment.tail]
        : segment.layers;
    return layers.map((layer, at) => {
      const name =
        layer.name === "" ? `${segment.kind === "dense" ? "layer" : "unit"} ${at + 1}` : labelOf(layer);
      return rowOf([title, name, shapeText(layer.out)], layer.costs);
    });
  });
  const heads = ["part", "layer", "result", "parameters", "multiply-adds", "live"];
  return [
    "<details>",
    "<summary>All layers as a table</summary>",
    '<div class="scroll"><table>',
    `<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead>`,
    `<tbody>\n${rows.join("\n")}\n</tbody>`,
    "</table></div>",
    "</details>",
  ].join("\n");
}

function rowOf(names: readonly string[], { params, macs, bytes }: Costs): string {
  const cells = [...names, withSeparators(params), withSeparators(macs), withByteUnit(Number(bytes))];
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
}
