/** A report as one page without network, scripts or fonts of its own: its parts open and close. */
import type { Column } from "./columns.ts";
import type { OutlineItem } from "./outline.ts";
import type { Report } from "./report.ts";
import { headLines, summaryLines } from "./summary.ts";
import { totalName } from "./table.ts";
import { type ViewOptions, viewOf } from "./view.ts";

/** Throws a `ColumnError` for a column that there is not. */
export function htmlOf(report: Report, options: ViewOptions): string {
  const view = viewOf(report, { ...options, depth: Number.POSITIVE_INFINITY });
  const { columns, lines, totals } = view;
  const open = viewOf(report, options).lines;
  const isOpen = new Set(open.filter((line) => line.isOpen).map(({ item }) => item.path));
  const [title = "", ...notes] = headLines(report, columns);
  const top = lines.filter(({ indent }) => indent === 0);
  const cells = (texts: readonly string[]): string =>
    texts.map((text, index) => `<span class="${columns[index]?.align}">${escaped(text)}</span>`).join("");
  const row = (name: string, texts: readonly string[], kind: string): string =>
    `<div class="row ${kind}"><span class="name">${escaped(name)}</span>${cells(texts)}</div>`;
  const part = (item: OutlineItem): string => {
    const own = row(
      item.name,
      columns.map((column) => column.cell(item)),
      "part",
    );
    if (item.items.length === 0) return own;
    return `<details${isOpen.has(item.path) ? " open" : ""}><summary>${own}</summary>${item.items.map(part).join("\n")}</details>`;
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(report.model)}</title>
<style>
${styleOf(columns)}
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${notes.map((note) => `<p>${escaped(note)}</p>`).join("\n")}
<main>
${row(
  "part",
  columns.map((column) => column.title),
  "head",
)}
${top.map(({ item }) => part(item)).join("\n")}
${row(
  totalName(view),
  columns.map((column) => column.total?.(totals)[0] ?? ""),
  "total",
)}
</main>
<ul>
${summaryLines(report)
  .map((line) => `<li>${escaped(line.trim())}</li>`)
  .join("\n")}
</ul>
</body>
</html>
`;
}

function styleOf(columns: readonly Column[]): string {
  const widths = columns
    .map(({ align }) => (align === "left" ? "minmax(7em, 14em)" : "minmax(6em, 9em)"))
    .join(" ");
  return `:root { color-scheme: light dark; font: 14px/1.6 system-ui, sans-serif; }
body { margin: 2em; }
h1 { font-size: 1.3em; }
main { overflow-x: auto; }
.row { display: grid; grid-template-columns: minmax(16em, 1fr) ${widths}; gap: 1em; font-variant-numeric: tabular-nums; }
.row span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.row .right { text-align: right; overflow: visible; }
.head { font-weight: 600; border-bottom: 1px solid; }
.total { font-weight: 600; border-top: 1px solid; }
summary { list-style: none; cursor: pointer; }
summary .name::before { content: "▸ "; }
details[open] > summary .name::before { content: "▾ "; }
details > :not(summary) .name { padding-left: 1.2em; }
details details > :not(summary) .name { padding-left: 2.4em; }
details details details > :not(summary) .name { padding-left: 3.6em; }
details details details details > :not(summary) .name { padding-left: 4.8em; }
.part:hover { background: color-mix(in srgb, currentColor 8%, transparent); }`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
