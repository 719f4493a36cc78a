/** What is told below the source, in words: how the mistake came about, and how to mend it. */
import type { Diagnostic, Elsewhere, Frame, Iterations } from "../../base/diagnostic.ts";
import { placeOf } from "../../base/source.ts";

/** A fact that is a list: `items` may be laid out over several lines, at ` > ` only. */
export interface Trail {
  readonly lead: string;
  readonly items: readonly string[];
}

/** Longer lists are shown by their first and their last four entries. */
const ENDS = 4;
/** A call with more bindings than this is shown with the first of them. */
const MAX_BINDINGS = 4;

/** Outermost first. */
export function framesOf({ frame }: Pick<Diagnostic, "frame">): readonly Frame[] {
  const frames: Frame[] = [];
  for (let at = frame; at !== undefined; at = at.parent) frames.unshift(at);
  return frames;
}

/** What is told between the snippets and the notes, in this order. */
export function trailsOf(diagnostic: Diagnostic): readonly Trail[] {
  const trails: Trail[] = [];
  const { iterations, elsewhere, sizes = [] } = diagnostic;
  if (iterations !== undefined) trails.push({ lead: iterationWords(iterations), items: [] });
  const frames = framesOf(diagnostic);
  if (frames.length > 0) trails.push(expansion(frames));
  if (elsewhere !== undefined) trails.push(...otherPlaces(elsewhere, callPlace(frames)));
  if (sizes.length > 0) trails.push({ lead: "sizes: ", items: elide(sizes) });
  return trails;
}

function iterationWords({ first, failing, unchecked = [], total }: Iterations): string {
  const others = failing.filter((iteration) => iteration !== first);
  const notes = [
    ...(others.length === 0 ? [] : [`the same in ${ranges(others)}`]),
    ...(unchecked.length === 0 ? [] : [`${ranges(unchecked)} not checked: they depend on this one`]),
  ];
  return `in iteration ${first} of ${total}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
}

/** `2-6, 9`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs[runs.length - 1];
    if (last !== undefined && number <= last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}

function expansion(frames: readonly Frame[]): Trail {
  const [first] = frames;
  const isAlone =
    frames.length === 1 && first !== undefined && first.kind !== "call" && first.kind !== "repeat";
  const lead = isAlone ? `in ${first.kind} ` : "expanded from ";
  return { lead, items: frameTrail(frames, callPlace(frames)) };
}

/** The frames, and what stands behind the last of them. */
function frameTrail(frames: readonly Frame[], tail: string): readonly string[] {
  const items = elide(frames.map(frameWords));
  return [...items.slice(0, -1), `${items[items.length - 1]}${tail}`];
}

/** Where the innermost call is. */
function callPlace(frames: readonly Frame[]): string {
  const call = frames.findLast((frame) => frame.call !== undefined)?.call;
  return call === undefined ? "" : ` at ${placeOf(call)}`;
}

/** With other numbers one by one, then how many more there are. */
function otherPlaces({ occurrences, total }: Elsewhere, known: string): readonly Trail[] {
  const rest = total - occurrences.length;
  const lead = "the same in ";
  const places = rest === 1 ? "place" : "places";
  return [
    ...occurrences.map((each) => {
      const frames = framesOf(each);
      const place = callPlace(frames);
      return { lead, items: frameTrail(frames, `${place === known ? "" : place}: ${each.message}`) };
    }),
    ...(rest === 0
      ? []
      : [{ lead: `${lead}${rest} ${occurrences.length === 0 ? "other" : "more"} ${places}`, items: [] }]),
  ];
}

/** `dense(k=32, n=6)`, `for[2](c=32)`. */
export function frameWords({ name, bindings, iteration }: Frame): string {
  const repetition = iteration === undefined ? "" : `[${iteration.index}]`;
  if (bindings.length === 0) return name + repetition;
  const more = bindings.length > MAX_BINDINGS ? ["..."] : [];
  return `${name}${repetition}(${[...bindings.slice(0, MAX_BINDINGS), ...more].join(", ")})`;
}

function elide(items: readonly string[]): readonly string[] {
  if (items.length <= 2 * ENDS + 1) return items;
  return [...items.slice(0, ENDS), `... ${items.length - 2 * ENDS} more ...`, ...items.slice(-ENDS)];
}

/** The words of `help`, then what the fix does unless they said so already. */
export function helpOf({ help = [], fix }: Diagnostic): readonly string[] {
  if (fix === undefined) return help;
  return [...help.filter((text) => text !== fix.title), `${fix.title} (${fix.applicability})`];
}
