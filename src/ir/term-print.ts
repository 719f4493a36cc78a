/** Formulas as text: as the language writes them (`C + floor(k/2)`), and as a paper does (`C + ⌊k/2⌋`). */
import { printRational, type Rational, rational } from "../base/rational.ts";
import {
  type Atom,
  asQuotient,
  constant,
  constantValue,
  differenceOf,
  isSameTerm,
  negated,
  type Power,
  type Product,
  type Term,
} from "./term.ts";

export interface Notation {
  readonly times: string;
  /** A name some times as a factor, from twice on. */
  readonly power: (base: string, exponent: number) => string;
  readonly floor: readonly [open: string, close: string];
  readonly ceil: readonly [open: string, close: string];
}

export const LANGUAGE: Notation = {
  times: "*",
  power: (base, exponent) => Array.from({ length: exponent }, () => base).join("*"),
  floor: ["floor(", ")"],
  ceil: ["ceil(", ")"],
};

export const MATHEMATICS: Notation = {
  times: "·",
  power: (base, exponent) => base + [...`${exponent}`].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join(""),
  floor: ["⌊", "⌋"],
  ceil: ["⌈", "⌉"],
};

/** Constants come last; what is subtracted is written with a minus. */
export function printTerm(term: Term, notation: Notation): string {
  const summands = summandsOf(term, notation);
  if (summands.length === 0) return "0";
  // What is added comes before what is subtracted, so that no sum begins with a minus without need.
  const first = summands.findIndex(({ isNegative }) => !isNegative);
  const [start] = summands.splice(Math.max(0, first), 1);
  const lead = start === undefined ? "" : `${start.isNegative ? "-" : ""}${start.text}`;
  return lead + summands.map(({ isNegative, text }) => ` ${isNegative ? "-" : "+"} ${text}`).join("");
}

interface Summand {
  readonly isNegative: boolean;
  readonly text: string;
}

function summandsOf(term: Term, notation: Notation): Summand[] {
  const rounded = roundedUp(term, notation);
  if (rounded !== undefined)
    return [{ isNegative: false, text: rounded.text }, ...summandsOf(rounded.rest, notation)];
  return term.products.map((product) => {
    const isNegative = product.factor.numerator < 0n;
    const ceiling = isNegative ? printCeiling(product, notation) : undefined;
    if (ceiling !== undefined) return { isNegative: false, text: ceiling };
    const factor = isNegative
      ? rational(-product.factor.numerator, product.factor.denominator)
      : product.factor;
    return { isNegative, text: printProduct({ ...product, factor }, notation) };
  });
}

/** `floor((x - 1)/d) + 1` is written as `ceil(x/d)`. */
function roundedUp(
  term: Term,
  notation: Notation,
): { readonly text: string; readonly rest: Term } | undefined {
  for (const product of term.products) {
    const floored = flooredBy(product);
    const quotient = floored && asQuotient(floored);
    if (quotient === undefined || product.factor.numerator !== 1n || product.factor.denominator !== 1n)
      continue;
    const { numerator, divisor } = quotient;
    const last = numerator.products.at(-1);
    const offset = last !== undefined && last.powers.length === 0 ? constant(last.factor) : constant(0);
    const isNumber = constantValue(divisor) !== undefined;
    const wanted = isNumber ? differenceOf(divisor, constant(1)) : constant(-1);
    if (!isSameTerm(offset, wanted)) continue;
    const rest = differenceOf(term, { products: [product] });
    const spare = differenceOf(rest, constant(1));
    // With a number below, the one to add is in the numerator already.
    if (
      !isNumber &&
      (spare.products.some(isNegativeConstant) || spare.products.length > rest.products.length)
    )
      continue;
    const [open, close] = notation.ceil;
    const text = open + printQuotient(differenceOf(numerator, offset), divisor, notation) + close;
    return { text, rest: isNumber ? rest : spare };
  }
  return undefined;
}

function isNegativeConstant({ factor, powers }: Product): boolean {
  return powers.length === 0 && factor.numerator < 0n;
}

function flooredBy({ powers }: Product): Term | undefined {
  const [power, ...others] = powers;
  if (power === undefined || others.length > 0 || power.exponent !== 1) return undefined;
  const { atom } = power;
  return atom.kind === "function" && atom.name === "floor" ? atom.operands[0] : undefined;
}

/** `-floor(-x)`. */
function printCeiling(product: Product, notation: Notation): string | undefined {
  const floored = flooredBy(product);
  const isMinusOne = product.factor.numerator === -1n && product.factor.denominator === 1n;
  if (floored === undefined || !isMinusOne || !floored.products.every(({ factor }) => factor.numerator < 0n))
    return undefined;
  const [open, close] = notation.ceil;
  return open + printTerm(negated(floored), notation) + close;
}

/** Lower-case names come first: `n·k`, `2·c`, `theta·C`. */
function printProduct({ factor, powers }: Product, notation: Notation): string {
  const above = inReadingOrder(powers.filter(({ exponent }) => exponent > 0)).map((power) =>
    printPower(power, notation),
  );
  const below = inReadingOrder(powers.filter(({ exponent }) => exponent < 0)).map(({ atom, exponent }) =>
    printPower({ atom, exponent: -exponent }, notation),
  );
  if (factor.numerator !== 1n || above.length === 0) above.unshift(`${factor.numerator}`);
  if (factor.denominator !== 1n) below.unshift(`${factor.denominator}`);
  const top = above.join(notation.times);
  if (below.length === 0) return top;
  return `${top}/${printDivisor(below.join(notation.times), notation)}`;
}

function inReadingOrder(powers: readonly Power[]): readonly Power[] {
  return [...powers].sort((a, b) => rankOf(a) - rankOf(b));
}

/** How often comes before how much: a count before what is counted. */
function rankOf({ atom }: Power): number {
  if (atom.kind === "function") return 3;
  return atom.name === "n" || !atom.isWhole ? 0 : /^[a-z]/.test(atom.name) ? 1 : 2;
}

function printPower({ atom, exponent }: Power, notation: Notation): string {
  const base = printAtom(atom, notation);
  return exponent === 1 ? base : notation.power(base, exponent);
}

function printAtom(atom: Atom, notation: Notation): string {
  if (atom.kind === "unknown") return atom.name;
  const [open, close] = atom.name === "floor" ? notation.floor : [`${atom.name}(`, ")"];
  return open + atom.operands.map((operand) => printOperand(operand, notation)).join(", ") + close;
}

/** A fraction of whole numbers over one divisor, where it is one. */
function printOperand(operand: Term, notation: Notation): string {
  const quotient = operand.products.length > 1 ? asQuotient(operand) : undefined;
  return quotient === undefined
    ? printTerm(operand, notation)
    : printQuotient(quotient.numerator, quotient.divisor, notation);
}

function printQuotient(numerator: Term, divisor: Term, notation: Notation): string {
  const below = constantValue(divisor);
  if (below !== undefined && isOne(below)) return printTerm(numerator, notation);
  const [top, bottom] = [printTerm(numerator, notation), printTerm(divisor, notation)];
  return `${numerator.products.length > 1 ? `(${top})` : top}/${printDivisor(bottom, notation)}`;
}

/** What is divided by more than one name or number has parentheses, also `s*s`. */
function printDivisor(text: string, { times }: Notation): string {
  return text.includes(times) || text.includes(" ") ? `(${text})` : text;
}

function isOne(value: Rational): boolean {
  return printRational(value) === "1";
}
