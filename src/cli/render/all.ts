/** All diagnostics of a run as one text: in order, a limited number of each severity, and a line that counts them. */
import type { Diagnostic, Severity } from "../../base/diagnostic.ts";
import { count } from "../../base/text.ts";
import { renderPlain } from "./plain.ts";
import { type PrettyOptions, renderPretty, severityPaint } from "./pretty.ts";

export interface AllOptions extends PrettyOptions {
  readonly format: "pretty" | "plain";
}

const SEVERITIES: readonly Severity[] = ["error", "warning", "hint"];
/** Of each severity; whoever made more mistakes mends these first. */
const MAX_SHOWN = 20;

/** By file and position; what has no place (the environment) comes first. */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort((a, b) => {
    const [pathA, pathB] = [a.span?.file.path ?? "", b.span?.file.path ?? ""];
    if (pathA !== pathB) return pathA < pathB ? -1 : 1;
    return (
      (a.span?.start ?? 0) - (b.span?.start ?? 0) ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
    );
  });
}

/** Empty when there is nothing to say. */
export function renderAll(diagnostics: readonly Diagnostic[], options: AllOptions): string {
  if (diagnostics.length === 0) return "";
  const left = new Map(SEVERITIES.map((severity) => [severity, MAX_SHOWN]));
  const shown = inOrder(diagnostics).filter(({ severity }) => {
    const room = left.get(severity) ?? 0;
    left.set(severity, room - 1);
    return room > 0;
  });
  const blank = options.format === "pretty" ? "\n" : "";
  const blocks = shown.map((each) => {
    const text = options.format === "pretty" ? renderPretty(each, options) : renderPlain(each);
    return `${text}\n${blank}`;
  });
  const hidden = countEach((severity) => Math.max(0, -(left.get(severity) ?? 0)));
  const rest = hidden === "" ? "" : `not shown: ${hidden}\n`;
  return `${blocks.join("")}${rest}${summaryLine(diagnostics, options)}\n`;
}

/** `2 errors, 1 warning in specs/x.dn`. */
function summaryLine(diagnostics: readonly Diagnostic[], { colors }: PrettyOptions): string {
  const counts = countEach((severity) => diagnostics.filter((each) => each.severity === severity).length);
  const paths = [...new Set(diagnostics.flatMap(({ span }) => (span === undefined ? [] : [span.file.path])))];
  const where =
    paths.length === 0 ? "" : ` in ${paths.length === 1 ? paths[0] : count(paths.length, "file")}`;
  const worst = SEVERITIES.find((severity) => diagnostics.some((each) => each.severity === severity));
  return worst === undefined ? "" : severityPaint(worst, colors)(counts) + where;
}

function countEach(amountOf: (severity: Severity) => number): string {
  return SEVERITIES.filter((severity) => amountOf(severity) > 0)
    .map((severity) => count(amountOf(severity), severity))
    .join(", ");
}
