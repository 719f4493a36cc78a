/** The mistakes of a block by itself: those that are there whatever its parameters and input are. */
import type { Diagnostic, Frame } from "../../base/diagnostic.ts";
import type { Span } from "../../base/source.ts";
import { hasFinitelyMany, solve } from "../../ir/size-set.ts";
import { constantValue, differenceOf, unknownsOf } from "../../ir/term.ts";
import { isNeverZero } from "../../ir/term-sign.ts";
import { concatMismatch } from "../../ops/concat.ts";
import { shapesDiffer } from "../../ops/elementwise.ts";
import { dependsOnSymbol } from "../../ops/flatten.ts";
import { withRecurrence } from "../recurrence.ts";
import { inconclusive } from "../symbolic.ts";
import { unsatisfiable } from "../symbols.ts";
import type { Grounds, Trace } from "../trace.ts";
import { channelsName } from "../traced-block.ts";
import { explore } from "./explore.ts";
import { candidatesOf } from "./parameters.ts";
import type { Run, Subject } from "./world.ts";

export interface BlockMistakes {
  /** For all parameters and inputs, as far as the block does anything. */
  readonly always: readonly Diagnostic[];
  /** For some only: the parameters and channels of inputs that it depends on, by what is wrong where. */
  readonly sometimes: ReadonlyMap<string, readonly string[]>;
}

const NONE: BlockMistakes = { always: [], sometimes: new Map() };

/** Images first, as most networks are of them. */
const RANKS = [2, 1, 3, 0];

/** More expansions tell no more of a block that always fails. */
const MOST_RUNS = 12;

/** `isAsked`: whether it is known that the block fails somewhere; otherwise one expansion that fits is enough. */
export function mistakesOf(subject: Subject, isAsked: boolean): BlockMistakes {
  if (subject.effort.left <= 0) return NONE;
  const candidates = candidatesOf(subject);
  if (candidates.some(({ values }) => values.length === 0)) return NONE;
  const { inputs = [] } = subject.definition.ast;
  // Which sizes several inputs have is for the caller to say.
  if (inputs.length > 1) return NONE;
  let least: readonly Diagnostic[] | undefined;
  let fits = false;
  const sometimes = new Map<string, readonly string[]>();
  for (const rank of RANKS) {
    const isEnough = (runs: readonly Run[]): boolean =>
      runs.length >= MOST_RUNS || (!isAsked && runs.some(isGood));
    const { runs } = explore(subject, candidates, { rank, scales: [1] }, isEnough);
    if (isAsked) for (const run of runs) noteCauses(run, subject, sometimes);
    if (runs.some(isGood)) {
      if (!isAsked) return NONE;
      fits = true;
      continue;
    }
    const always = commonMistakes(runs);
    if (always.length === 0) fits = true;
    if (least === undefined || always.length < least.length) least = always;
  }
  return { always: fits ? [] : (least ?? []), sometimes };
}

/** Doing nothing is no way to be right. */
function isGood({ result, trace }: Run): boolean {
  return result !== undefined && !trace.isIdle;
}

/** What is wrong in all runs, for a reason that does not depend on what they were made for. */
function commonMistakes(runs: readonly Run[]): readonly Diagnostic[] {
  const meant = runs.filter(({ isAdmissible, trace }) => isAdmissible && !trace.isIdle);
  const [first, ...others] = meant.map((run) => certainMistakes(run));
  if (first === undefined) return [];
  return [...first].flatMap(([key, diagnostic]) =>
    others.every((other) => other.has(key)) ? [diagnostic] : [],
  );
}

function certainMistakes({ trace }: Run): ReadonlyMap<string, Diagnostic> {
  const certain = new Map<string, Diagnostic>();
  for (const mistake of trace.mistakes) {
    const key = keyOf(mistake.diagnostic);
    if (key === undefined || certain.has(key) || !isCertain(mistake, trace)) continue;
    certain.set(key, ofBlock(withRecurrence(mistake.diagnostic, mistake, trace)));
  }
  return certain;
}

function isCertain({ diagnostic, grounds }: Trace["mistakes"][number], { bounds }: Trace): boolean {
  // That sizes are free here says nothing of where the block is called.
  if (diagnostic.code === dependsOnSymbol.code || diagnostic.code === inconclusive.code) return false;
  if (diagnostic.severity !== "error" || grounds === undefined) return false;
  return (
    grounds.values.every((term) => constantValue(term) !== undefined) ||
    grounds.pairs.some(([a, b]) => isNeverZero(differenceOf(a, b), bounds))
  );
}

/** The unknowns that a mistake rests on; first those that should make two formulas equal. */
function noteCauses(
  { trace, symbols }: Run,
  { definition }: Subject,
  causes: Map<string, readonly string[]>,
): void {
  const named = new Set([
    ...definition.ast.parameters.map(({ name }) => name.text),
    channelsName(definition, 0),
  ]);
  const note = (key: string | undefined, grounds: Grounds | undefined): void => {
    if (key === undefined || grounds === undefined) return;
    const apart = grounds.pairs.map(([a, b]) => differenceOf(a, b));
    const names = [...apart, ...grounds.values].flatMap((term) => [...unknownsOf(term).keys()]);
    const known = causes.get(key) ?? [];
    causes.set(key, [...new Set([...known, ...names.filter((name) => named.has(name))])]);
  };
  for (const { diagnostic, grounds } of trace.mistakes) note(keyOf(diagnostic), grounds);
  for (const { span, condition, grounds } of symbols.demands) {
    const set = solve([condition]);
    if (set !== undefined && hasFinitelyMany(set)) note(keyOf({ code: unsatisfiable.code, span }), grounds);
  }
}

/** What is wrong where: with free sizes, that operands differ is told of what their sizes would have to be. */
export function keyOf({ code, span, axis }: Pick<Diagnostic, "code" | "span" | "axis">): string | undefined {
  const isJoin = code === concatMismatch.code || code === shapesDiffer.code;
  const kind = !isJoin ? code : axis === 0 ? "channels" : axis === "rank" ? "axes" : unsatisfiable.code;
  return span && `${kind} ${placeOf(span)}`;
}

/** The mistake as one of the block: the numbers of one expansion are left out. */
function ofBlock(diagnostic: Diagnostic): Diagnostic {
  const { frame, iterations: _, ...rest } = diagnostic;
  return { ...rest, ...(frame && { frame: withoutNumbers(frame) }) };
}

function withoutNumbers(frame: Frame): Frame {
  const { parent } = frame;
  if (parent === undefined) return frame;
  // The call by which the block itself is entered, and repetitions, which are all alike.
  if (parent.kind === "block" || frame.kind === "repeat") return withoutNumbers(parent);
  return { ...frame, parent: withoutNumbers(parent) };
}

/** A place of the text, as a key. */
export function placeOf({ file, start, end }: Span): string {
  return `${file.path}:${start}-${end}`;
}
