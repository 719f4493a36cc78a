/** Gathers what expansion finds, and tells a mistake once however many calls and repetitions meet it. */
import { type Diagnostic, type Frame, type Reporter, TooManyProblems } from "../base/diagnostic.ts";
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

/** `most`: with more mistakes than that, the work ends with `TooManyProblems`. */
export function gatherProblems(most: number): Problems {
  const found = new Map<string, Found>();
  const foundAt = new Map<string, Found[]>();
  return {
    report(diagnostic) {
      const repetition = innermostRepetition(diagnostic.frame);
      const key = keyOf(diagnostic);
      let known = found.get(key);
      if (known === undefined) {
        if (found.size === most) throw new TooManyProblems();
        known = { diagnostic, repetition, failing: new Set(), unchecked: new Set() };
        found.set(key, known);
        const place = placeOf(diagnostic.code, diagnostic.span);
        foundAt.set(place, [...(foundAt.get(place) ?? []), known]);
      }
      const index = indexIn(repetition, known);
      if (index !== undefined) known.failing.add(index);
    },
    skip(code, span, frame) {
      const repetition = innermostRepetition(frame);
      for (const known of foundAt.get(placeOf(code, span)) ?? []) {
        const index = indexIn(repetition, known);
        if (index !== undefined) known.unchecked.add(index);
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
      foundAt.clear();
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
  return [placeOf(code, span), ...labels.map((label) => printSpan(label.span))].join(" ");
}

function placeOf(code: string, span: Span | undefined): string {
  return `${code} ${span === undefined ? "" : printSpan(span)}`;
}

function printSpan({ file, start, end }: Span): string {
  return `${file.path}:${start}-${end}`;
}

function innermostRepetition(frame: Frame | undefined): Frame | undefined {
  for (let at = frame; at !== undefined; at = at.parent) if (at.kind === "repeat") return at;
  return undefined;
}
