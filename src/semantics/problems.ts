/** Gathers what expansion finds, and tells a mistake once however many calls and repetitions meet it. */
import type { Diagnostic, Frame, Reporter } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";

export interface Problems extends Reporter {
  /** Passes everything on, each mistake with the repetitions that it was met in. */
  flush(reporter: Reporter): void;
}

/** For what follows from a mistake that was reported. */
export const silentProblems: Problems = { report: () => {}, flush: () => {} };

interface Found {
  readonly diagnostic: Diagnostic;
  readonly repetition: Frame | undefined;
  readonly failing: Set<number>;
}

export function gatherProblems(): Problems {
  const found = new Map<string, Found>();
  return {
    report(diagnostic) {
      const repetition = innermostRepetition(diagnostic.frame);
      const key = keyOf(diagnostic);
      const known = found.get(key) ?? { diagnostic, repetition, failing: new Set<number>() };
      found.set(key, known);
      const index = repetition?.iteration?.index;
      if (index !== undefined && repetition?.definition === known.repetition?.definition)
        known.failing.add(index);
    },
    flush(reporter) {
      for (const { diagnostic, repetition, failing } of found.values()) {
        const total = repetition?.iteration?.total;
        const [first] = failing;
        const iterations =
          total === undefined || first === undefined ? undefined : { first, failing: [...failing], total };
        reporter.report(iterations === undefined ? diagnostic : { ...diagnostic, iterations });
      }
      found.clear();
    },
  };
}

/** Same code, same place, same blame: the same mistake. */
function keyOf({ code, span, labels = [] }: Diagnostic): string {
  const places = [span, ...labels.map((label) => label.span)];
  return [code, ...places.map((place) => (place === undefined ? "" : printSpan(place)))].join(" ");
}

function printSpan({ file, start, end }: Span): string {
  return `${file.path}:${start}-${end}`;
}

function innermostRepetition(frame: Frame | undefined): Frame | undefined {
  for (let at = frame; at !== undefined; at = at.parent) if (at.kind === "repeat") return at;
  return undefined;
}
