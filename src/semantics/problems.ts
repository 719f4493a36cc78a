/** Gathers what expansion finds, and tells a mistake once however many calls and repetitions meet it. */
import {
  type Diagnostic,
  type Frame,
  type Occurrence,
  type Reporter,
  TooManyProblems,
} from "../base/diagnostic.ts";
import { isSameSpan, type Span, spanKey } from "../base/source.ts";

export interface Problems extends Reporter {
  /** A check that rests on a mistake told before: in a later repetition, perhaps the same one. */
  skip(code: string, span: Span, frame: Frame): void;
  /** Passes everything on, each mistake with the repetitions that it was met in. */
  flush(reporter: Reporter): void;
}

/** For what follows from a mistake that was reported. */
export const silentProblems: Problems = { report: () => {}, skip: () => {}, flush: () => {} };

/** A mistake that is told once. */
interface Found {
  readonly diagnostic: Diagnostic;
  readonly repetition: Frame | undefined;
  readonly failing: Set<number>;
  readonly unchecked: Set<number>;
  /** The calls and runs of loops that met it, each by the frame around its repetitions. */
  readonly runs: Set<Frame | undefined>;
  /** Those that met it with other numbers, by what they say. */
  readonly others: Map<string, Occurrence>;
}

/** So many occurrences with other numbers are told. */
const MOST_OTHERS = 3;

/** `most`: with more mistakes than that, the work ends with `TooManyProblems`. */
export function gatherProblems(most: number): Problems {
  const all: Found[] = [];
  const foundBy = new Map<string, Found>();
  const foundAt = new Map<string, Found[]>();
  return {
    report(diagnostic) {
      const keys = keysOf(diagnostic);
      let known = keys.map((key) => foundBy.get(key)).find((each) => each !== undefined);
      if (known === undefined) {
        if (all.length === most) throw new TooManyProblems();
        known = begin(diagnostic);
        all.push(known);
        const place = placeOf(diagnostic.code, diagnostic.span);
        foundAt.set(place, [...(foundAt.get(place) ?? []), known]);
      }
      for (const key of keys) if (!foundBy.has(key)) foundBy.set(key, known);
      meet(known, diagnostic);
    },
    skip(code, span, frame) {
      const repetition = innermostRepetition(frame);
      for (const known of foundAt.get(placeOf(code, span)) ?? []) {
        const index = indexIn(repetition, known);
        if (index !== undefined) known.unchecked.add(index);
      }
    },
    flush(reporter) {
      for (const each of all) reporter.report(gathered(each));
      all.length = 0;
      foundBy.clear();
      foundAt.clear();
    },
  };
}

function begin(diagnostic: Diagnostic): Found {
  const repetition = innermostRepetition(diagnostic.frame);
  return {
    diagnostic,
    repetition,
    failing: new Set(),
    unchecked: new Set(),
    runs: new Set([runOf(diagnostic.frame)]),
    others: new Map(),
  };
}

function meet(known: Found, { message, frame }: Diagnostic): void {
  const index = indexIn(innermostRepetition(frame), known);
  if (index !== undefined) known.failing.add(index);
  const run = runOf(frame);
  if (known.runs.has(run)) return;
  known.runs.add(run);
  const { others, diagnostic } = known;
  if (message !== diagnostic.message && !others.has(message) && others.size < MOST_OTHERS)
    others.set(message, { message, ...(frame && { frame }) });
}

function gathered({ diagnostic, repetition, failing, unchecked, runs, others }: Found): Diagnostic {
  const total = repetition?.iteration?.total;
  const [first] = failing;
  return {
    ...diagnostic,
    ...(total !== undefined &&
      first !== undefined && {
        iterations: { first, failing: [...failing], unchecked: [...unchecked], total },
      }),
    ...(runs.size > 1 && { elsewhere: { occurrences: [...others.values()], total: runs.size - 1 } }),
  };
}

/** Which repetition of the same run of a loop this is. */
function indexIn(repetition: Frame | undefined, known: Found): number | undefined {
  const isSameRun =
    repetition?.parent === known.repetition?.parent &&
    isSameSpan(repetition?.definition, known.repetition?.definition);
  return isSameRun ? repetition?.iteration?.index : undefined;
}

/** Same code and place, and the same blame or the same words, whatever the numbers: the same mistake. */
function keysOf({ code, span, labels = [], message }: Diagnostic): readonly [string, string] {
  const place = placeOf(code, span);
  return [
    [place, ...labels.map((label) => spanKey(label.span))].join(" "),
    `${place}: ${message.replace(/\d+/g, "#")}`,
  ];
}

function placeOf(code: string, span: Span | undefined): string {
  return `${code} ${span === undefined ? "" : spanKey(span)}`;
}

function innermostRepetition(frame: Frame | undefined): Frame | undefined {
  for (let at = frame; at !== undefined; at = at.parent) if (at.kind === "repeat") return at;
  return undefined;
}

/** What repetitions of one run of a loop have in common; a call outside of loops is a run of its own. */
function runOf(frame: Frame | undefined): Frame | undefined {
  const repetition = innermostRepetition(frame);
  return repetition === undefined ? frame : repetition.parent;
}
