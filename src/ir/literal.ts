/** What an expression evaluates to: exact numbers, truth values, words, strings and lists. */
import type { Rational } from "../base/rational.ts";
import { equals, printRational, rational, toSafeInteger } from "../base/rational.ts";

import { type Fraction, type FractionOrNumber, isFraction, printFraction } from "./fraction.ts";
import type { Term } from "./term.ts";
import { LANGUAGE, printTerm } from "./term-print.ts";

export type Literal =
  | NumberLiteral
  | { readonly kind: "boolean"; readonly value: boolean }
  /** A bare name that stands for itself: `relu`, `same`. */
  | { readonly kind: "word"; readonly value: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "list"; readonly items: readonly Literal[]; readonly listing?: Listing }
  /** A block by its name, passed as an argument; only the checker knows what stands behind it. */
  | { readonly kind: "block"; readonly value: string; readonly definition: object }
  /** A number that depends on a symbol: `H/32`. */
  | { readonly kind: "symbolic"; readonly value: Fraction };

export interface NumberLiteral {
  readonly kind: "number";
  readonly value: Rational;
  /** How it depends on unknowns, in the check of a block for all its parameters; absent: it does not. */
  readonly term?: Term;
}

/** A number, or what becomes one where sizes are bound. */
export type NumericLiteral = Extract<Literal, { readonly kind: "number" | "symbolic" }>;

/** A list that has other lengths for other parameters. */
export interface Listing {
  readonly length: Term;
  /** What its elements are called; absent: they are the numbers from zero on. */
  readonly name?: string;
}

/** A number or a symbolic value. */
export function valueLiteral(value: FractionOrNumber): Literal {
  return isFraction(value) ? { kind: "symbolic", value } : { kind: "number", value };
}

/** The value of a literal that is a number, symbolic or not. */
export function numericValue(literal: Literal): FractionOrNumber | undefined {
  return literal.kind === "number" || literal.kind === "symbolic" ? literal.value : undefined;
}

export function numberLiteral(value: number | bigint): Literal {
  return { kind: "number", value: rational(value) };
}

/** More elements and digits than this are left out: they tell nobody anything. */
const MOST_ELEMENTS = 32;
const MOST_DIGITS = 60;

/** As the language writes it, where that is not too long for a message. */
export function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case "number": {
      if (literal.term !== undefined) return printTerm(literal.term, LANGUAGE);
      const text = printRational(literal.value);
      return text.length <= MOST_DIGITS ? text : `${text.slice(0, 10)}… (${text.length} digits)`;
    }
    case "string":
      return JSON.stringify(literal.value);
    case "symbolic":
      return printFraction(literal.value);
    case "list": {
      const { items } = literal;
      const shown = items.slice(0, items.length <= MOST_ELEMENTS ? MOST_ELEMENTS : MOST_ELEMENTS / 4);
      const more = items.length === shown.length ? [] : [`… ${items.length - shown.length} more`];
      return `[${[...shown.map(printLiteral), ...more].join(", ")}]`;
    }
    default:
      return String(literal.value);
  }
}

/** Whether it depends on a symbol. */
export function isSymbolic(literal: Literal): boolean {
  return literal.kind === "list" ? literal.items.some(isSymbolic) : literal.kind === "symbolic";
}

/** The value as a JavaScript integer, if it is a number, whole, and small enough to be exact. */
export function integerOf(literal: Literal): number | undefined {
  return literal.kind === "number" ? toSafeInteger(literal.value) : undefined;
}

/** `a number`, `a list`, for messages. */
export function describeKind(literal: Literal): string {
  return literal.kind === "boolean" ? "true or false" : `a ${literal.kind}`;
}

export function sameLiteral(a: Literal, b: Literal): boolean {
  if (a.kind === "number") return b.kind === "number" && equals(a.value, b.value);
  if (a.kind === "list") {
    return (
      b.kind === "list" &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => {
        const other = b.items[index];
        return other !== undefined && sameLiteral(item, other);
      })
    );
  }
  if (a.kind === "symbolic") return b.kind === "symbolic" && printLiteral(a) === printLiteral(b);
  return (
    b.kind !== "number" &&
    b.kind !== "list" &&
    b.kind !== "symbolic" &&
    a.kind === b.kind &&
    a.value === b.value
  );
}
