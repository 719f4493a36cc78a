/** Diagnostics as JSON: the objects of `dnc check --json`, of JSON lines and of editors. */
import type { Applicability, Diagnostic, Frame, Iterations, Severity } from "../../base/diagnostic.ts";
import { type SpanJson, spanToJson } from "../../base/source.ts";
import { framesOf } from "./trail.ts";

interface FrameJson {
  readonly kind: Frame["kind"];
  readonly name: string;
  readonly definition: SpanJson;
  readonly call?: SpanJson;
  readonly bindings: readonly string[];
  readonly iteration?: NonNullable<Frame["iteration"]>;
}

export interface DiagnosticJson {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span?: SpanJson;
  readonly label?: string;
  readonly labels: readonly { readonly span: SpanJson; readonly text: string }[];
  readonly notes: readonly string[];
  readonly help: readonly string[];
  readonly fix?: {
    readonly title: string;
    readonly applicability: Applicability;
    readonly edits: readonly { readonly span: SpanJson; readonly text: string }[];
  };
  /** Outermost first. */
  readonly frames: readonly FrameJson[];
  readonly iterations?: Iterations;
  readonly elsewhere?: {
    readonly occurrences: readonly { readonly message: string; readonly frames: readonly FrameJson[] }[];
    readonly total: number;
  };
  readonly sizes: readonly string[];
}

export function diagnosticToJson(diagnostic: Diagnostic): DiagnosticJson {
  const { code, severity, message, span, label, labels, notes, help, fix, iterations, elsewhere, sizes } =
    diagnostic;
  return {
    code,
    severity,
    message,
    ...(span && { span: spanToJson(span) }),
    ...(label !== undefined && { label }),
    labels: (labels ?? []).map((each) => ({ span: spanToJson(each.span), text: each.text })),
    notes: notes ?? [],
    help: help ?? [],
    ...(fix && {
      fix: {
        title: fix.title,
        applicability: fix.applicability,
        edits: fix.edits.map((edit) => ({ span: spanToJson(edit.span), text: edit.text })),
      },
    }),
    frames: framesOf(diagnostic).map(frameToJson),
    ...(iterations && { iterations }),
    ...(elsewhere && {
      elsewhere: {
        occurrences: elsewhere.occurrences.map((each) => ({
          message: each.message,
          frames: framesOf(each).map(frameToJson),
        })),
        total: elsewhere.total,
      },
    }),
    sizes: sizes ?? [],
  };
}

/** One JSON object a line, each with its schema. */
export function renderJsonLines(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map((each) => `${JSON.stringify({ schema: "dnc/diagnostic-1", ...diagnosticToJson(each) })}\n`)
    .join("");
}

function frameToJson({ kind, name, definition, call, bindings, iteration }: Frame): FrameJson {
  return {
    kind,
    name,
    definition: spanToJson(definition),
    ...(call && { call: spanToJson(call) }),
    bindings,
    ...(iteration && { iteration }),
  };
}
