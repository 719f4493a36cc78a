/** Spans of one text, of which any two lie apart or one within the other. */
import { countBelow } from "./integers.ts";

interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Gives those that hold an extent, the innermost first. */
export function nestedSpans<T extends Extent>(spans: readonly T[]): (extent: Extent) => readonly T[] {
  const ordered = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const parents: number[] = [];
  for (const [index, { end }] of ordered.entries()) {
    let parent = index - 1;
    while ((ordered[parent]?.end ?? end) < end) parent = parents[parent] ?? -1;
    parents.push(parent);
  }
  return ({ start, end }) => {
    const holding: T[] = [];
    for (let at = countStartingBelow(ordered, start + 1) - 1; at >= 0; at = parents[at] ?? -1) {
      const span = ordered[at];
      if (span !== undefined && span.end >= end) holding.push(span);
    }
    return holding;
  };
}

/** How many of some spans, which are ordered by where they start, start below an offset. */
export function countStartingBelow(spans: readonly Extent[], offset: number): number {
  return countBelow(spans, offset, ({ start }) => start);
}
