/** Mistakes in loops, told of every repetition at once: `repetition i expects 64*i + 128, receives 64*i + 64`. */
import { type Diagnostic, outermost } from "../base/diagnostic.ts";
import { printRational } from "../base/rational.ts";
import { isSameSpan } from "../base/source.ts";
import { unknownsOf, valueWith } from "../ir/term.ts";
import { LANGUAGE, printTerm } from "../ir/term-print.ts";
import type { ModelDefinition } from "./module.ts";
import { type Mistake, startTrace, type Trace } from "./trace.ts";

/** `undefined` where it depends on no number of a repetition, or where no formula says how. */
export function recurrenceNote(
  { grounds, repetitions }: Mistake,
  { values, opaque }: Trace,
): string | undefined {
  const innermost = [...repetitions].at(-1);
  if (innermost === undefined) return undefined;
  const [name, value] = innermost;
  const pair = grounds?.pairs.find((sides) => sides.some((side) => unknownsOf(side).has(name)));
  if (
    pair === undefined ||
    pair.some((side) => [...unknownsOf(side).keys()].some((each) => opaque.has(each)))
  )
    return undefined;
  const [expected, received] = pair;
  const rule = `repetition ${name} expects ${printTerm(expected, LANGUAGE)}, receives ${printTerm(received, LANGUAGE)}`;
  const now = new Map([...values, [name, value]]);
  const [first, second] = pair.map((side) => valueWith(side, now));
  const isKnown = [...unknownsOf(expected).keys(), ...unknownsOf(received).keys()].every(
    (each) => each === name,
  );
  if (!isKnown || first === undefined || second === undefined) return rule;
  return `${rule} (first at ${name} = ${printRational(value)}: ${printRational(first)} against ${printRational(second)})`;
}

/** Mistakes, of which those that a model has in loops say what holds of every repetition; `expand` makes it once more. */
export function withRecurrences(
  found: readonly Diagnostic[],
  { ast: model }: ModelDefinition,
  expand: (trace: Trace) => void,
): readonly Diagnostic[] {
  const isOfLoop = ({ iterations, frame, severity }: Diagnostic): boolean =>
    iterations !== undefined &&
    severity === "error" &&
    isSameSpan(frame && outermost(frame).definition, model.name.span);
  if (!found.some(isOfLoop)) return found;
  const trace = startTrace(new Map(), { bounds: new Map(), rules: new Map(), hypotheses: new Map() });
  expand(trace);
  return found.map((diagnostic) => {
    const mistake = trace.mistakes.find(
      (each) => each.diagnostic.code === diagnostic.code && isSameSpan(each.diagnostic.span, diagnostic.span),
    );
    return mistake !== undefined && isOfLoop(diagnostic)
      ? withRecurrence(diagnostic, mistake, trace)
      : diagnostic;
  });
}

/** The same mistake, with what holds of every repetition. */
export function withRecurrence(diagnostic: Diagnostic, mistake: Mistake, trace: Trace): Diagnostic {
  const note = recurrenceNote(mistake, trace);
  return note === undefined ? diagnostic : { ...diagnostic, notes: [...(diagnostic.notes ?? []), note] };
}
