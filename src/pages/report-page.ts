/** A report as one page that needs no network: the picture, plots, and a table to sort, filter and fold. */
import { withSeparators, withUnit } from "../base/text.ts";
import { fieldPaths } from "../measure/field-paths.ts";
import { headOf } from "../measure/receptive-field.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { byteText, fieldText, fractionText } from "../report/numbers.ts";
import { pathInModel } from "../report/paths.ts";
import type { Device, Report } from "../report/report.ts";
import { portsOf, summaryLines } from "../report/summary.ts";
import type { ViewOptions } from "../report/view.ts";
import { dataScript, documentOf } from "../viz/document.ts";
import { pictureIn } from "../viz/html.ts";
import { type Network, networkOf } from "../viz/network.ts";
import { escaped } from "../viz/svg.ts";
import { fieldPlot } from "./plots/field.ts";
import { livenessPlot } from "./plots/liveness.ts";
import { figureOf, type Plot } from "./plots/plot.ts";
import { rooflineOf, type Work } from "./plots/roofline.ts";
import { sharesPlot } from "./plots/shares.ts";
import { REPORT_SCRIPT, REPORT_STYLE } from "./script.generated.ts";
import { type TreeTable, treeTableOf } from "./tree-table.ts";

/** What the script of the page reads. */
export interface ReportPageData {
  readonly table: TreeTable;
  readonly works: readonly Work[];
  /** As a person writes them: `1T`, `100G`. */
  readonly machine: { readonly peak: string; readonly bandwidth: string };
}

/** Of no machine in particular, where none was named: the page lets a person choose another. */
const EXAMPLE: Device = { peak: 1e12, bandwidth: 1e11 };

/** Ends with a line break. Throws a `ColumnError` for a column that there is not. */
export function reportPage(graph: CheckedGraph, report: Report, options: ViewOptions): string {
  const { device = EXAMPLE } = report.circumstances;
  const data: ReportPageData = {
    table: treeTableOf(report, options),
    works: worksOf(report),
    machine: { peak: amountOf(device.peak), bandwidth: amountOf(device.bandwidth) },
  };
  const network = networkOf(graph, undefined);
  const picture = network && pictureIn(network, "costs", { hasTable: false });
  const body = [
    "<main>",
    `<header><h1>${escaped(report.model)}</h1><p>${escaped(portsOf(report.inputs))} → ${escaped(portsOf(report.outputs))}</p></header>`,
    factsList(report),
    ...(picture === undefined ? [] : [`<section aria-label="picture">${picture.body}</section>`]),
    OPERATIONS,
    '<div class="plots">',
    ...plotsOf({ graph, report, network }, data.works, device).map(figureOf),
    "</div>",
    ...conventionsTable(report),
    '<section class="notes"><h2>Notes</h2>',
    `<ul>${notesOf(report)}</ul>`,
    "</section>",
    "</main>",
  ].join("\n");
  return documentOf({
    title: `${report.model}: what it costs`,
    styles: [...(picture === undefined ? [] : [picture.style]), REPORT_STYLE],
    body,
    scripts: [...(picture?.scripts ?? []), dataScript("report", data), `<script>${REPORT_SCRIPT}</script>`],
  });
}

/** Filled by the script. */
const OPERATIONS = `<section id="operations" aria-labelledby="operations-title">
<h2 id="operations-title">Operations</h2>
<noscript><p>The table is made by a script, which this browser does not run.</p></noscript>
</section>`;

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly more: string;
}

function factsList(report: Report): string {
  const { totals, memory, field, circumstances } = report;
  const intensity = (2 * Number(totals.macs)) / Number(totals.traffic);
  const facts: readonly Fact[] = [
    {
      name: circumstances.params === "trainable" ? "parameters" : `parameters, ${circumstances.params}`,
      value: withSeparators(totals.params),
      more: `${withSeparators(totals.buffers)} running statistics`,
    },
    {
      name: "multiply-adds",
      value: withSeparators(totals.macs),
      more: `of convolutions and linear layers, batch ${circumstances.batch}`,
    },
    {
      name: "peak of activations",
      value: byteText(memory.peak),
      more: `at ${pathInModel({ path: memory.at })}`,
    },
    { name: "kept for training", value: byteText(memory.kept.naive), more: "for the backward pass" },
    { name: "traffic", value: byteText(totals.traffic), more: `${fractionText(intensity)} FLOP/B` },
    ...(field.length === 0
      ? []
      : [{ name: "receptive field", value: fieldText(field), more: "positions of the input" }]),
  ];
  const items = facts.map(
    ({ name, value, more }) =>
      `<div><dt>${escaped(name)}</dt><dd><strong>${escaped(value)}</strong> <span>${escaped(more)}</span></dd></div>`,
  );
  return `<dl class="facts">${items.join("")}</dl>`;
}

function worksOf({ rows }: Report): readonly Work[] {
  return rows
    .filter(({ macs, traffic }) => macs > 0n && traffic > 0n)
    .map((row) => ({
      name: pathInModel(row),
      flops: 2 * Number(row.macs),
      bytes: Number(row.traffic),
    }));
}

interface Shown {
  readonly graph: CheckedGraph;
  readonly report: Report;
  readonly network: Network | undefined;
}

/** As `parseAmount` reads it. */
function amountOf(value: number): string {
  const [digits = "", unit = ""] = withUnit(value).split(" ");
  return `${Number(digits)}${unit}`;
}

function plotsOf({ graph, report, network }: Shown, works: readonly Work[], device: Device): readonly Plot[] {
  const head = headOf(graph);
  const field = head === undefined ? undefined : fieldPlot(fieldPaths(graph, head));
  const shares = network && sharesPlot(network, report);
  return [
    ...(shares === undefined ? [] : [shares]),
    ...(works.length === 0 ? [] : [rooflineOf(works, device)]),
    livenessPlot(report),
    ...(field === undefined ? [] : [field]),
  ];
}

function conventionsTable({ conventions, circumstances }: Report): readonly string[] {
  if (conventions.length === 0) return [];
  const rows = conventions.map(({ convention: { name, data }, total, folds, unknown }) => {
    const missing = [...unknown.keys()];
    const batch = data.batch === "one" ? 1 : circumstances.batch;
    const notes = [
      data.unit,
      `batch ${batch}`,
      ...(folds ? ["foldable norms folded"] : []),
      ...(missing.length === 0 ? [] : [`no rule for ${missing.join(", ")}, which count 0`]),
    ];
    return `<tr><th scope="row" class="text">${escaped(name)}</th><td class="number">${withSeparators(total)}</td><td class="text words">${escaped(notes.join("; "))}</td></tr>`;
  });
  return [
    '<section class="conventions"><h2>One network, many counts</h2>',
    "<p>Every tool counts operations by rules of its own: a number means nothing without the convention that it is counted by.</p>",
    '<div class="tree"><table class="grid">',
    '<thead><tr><th scope="col" class="text head">convention</th><th scope="col" class="number head">total</th><th scope="col" class="text head">what it counts</th></tr></thead>',
    `<tbody>${rows.join("\n")}</tbody>`,
    "</table></div></section>",
  ];
}

function notesOf(report: Report): string {
  return summaryLines(report)
    .map((line) => `<li>${escaped(line.trim())}</li>`)
    .join("");
}
