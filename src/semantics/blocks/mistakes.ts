/** The mistakes of a block by itself: those that are there whatever its parameters and input are. */
import type { Diagnostic, Frame } from "../../base/diagnostic.ts";
import { hasFinitelyMany, solve } from "../../ir/size-set.ts";
import { constantValue, differenceOf, unknownsOf } from "../../ir/term.ts";
import { isNeverZero } from "../../ir/term-sign.ts";
import { dependsOnSymbol } from "../../ops/flatten.ts";
import { withRecurrence } from "../recurrence.ts";
import { inconclusive } from "../symbolic.ts";
import { unsatisfiable } from "../symbols.ts";
import type { Grounds, Trace } from "../trace.ts";
import { channelsName } from "../traced-block.ts";
import { explore } from "./explore.ts";
import { mistakeKey } from "./keys.ts";
import { candidatesOf } from "./parameters.ts";
import { RANKS, type Run, type Subject, type World } from "./world.ts";

export interface BlockMistakes {
  /** For all parameters and inputs, as far as the block does anything. */
  readonly always: readonly Diagnostic[];
  /** For some only: the parameters and channels of inputs that it depends on, by what is wrong where. */
  readonly sometimes: ReadonlyMap<string, readonly string[]>;
}

const NONE: BlockMistakes = { always: [], sometimes: new Map() };

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
  for (const { rank, settings } of kindsOfUse()) {
    // What fits images is not asked to fit under other settings.
    if (fits && settings.pad !== undefined) break;
    const isEnough = (runs: readonly Run[]): boolean =>
      runs.length >= MOST_RUNS || (!isAsked && runs.some(isGood));
    const { runs } = explore(subject, candidates, { rank, settings, scales: [1], isEnough });
    if (isAsked) for (const run of runs) noteCauses(run, subject, sometimes);
    const always = runs.some(isGood) ? [] : commonMistakes(runs);
    if (always.length === 0) {
      if (!isAsked) return NONE;
      fits = true;
    }
    if (least === undefined || always.length < least.length) least = always;
  }
  return { always: fits ? [] : (least ?? []), sometimes };
}

/** For images and others, under the defaults, and then under what else a model may set that changes sizes. */
function* kindsOfUse(): Generator<Required<Pick<World, "rank" | "settings">>> {
  for (const settings of [{}, { pad: "valid" }, { pad: "same" }] as const)
    for (const rank of RANKS) yield { rank, settings };
}

/** Doing nothing is no way to be right, and a loop is meant to be repeated. */
function isGood({ result, trace }: Run): boolean {
  return result !== undefined && trace.leastTurns > 1;
}

/** What is wrong in all runs, for a reason that does not depend on what they were made for; unless they never come to it. */
function commonMistakes(runs: readonly Run[]): readonly Diagnostic[] {
  const meant = runs.filter(({ isAdmissible, trace }) => isAdmissible && trace.leastTurns > 0);
  const [first, ...others] = meant.map(certainMistakes).filter((mistakes) => mistakes.size > 0);
  if (first === undefined) return [];
  return [...first].flatMap(([key, diagnostic]) =>
    others.every((other) => other.has(key)) ? [diagnostic] : [],
  );
}

function certainMistakes({ trace }: Run): ReadonlyMap<string, Diagnostic> {
  const certain = new Map<string, Diagnostic>();
  for (const mistake of trace.mistakes) {
    const key = mistakeKey(mistake.diagnostic);
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
  for (const { diagnostic, grounds } of trace.mistakes) note(mistakeKey(diagnostic), grounds);
  for (const { span, condition, grounds } of symbols.demands) {
    const set = solve([condition]);
    if (set !== undefined && hasFinitelyMany(set))
      note(mistakeKey({ code: unsatisfiable.code, span }), grounds);
  }
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
