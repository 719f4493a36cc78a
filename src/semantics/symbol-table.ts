/** The free sizes of a model during expansion: where they are declared, what `where` allows, what stages demand. */
import type { Frame, Label } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import type { Condition } from "../ir/size.ts";
import { ALL_SIZES, isEmpty, narrowed, narrowedBy, type SizeSet, smallestOutside } from "../ir/size-set.ts";
import type { Value } from "../ops/op.ts";
import type { Grounds } from "./trace.ts";

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
  /** What it rests on, where that is remembered. */
  readonly grounds?: Grounds | undefined;
}

export interface Symbols {
  /** Where each is declared; merged ones under the first name. */
  readonly places: Map<string, Span>;
  /** What the `where` allows, by the symbols that it names; `undefined` when that is beyond what can be looked at. */
  readonly allowed: Map<string, SizeSet | undefined>;
  readonly demands: Demand[];
  /** The largest demand that the symbol is at least so much. */
  readonly least: Map<string, number>;
}

export function noSymbols(): Symbols {
  return { places: new Map(), allowed: new Map(), demands: [], least: new Map() };
}

/** Adds what `where` says of a symbol. */
export function allow(symbols: Symbols, condition: Condition): void {
  const { symbol } = condition;
  const before = allowedSizes(symbols, symbol);
  symbols.allowed.set(symbol, before && narrowedBy(before, [condition]));
}

/** Whether an earlier demand says as much: in a deep network, most stages ask for the same. */
export function isDemanded({ least }: Symbols, { symbol, least: wanted }: Condition): boolean {
  return wanted !== undefined && wanted <= (least.get(symbol) ?? 1);
}

export function addDemand({ demands, least }: Symbols, demand: Demand): void {
  const { symbol, least: wanted } = demand.condition;
  if (wanted !== undefined) least.set(symbol, Math.max(wanted, least.get(symbol) ?? 1));
  demands.push(demand);
}

/** Takes back, when it is called, what is demanded until then. */
export function demandsFromHere({ demands, least }: Symbols): () => void {
  const [amount, before] = [demands.length, [...least]];
  return () => {
    demands.length = amount;
    least.clear();
    for (const [symbol, value] of before) least.set(symbol, value);
  };
}

/** What is known of one symbol at the end. */
export interface SymbolConstraint {
  readonly symbol: string;
  /** The sizes for which the model is well-formed, among those that `where` allows. */
  readonly valid: SizeSet;
  /** Those of them for which no row of a value is read by nobody. */
  readonly lossless: SizeSet;
}

/** What the `where` allows: everything without one, `undefined` when it is beyond what can be looked at. */
export function allowedSizes({ allowed }: Symbols, symbol: string): SizeSet | undefined {
  return allowed.has(symbol) ? allowed.get(symbol) : ALL_SIZES;
}

/** Whether a condition holds for all values that `where` allows, or for none; `undefined` where that depends. */
export function decided(symbols: Symbols, condition: Condition): boolean | undefined {
  const { symbol } = condition;
  const allowed = allowedSizes(symbols, symbol);
  const meets = allowed && narrowed(allowed, condition);
  if (allowed === undefined || meets === undefined) return undefined;
  if (smallestOutside(allowed, meets) === undefined) return true;
  return isEmpty(meets) ? false : undefined;
}
