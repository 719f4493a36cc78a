/** A picture as one page that needs nothing else: the overview, and a script that opens its parts. */
import { withByteUnit, withSeparators } from "../base/text.ts";
import type { Costs } from "./costs.ts";
import { dataScript, documentOf, type PagePart } from "./document.ts";
import { labelOf } from "./layers.ts";
import { type PictureStyle, shapeText } from "./layout/body.ts";
import { leavesOf, type Named } from "./names.ts";
import type { Network } from "./network.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page.generated.ts";
import { pageDataOf } from "./page-data.ts";
import { sceneOf } from "./picture.ts";
import { layersIn } from "./structure.ts";
import { STYLE } from "./style.ts";
import { escaped, svgOf } from "./svg.ts";

/** Ends with a line break. */
export function pageOf(network: Network, style: PictureStyle): string {
  const picture = pictureIn(network, style, { hasTable: true });
  return documentOf({
    title: network.surroundings.graph.name,
    styles: [picture.style],
    body: ["<main>", picture.body, "</main>"].join("\n"),
    scripts: picture.scripts,
  });
}

/** The picture of a page, with what opens its parts and layers. */
export function pictureIn(
  network: Network,
  style: PictureStyle,
  { hasTable }: { readonly hasTable: boolean },
): PagePart {
  const scene = sceneOf(network, style);
  const isOpenable = network.layout !== "graph";
  const hint =
    "<p>Open a part with a click, or walk with <kbd>←</kbd> <kbd>→</kbd> and open with <kbd>Enter</kbd>; <kbd>Esc</kbd> closes.</p>";
  return {
    style: `${STYLE}\n${PAGE_STYLE}`,
    body: [
      `<figure>${svgOf(scene, { isInteractive: true })}</figure>`,
      ...(isOpenable
        ? [
            hint,
            '<section id="detail" aria-label="the opened part" hidden></section>',
            ...(hasTable ? [tableOf(network.parts)] : []),
          ]
        : ['<section id="detail" hidden></section>']),
    ].join("\n"),
    scripts: [
      dataScript("data", isOpenable ? pageDataOf(network) : { segments: {}, graphs: [] }),
      `<script>${PAGE_SCRIPT}</script>`,
    ],
  };
}

function tableOf(parts: readonly Named[]): string {
  const rows = leavesOf(parts).flatMap(({ segment, title }) => {
    return layersIn([segment]).map((layer, at) => {
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
