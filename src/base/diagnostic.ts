/** Diagnostics as data: what is wrong, where, why and how to mend it. Renderers turn them into text, JSON or SARIF. */
import type { Span } from "./source.ts";

export type Severity = "error" | "warning" | "hint";

/** A secondary place, with a few words that make sense when read alone. */
export interface Label {
  readonly span: Span;
  readonly text: string;
}

/** Replace the text of `span` (empty: insert) by `text`. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

export type Applicability = "machine-applicable" | "maybe-incorrect" | "has-placeholders";

export interface Fix {
  readonly title: string;
  readonly applicability: Applicability;
  readonly edits: readonly Edit[];
}

/**
 * One step of the expansion that led to a node: the model, a call of a block, or one repetition of a loop; or a block
 * that is checked by itself.
 */
export interface Frame {
  readonly kind: "model" | "block" | "call" | "repeat";
  /** The model, block or loop variable as the user reads it. */
  readonly name: string;
  readonly definition: Span;
  /** Where it was called; absent for a model, and for a block by itself. */
  readonly call?: Span;
  /** The arguments of the call, by parameter. */
  readonly given?: ReadonlyMap<string, { readonly span: Span }>;
  /** Parameters and their values, printed: `k=32`. */
  readonly bindings: readonly string[];
  /** One-based number of the repetition, and how many there are. */
  readonly iteration?: { readonly index: number; readonly total: number };
  readonly parent?: Frame;
}

/** The frame of the model. */
export function outermost(frame: Frame): Frame {
  return frame.parent === undefined ? frame : outermost(frame.parent);
}

/** For a mistake met in several repetitions and told once: all numbers are one-based. */
export interface Iterations {
  readonly first: number;
  readonly failing: readonly number[];
  /** Those that could not be checked, because they go on from one that failed. */
  readonly unchecked?: readonly number[];
  readonly total: number;
}

/** A mistake met in another call, or in another run of a loop: with other numbers, as its message says. */
export interface Occurrence {
  readonly message: string;
  readonly frame?: Frame;
}

/** The other calls and runs of loops that met a mistake told once. */
export interface Elsewhere {
  /** Some of those that met it with other numbers. */
  readonly occurrences: readonly Occurrence[];
  readonly total: number;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  /** Lowercase, no full stop, says what is wrong and can stand alone. */
  readonly message: string;
  /** Absent only for the environment (a missing file, no native library). */
  readonly span?: Span;
  /** A few words under the primary span. */
  readonly label?: string;
  readonly labels?: readonly Label[];
  /** Facts. */
  readonly notes?: readonly string[];
  /** How to mend it. */
  readonly help?: readonly string[];
  readonly fix?: Fix;
  /** The innermost frame of the expansion. */
  readonly frame?: Frame;
  readonly iterations?: Iterations;
  readonly elsewhere?: Elsewhere;
  /** The axis that it is about: 0 for the channels, then the sizes. */
  readonly axis?: number | "rank";
  /** How the sizes came about, one printed step an entry: `conv 7x7 s2 [64 @ 112x112]`. */
  readonly sizes?: readonly string[];
}

/** Everything of a diagnostic that is not fixed by its kind. */
export type DiagnosticDetails = Omit<Diagnostic, "code" | "severity" | "message">;

/** A page of `dnc explain`. */
export interface Explanation {
  /** Two words, kebab-case: `concat-mismatch`. */
  readonly title: string;
  /** Markdown: what it means and why it is so. */
  readonly text: string;
  /** A whole file that triggers exactly this code. */
  readonly wrong?: string;
  /** The same file, corrected. */
  readonly right?: string;
}

export interface DiagnosticKind<Args extends readonly unknown[] = readonly never[]> {
  readonly code: string;
  readonly severity: Severity;
  readonly explanation: Explanation;
  /** A diagnostic of this kind. */
  at(details: DiagnosticDetails, ...args: Args): Diagnostic;
}

export interface DiagnosticDefinition<Args extends readonly unknown[]> {
  readonly code: string;
  readonly severity?: Severity;
  readonly message: (...args: Args) => string;
  readonly explain: Explanation;
}

/** Stands next to the code that reports it; `src/diagnostics.ts` lists all kinds. */
export function defineDiagnostic<Args extends readonly unknown[]>(
  definition: DiagnosticDefinition<Args>,
): DiagnosticKind<Args> {
  const { code, severity = "error", message, explain } = definition;
  return {
    code,
    severity,
    explanation: explain,
    at: (details, ...args) => ({ code, severity, message: message(...args), ...details }),
  };
}

/** Where diagnostics go. Whoever gets `undefined` from a function that takes a reporter knows: already reported. */
export interface Reporter {
  report(diagnostic: Diagnostic): void;
}

export interface Collector extends Reporter {
  readonly diagnostics: readonly Diagnostic[];
}

export function collectDiagnostics(): Collector {
  const diagnostics: Diagnostic[] = [];
  return { diagnostics, report: (diagnostic) => diagnostics.push(diagnostic) };
}

/** Ends what reports more than anybody reads; whoever began it catches it. */
export class TooManyProblems extends Error {
  override readonly name = "TooManyProblems";
}

/** Takes so many and no more: the last one says that there are others, which ends the work with `TooManyProblems`. */
export function collectAtMost(most: number): Collector {
  const diagnostics: Diagnostic[] = [];
  return {
    diagnostics,
    report(diagnostic) {
      const last = diagnostics.at(-1);
      if (diagnostics.length < most || last === undefined) {
        diagnostics.push(diagnostic);
        return;
      }
      diagnostics[most - 1] = { ...last, notes: [...(last.notes ?? []), "there is more, which is not told"] };
      throw new TooManyProblems();
    },
  };
}

/** For a trial whose failure is nobody's mistake. */
export const silent: Reporter = { report: () => {} };

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}
