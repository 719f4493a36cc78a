/** What must hold for every text, right or wrong: no failure, no hang, messages that say something, places in the files. */
import { format, isSameTree } from "../../grammar/format.ts";
import { parse } from "../../grammar/parse.ts";
import { type Diagnostic, hasErrors, silent } from "../../src/base/diagnostic.ts";
import { applyFixes } from "../../src/base/fixes.ts";
import type { SourceFile, Span } from "../../src/base/source.ts";
import { colorsWhere } from "../../src/cli/colors.ts";
import { renderAll } from "../../src/cli/render/all.ts";
import { type CheckResult, check } from "../../src/compile.ts";
import { verifyGraph } from "../../src/ops/verify.ts";
import { loadFromRoot } from "./corpus.ts";
import type { Input } from "./inputs.ts";

const NO_COLORS = colorsWhere(false);

/** Milliseconds of this process, not of the clock; a processor that has other work too takes twice as long. */
const MOST_TIME = 2000;
/** So much more for each operation that there really is. */
const TIME_OF_OPERATION = 0.1;
/** Expansion ends at a number of steps that takes longer. */
const TIME_TO_LIMIT = 15_000;

/** What is wrong with how dnc takes a text; `undefined`: nothing. */
export function complaintAbout({ path, text }: Input): string | undefined {
  const source = { path, text };
  try {
    const before = process.cpuUsage();
    const checked = check(source, { load: loadFromRoot });
    const time = process.cpuUsage(before).user / 1000;
    return (
      complaintAboutTime(time, checked) ??
      complaintAboutDiagnostics(checked.diagnostics) ??
      complaintAboutGraphs(checked) ??
      complaintAboutFixes(checked.diagnostics) ??
      complaintAboutFormat(source)
    );
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function complaintAboutTime(time: number, { models, diagnostics }: CheckResult): string | undefined {
  const nOperations = models.reduce((sum, { graph }) => sum + (graph?.nodes.length ?? 0), 0);
  const reachesLimit = diagnostics.some(({ code }) => code === "DN0211");
  const most = MOST_TIME + TIME_OF_OPERATION * nOperations + (reachesLimit ? TIME_TO_LIMIT : 0);
  return time > most ? `it takes ${time.toFixed(0)} ms` : undefined;
}

/** Traces of values that were printed without a thought. */
const MEANINGLESS = /\bundefined\b|\bNaN\b|\[object |\bInfinity\b|function \(/;

function complaintAboutDiagnostics(diagnostics: readonly Diagnostic[]): string | undefined {
  for (const diagnostic of diagnostics) {
    const { code, message, label = "", labels = [], notes = [], help = [], fix } = diagnostic;
    if (code === "DN0999") return `internal error: ${message}`;
    for (const span of spansOf(diagnostic)) {
      const isInside = 0 <= span.start && span.start <= span.end && span.end <= span.file.text.length;
      if (!isInside) return `${code} has a span outside of its file: ${span.start}-${span.end}`;
    }
    const texts = [message, label, ...labels.map(({ text }) => text), ...notes, ...help, fix?.title ?? ""];
    const bad = texts.find((each) => MEANINGLESS.test(each.replaceAll(/`[^`]*`|"[^"]*"/g, "")));
    if (bad !== undefined) return `${code} says: ${bad}`;
  }
  for (const format of ["pretty", "plain"] as const)
    renderAll(diagnostics, { format, colors: NO_COLORS, width: 100 });
  return undefined;
}

function spansOf({ span, labels = [], fix, frame }: Diagnostic): readonly Span[] {
  const frames: Span[] = [];
  for (let at = frame; at !== undefined; at = at.parent) frames.push(at.definition, at.call ?? at.definition);
  const edits = fix?.edits ?? [];
  return [...(span ? [span] : []), ...[...labels, ...edits].map((each) => each.span), ...frames];
}

function complaintAboutGraphs({ models }: CheckResult): string | undefined {
  for (const { graph } of models) if (graph !== undefined) verifyGraph(graph);
  return undefined;
}

/** Fixes that apply by themselves, applied together, give a text that can be checked again. */
function complaintAboutFixes(diagnostics: readonly Diagnostic[]): string | undefined {
  for (const { file, text } of applyFixes(diagnostics, () => true)) {
    const { path } = file;
    for (const { code } of check({ path, text }, { load: loadFromRoot }).diagnostics)
      if (code === "DN0999") return "internal error after fixes";
  }
  return undefined;
}

function complaintAboutFormat(source: SourceFile): string | undefined {
  const { text, diagnostics } = format(source);
  if (text === undefined)
    return hasErrors(diagnostics) ? undefined : "there is no formatted text, and no reason for that";
  const again = format({ ...source, text });
  if (again.text !== text) return "formatting changes what was formatted";
  const [tree, formatted] = [source.text, text].map((each) => parse({ ...source, text: each }, silent));
  const bare = { edition: 1, comments: [] };
  return isSameTree({ ...tree, ...bare }, { ...formatted, ...bare })
    ? undefined
    : "formatting changes the tree";
}
