/** One model at several values of its parameters, as a page: any two of its amounts against each other, and all of them. */
import type { Report } from "../report/report.ts";
import { type SweepColumn, type SweepPoint, sweepColumns } from "../report/sweep.ts";
import { dataScript, documentOf } from "../viz/document.ts";
import { STYLE } from "../viz/style.ts";
import { escaped } from "../viz/svg.ts";
import { figureOf } from "./plots/plot.ts";
import { type Measure, scatterOf } from "./plots/scatter.ts";
import { REPORT_STYLE, SWEEP_SCRIPT } from "./script.generated.ts";

/** What the script of the page reads. */
export interface SweepPageData {
  readonly names: readonly string[];
  readonly measures: readonly Measure[];
  /** By name: what is shown at first. */
  readonly x: string;
  readonly y: string;
}

/** Ends with a line break. There is one point at least. */
export function sweepPage(points: readonly SweepPoint[]): string {
  const report: Report | undefined = points[0]?.report;
  const columns = sweepColumns(points);
  const data: SweepPageData = {
    names: points.map(({ values }) => [...values].map(([name, value]) => `${name}=${value}`).join(", ")),
    measures: columns.flatMap((column) => measureOf(column, points)),
    x: "macs",
    y: "params",
  };
  const [x, y] = [data.x, data.y].map((name) => data.measures.find((measure) => measure.name === name));
  const title = `${report?.model}: ${points.length} models`;
  return documentOf({
    title,
    styles: [STYLE, REPORT_STYLE],
    body: [
      "<main>",
      `<header><h1>${escaped(title)}</h1><p>Of a network without weights nobody knows how good it is: parameters stand for what it can learn, operations and bytes for what it costs.</p></header>`,
      '<div class="plots">',
      ...(x && y
        ? [
            figureOf(
              scatterOf(data.names, { measure: x, isMoreBetter: false }, { measure: y, isMoreBetter: true }),
            ),
          ]
        : []),
      "</div>",
      tableOf(columns, points),
      "</main>",
    ].join("\n"),
    scripts: [dataScript("sweep", data), `<script>${SWEEP_SCRIPT}</script>`],
  });
}

function measureOf({ title, unit, amount }: SweepColumn, points: readonly SweepPoint[]): readonly Measure[] {
  if (unit === "text") return [];
  const name = title;
  return [{ name, title: TITLES[name] ?? name, unit, values: points.map((point) => Number(amount(point))) }];
}

const TITLES: Readonly<Record<string, string>> = {
  params: "parameters",
  macs: "multiply-adds",
  peak: "peak bytes",
  kept: "bytes kept for training",
  traffic: "traffic",
  field: "receptive field",
};

function tableOf(columns: readonly SweepColumn[], points: readonly SweepPoint[]): string {
  const classOf = ({ unit }: SweepColumn): string => (unit === "text" ? "text" : "number");
  const head = columns.map(
    (column) => `<th scope="col" class="${classOf(column)} head">${escaped(column.title)}</th>`,
  );
  const rows = points.map((point) => {
    const cells = columns.map(
      (column) => `<td class="${classOf(column)}">${escaped(column.print(point))}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  return [
    '<section><h2>All models</h2><div class="tree"><table class="grid">',
    `<thead><tr>${head.join("")}</tr></thead>`,
    `<tbody>${rows.join("\n")}</tbody></table></div></section>`,
  ].join("\n");
}
