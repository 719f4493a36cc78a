/** Gathers what expansion finds, and tells a mistake once however many calls and repetitions meet it. */
import type { Diagnostic, Frame, Reporter } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";

export interface Problems extends Reporter {
  /** A check that rests on a mistake told before: in a later repetition, perhaps the same one. */
  skip(code: string, span: Span, frame: Frame): void;
  /** Passes everything on, each mistake with the repetitions that it was met in. */
  flush(reporter: Reporter): void;
}

/** For what follows from a mistake that was reported. */
export const silentProblems: Problems = { report: () => {}, skip: () => {}, flush: () => {} };

interface Found {
  readonly diagnostic: Diagnostic;
  readonly repetition: Frame | undefined;
  readonly failing: Set<number>;
  readonly unchecked: Set<number>;
}

export function gatherProblems(): Problems {
  const found = new Map<string, Found>();
  return {
    report(diagnostic) {
      const repetition = innermostRepetition(diagnostic.frame);
      const key = keyOf(diagnostic);
      const known: Found = found.get(key) ?? {
        diagnostic,
        repetition,
        failing: new Set(),
        unchecked: new Set(),
      };
      found.set(key, known);
      const index = indexIn(repetition, known);
      if (index !== undefined) known.failing.add(index);
    },
    skip(code, span, frame) {
      const repetition = innermostRepetition(frame);
      for (const known of found.values()) {
        const index = indexIn(repetition, known);
        if (index !== undefined && known.diagnostic.code === code && isSame(known.diagnostic.span, span))
          known.unchecked.add(index);
      }
    },
    flush(reporter) {
      for (const { diagnostic, repetition, failing, unchecked } of found.values()) {
        const total = repetition?.iteration?.total;
        const [first] = failing;
        const iterations =
          total === undefined || first === undefined
            ? undefined
            : { first, failing: [...failing], unchecked: [...unchecked], total };
        reporter.report(iterations === undefined ? diagnostic : { ...diagnostic, iterations });
      }
      found.clear();
    },
  };
}

/** Which repetition of the loop of an earlier mistake this is. */
function indexIn(repetition: Frame | undefined, known: Found): number | undefined {
  return isSame(repetition?.definition, known.repetition?.definition)
    ? repetition?.iteration?.index
    : undefined;
}

function isSame(a: Span | undefined, b: Span | undefined): boolean {
  return a?.file === b?.file && a?.start === b?.start && a?.end === b?.end;
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
