/** Help for limits that are broken: the smallest changes after which they hold. */
import { type Change, type CheckedGraph, type Diagnostic, type Outcome, smallestChanges } from "../index.ts";
import type { FlagValues } from "./command.ts";
import { BUDGET, listOf, type Target, type TargetResult } from "./target.ts";

export interface Broken {
  readonly diagnostic: Diagnostic;
  readonly isTooSmall: boolean;
  /** Whether the limit holds of a graph, and what the limited quantity is then. */
  holds(result: TargetResult & { readonly graph: CheckedGraph }): Pick<Outcome, "holds" | "amount">;
}

/** A promise of the spec: it holds where it is not told any more. */
export function brokenPromise(diagnostic: Diagnostic): Broken {
  return {
    diagnostic,
    isTooSmall: relationOf(diagnostic).includes(">"),
    holds: ({ diagnostics }) => ({
      holds: !diagnostics.some((each) => each.code === BUDGET && relationOf(each) === relationOf(diagnostic)),
    }),
  };
}

/** Before the numbers, which are others after a change. */
function relationOf({ message }: Diagnostic): string {
  return message.slice(0, message.indexOf("`, and "));
}

/** Of more broken limits nobody reads what would help each. */
const MOST_HELPED = 4;

/** The diagnostics, with the changes that would pass as help. */
export function withRemedies(
  broken: readonly Broken[],
  target: Target,
  flags: FlagValues,
  before: TargetResult,
): readonly Diagnostic[] {
  const { graph } = before;
  if (graph === undefined) return broken.map(({ diagnostic }) => diagnostic);
  const known = new Map<string, TargetResult>();
  const changedBy = (change: Change): TargetResult => {
    const key = JSON.stringify(change);
    const result = known.get(key) ?? target.elaborate(withChange(flags, change), change.text);
    known.set(key, result);
    return result;
  };
  const told = tellings(before);
  return broken.map(({ diagnostic, isTooSmall, holds }, at) => {
    if (at >= MOST_HELPED) return diagnostic;
    const attempt = (change: Change): Outcome | undefined => {
      const result = changedBy(change);
      if (result.graph === undefined) return undefined;
      const isClean = tellings(result) <= told;
      return { graph: result.graph, isClean, ...holds({ ...result, graph: result.graph }) };
    };
    const help = smallestChanges({ graph, file: target.source, isTooSmall }, attempt);
    return help.length === 0 ? diagnostic : { ...diagnostic, help: [...(diagnostic.help ?? []), ...help] };
  });
}

function withChange(flags: FlagValues, { set, input }: Change): FlagValues {
  return {
    ...flags,
    ...(set !== undefined && { set: [...listOf(flags["set"]), set] }),
    ...(input !== undefined && { input: [...listOf(flags["input"]), input] }),
  };
}

/** How much there is to be told beside promises. */
function tellings({ diagnostics }: TargetResult): number {
  return diagnostics.filter(({ code }) => code !== BUDGET).length;
}
