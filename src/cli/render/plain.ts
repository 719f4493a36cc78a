/** A diagnostic as lines of plain text, for logs and screen readers: no drawing, every place spelled out. */
import type { Diagnostic } from "../../base/diagnostic.ts";
import { placeOf } from "../../base/source.ts";
import { helpOf, trailsOf } from "./trail.ts";

export function renderPlain(diagnostic: Diagnostic): string {
  const { code, severity, message, span, label = "", labels = [], notes = [] } = diagnostic;
  const place = span === undefined ? "" : `${placeOf(span)}: `;
  const details = [
    ...(label === "" ? [] : [label]),
    ...labels.map((each) => `${placeOf(each.span)}: ${each.text}`),
    ...trailsOf(diagnostic).map(({ lead, items }) => lead + items.join(" > ")),
    ...notes.map((note) => `note: ${note}`),
    ...helpOf(diagnostic).map((help) => `help: ${help}`),
  ];
  return [`${place}${severity}[${code}]: ${message}`, ...details.map(indented)].join("\n");
}

function indented(text: string): string {
  return `    ${text.replaceAll("\n", "\n      ")}`;
}
