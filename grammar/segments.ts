/** How far a mistake reaches: up to the next separator nothing more is said, so that one mistake is one message. */
import type { IToken } from "chevrotain";
import * as t from "./tokens.ts";

/** Offsets of the first and the last token that a mistake concerns. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

export interface Spoilage {
  /** Whether a mistake that was told already reaches `offset`. */
  reaches(offset: number): boolean;
  /** A mistake was told; `beyond` when a comma or bar at its end separates nothing. */
  spoil(extent: Extent, options?: { readonly beyond?: boolean }): void;
}

/** Index of the first token that does not start before `offset`. */
export function indexAt(tokens: readonly IToken[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.startOffset ?? offset) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function trackSpoilage(tokens: readonly IToken[]): Spoilage {
  const ranges: Extent[] = [];
  const reaches = (offset: number): boolean =>
    ranges.some(({ start, end }) => start <= offset && offset <= end);
  return {
    reaches,
    spoil: ({ start, end }, { beyond = false } = {}) => {
      const at = indexAt(tokens, end);
      const type = tokens[at]?.tokenType;
      const index = beyond && (type === t.Comma || type === t.Bar) ? at + 1 : at;
      ranges.push({ start, end: segmentEnd(tokens, index) });
    },
  };
}

const OPENERS = new Set([t.OpenParen, t.OpenBracket]);
const CLOSERS = new Set([t.CloseParen, t.CloseBracket]);
const ENDS = new Set([t.Semi, t.Bar, t.Less, t.Greater, t.OpenBrace, t.CloseBrace]);

/** The end of the part at `index`: a comma is outside, as a mistake of its own; parentheses belong to the part. */
function segmentEnd(tokens: readonly IToken[], index: number): number {
  let depth = 0;
  for (let at = index; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    const type = token.tokenType;
    if (OPENERS.has(type)) depth += 1;
    else if (CLOSERS.has(type) && depth > 0) depth -= 1;
    else if (depth === 0 && type === t.Comma) return token.startOffset - 1;
    else if (depth === 0 && (ENDS.has(type) || CLOSERS.has(type))) return token.startOffset;
  }
  return Number.POSITIVE_INFINITY;
}
