/** A diagnostic for a person at a terminal: what is wrong, the source it is about, why, and how to mend it. */

import type { Diagnostic, Severity } from "../../base/diagnostic.ts";
import type { Colors } from "../colors.ts";
import { type Paint, plainly } from "./canvas.ts";
import { fixSpans, renderFix } from "./fix.ts";
import { gutterWidth, renderSnippets } from "./snippet.ts";
import type { Annotation, SnippetOptions } from "./snippet-line.ts";
import { displayWidth, fill, wrap } from "./text-width.ts";
import { helpOf, trailsOf } from "./trail.ts";

/** On a narrower terminal, notes and help run over rather than be squeezed below this. */
const MIN_FOOTER_WIDTH = 24;

export interface PrettyOptions {
  readonly colors: Colors;
  readonly width: number;
}

export function renderPretty(diagnostic: Diagnostic, { colors, width }: PrettyOptions): string {
  const { code, severity, message, span, fix } = diagnostic;
  const paint = severityPaint(severity, colors);
  const annotations = annotationsOf(diagnostic, paint, colors);
  const gutter = gutterWidth([...annotations.map((annotation) => annotation.span), ...fixSpans(fix)]);
  const options: SnippetOptions = { gutter, width, frame: bold(colors.blue, colors) };
  const margin = " ".repeat(gutter + 1);
  const snippets = renderSnippets(annotations, options);
  const footer = footerOf(diagnostic, { colors, width: width - gutter - 1 });
  const change =
    fix === undefined
      ? []
      : renderFix(fix, { ...options, home: span?.file, added: colors.green, removed: colors.red });
  return [
    `${paint(`${severity}[${code}]`)}${colors.bold(`: ${message}`)}`,
    ...snippets,
    ...(snippets.length > 0 ? [`${margin}${options.frame("|")}`] : []),
    ...footer.map((line) => `${margin}${line}`),
    ...change,
    ...(change.length > 0 ? [`${margin}${options.frame("|")}`] : []),
    `${margin}${colors.dim(`= see: dnc explain ${code}`)}`,
  ].join("\n");
}

export function severityPaint(severity: Severity, colors: Colors): Paint {
  return bold({ error: colors.red, warning: colors.yellow, hint: colors.cyan }[severity], colors);
}

function bold(paint: Paint, colors: Colors): Paint {
  return (text) => colors.bold(paint(text));
}

function annotationsOf(diagnostic: Diagnostic, paint: Paint, colors: Colors): readonly Annotation[] {
  const { span, label = "", labels = [] } = diagnostic;
  if (span === undefined) return [];
  const aside = bold(colors.blue, colors);
  return [
    { span, text: label, glyph: "^", paint },
    ...labels.map((each): Annotation => ({ ...each, glyph: "-", paint: aside })),
  ];
}

/** The lines below the source, each fact hanging from a `=`. */
function footerOf(diagnostic: Diagnostic, { colors, width }: PrettyOptions): readonly string[] {
  const sign = `${bold(colors.blue, colors)("=")} `;
  const entry = (lead: string, layOut: (room: number) => readonly string[], paint: Paint = plainly) => {
    const indent = 2 + displayWidth(lead);
    const lines = layOut(Math.max(MIN_FOOTER_WIDTH, width - indent));
    return lines.map((line, index) => (index === 0 ? sign + paint(lead) + line : " ".repeat(indent) + line));
  };
  return [
    ...trailsOf(diagnostic).flatMap(({ lead, items }) => entry(lead, (room) => fill(items, room, " > "))),
    ...(diagnostic.notes ?? []).flatMap((note) => entry("note: ", (room) => wrap(note, room), colors.bold)),
    ...helpOf(diagnostic).flatMap((help) => entry("help: ", (room) => wrap(help, room), colors.bold)),
  ];
}
