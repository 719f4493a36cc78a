/** The free sizes of a model during expansion: where they are declared, what `where` allows, what stages demand. */
import type { Frame, Label } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import type { Condition } from "../ir/size.ts";
import { ALL_SIZES, isEmpty, memberOf, type SizeSet, smallestOutside, solve } from "../ir/size-set.ts";
import type { Value } from "../ops/op.ts";

/** Something that a stage or type needs of a symbol. */
export interface Demand {
  readonly condition: Condition;
  /** `ceil(H/2) = H`. */
  readonly statement: string;
  readonly frame: Frame;
  readonly span: Span;
  readonly labels: readonly Label[];
  /** Whose sizes are shown. */
  readonly value: Value;
}

export interface Symbols {
  /** Where each is declared; merged ones under the first name. */
  readonly places: Map<string, Span>;
  readonly where: Map<string, Condition[]>;
  readonly demands: Demand[];
}

export function noSymbols(): Symbols {
  return { places: new Map(), where: new Map(), demands: [] };
}

/** What is known of one symbol at the end. */
export interface SymbolConstraint {
  readonly symbol: string;
  /** The sizes for which the model is well-formed, among those that `where` allows. */
  readonly valid: SizeSet;
  /** Those of them for which no row of a value is read by nobody. */
  readonly lossless: SizeSet;
}

/** What the `where` allows; everything without one. */
export function allowedSizes(symbols: Symbols, symbol: string): SizeSet {
  return solve(symbols.where.get(symbol) ?? []) ?? ALL_SIZES;
}

/** Whether a condition holds for all values that `where` allows, or for none; `undefined` where that depends. */
export function decided(symbols: Symbols, condition: Condition): boolean | undefined {
  const { symbol } = condition;
  const allowed = allowedSizes(symbols, symbol);
  const meets = solve([condition, memberOf(symbol, allowed)]);
  if (meets === undefined) return undefined;
  if (smallestOutside(symbol, allowed, meets) === undefined) return true;
  return isEmpty(meets) ? false : undefined;
}
