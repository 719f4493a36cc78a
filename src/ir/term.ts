/**
 * Numbers as formulas of unknowns: `C + n*k`, `floor(theta*C)`. A formula is a polynomial with rational coefficients
 * over unknowns and function values, always in normal form: two formulas are equal for all values of the unknowns if
 * they print alike. Powers may be negative, so that a quotient by an unknown is a formula too.
 */
import {
  add,
  divide,
  equals,
  floor,
  isInteger,
  multiply,
  negate,
  ONE,
  printRational,
  type Rational,
  rational,
  ZERO,
} from "../base/rational.ts";

export interface Term {
  /** Sorted, each with other powers and none with the factor zero; empty for zero. */
  readonly products: readonly Product[];
}

export interface Product {
  readonly factor: Rational;
  /** Sorted by atom; empty for a constant. */
  readonly powers: readonly Power[];
}

export interface Power {
  readonly atom: Atom;
  /** Never zero. */
  readonly exponent: number;
}

export type Atom = Unknown | FunctionValue;

export interface Unknown {
  readonly kind: "unknown";
  readonly name: string;
  /** Whether it stands for whole numbers only. */
  readonly isWhole: boolean;
}

/** A function of formulas that is no polynomial: `floor(theta*C)`. */
export interface FunctionValue {
  readonly kind: "function";
  readonly name: string;
  readonly operands: readonly Term[];
  readonly isWhole: boolean;
  /** `undefined` where the function has no value. */
  readonly apply: (values: readonly Rational[]) => Rational | undefined;
}

export function constant(value: Rational | number): Term {
  return sorted([{ factor: typeof value === "number" ? rational(value) : value, powers: [] }]);
}

export function unknown(name: string, isWhole = true): Term {
  return ofAtom({ kind: "unknown", name, isWhole });
}

export function functionValue(value: Omit<FunctionValue, "kind">): Term {
  return ofAtom({ kind: "function", ...value });
}

function ofAtom(atom: Atom): Term {
  return { products: [{ factor: ONE, powers: [{ atom, exponent: 1 }] }] };
}

export function sumOf(terms: readonly Term[]): Term {
  return sorted(terms.flatMap(({ products }) => products));
}

export function scaledBy({ products }: Term, by: Rational): Term {
  return sorted(products.map(({ factor, powers }) => ({ factor: multiply(factor, by), powers })));
}

export function negated(term: Term): Term {
  return scaledBy(term, rational(-1));
}

export function differenceOf(a: Term, b: Term): Term {
  return sumOf([a, negated(b)]);
}

export function productOf(a: Term, b: Term): Term {
  return sorted(a.products.flatMap((left) => b.products.map((right) => times(left, right))));
}

/** `undefined` where the divisor is zero or a sum. */
export function quotientOf(a: Term, b: Term): Term | undefined {
  const [divisor, ...others] = b.products;
  if (divisor === undefined || others.length > 0) return undefined;
  const inverse = divide(ONE, divisor.factor);
  if (inverse === undefined) return undefined;
  const powers = divisor.powers.map(({ atom, exponent }) => ({ atom, exponent: -exponent }));
  return productOf(a, { products: [{ factor: inverse, powers }] });
}

/** The whole part is taken out, so that `floor(C + k/2)` is `C + floor(k/2)`. */
export function floorOf(term: Term): Term {
  const [whole, rest] = splitWhole(term);
  if (rest.products.length === 0) return whole;
  const quotient = asQuotient(rest);
  // By the numerator: a divisor that sorts first would lead with the constant, whose sign need not change.
  const first = quotient?.numerator.products[0];
  if (quotient === undefined || first === undefined || first.factor.numerator > 0n)
    return sumOf([whole, rawFloor(rest)]);
  // floor(-x/d) = -ceil(x/d) = -floor((x + d - 1)/d) for whole x and d: so that each value has one form.
  const { numerator, divisor } = quotient;
  const flipped = quotientOf(sumOf([negated(numerator), divisor, constant(-1)]), divisor);
  return flipped === undefined ? sumOf([whole, rawFloor(rest)]) : differenceOf(whole, floorOf(flipped));
}

export function ceilOf(term: Term): Term {
  return negated(floorOf(negated(term)));
}

function rawFloor(of: Term): Term {
  return functionValue({
    name: "floor",
    operands: [of],
    isWhole: true,
    apply: ([value = ZERO]) => rational(floor(value)),
  });
}

/** A sum of whole numbers, and what is left: its constant part lies in [0, 1). */
function splitWhole({ products }: Term): readonly [whole: Term, rest: Term] {
  const whole: Product[] = [];
  const rest: Product[] = [];
  for (const product of products) {
    const { factor, powers } = product;
    const isConstant = powers.length === 0;
    const part = rational(floor(factor));
    if (isWholeProduct(product)) whole.push(product);
    else if (isConstant) {
      whole.push({ factor: part, powers });
      rest.push({ factor: add(factor, negate(part)), powers });
    } else rest.push(product);
  }
  return [sorted(whole), sorted(rest)];
}

function isWholeProduct({ factor, powers }: Product): boolean {
  return isInteger(factor) && powers.every(({ atom, exponent }) => atom.isWhole && exponent > 0);
}

/** Whether its value is whole whatever the unknowns are. */
export function isWholeTerm({ products }: Term): boolean {
  return products.every(isWholeProduct);
}

export interface Quotient {
  /** Whole for all values, like the divisor. */
  readonly numerator: Term;
  readonly divisor: Term;
}

/** The formula as one whole number over another, if it is such: `H/s - 1/s` is `(H - 1)/s`. */
export function asQuotient(term: Term): Quotient | undefined {
  const atoms = new Map<string, Power>();
  let denominator = 1n;
  for (const { factor, powers } of term.products) {
    denominator = leastCommonMultiple(denominator, factor.denominator);
    for (const { atom, exponent } of powers) {
      if (!atom.isWhole) return undefined;
      const known = atoms.get(printAtom(atom));
      if (exponent < 0 && -exponent > (known?.exponent ?? 0))
        atoms.set(printAtom(atom), { atom, exponent: -exponent });
    }
  }
  const divisor = sorted([{ factor: rational(denominator), powers: [...atoms.values()] }]);
  return { numerator: productOf(term, divisor), divisor };
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return a * rational(b, a).numerator;
}

function times(a: Product, b: Product): Product {
  const powers = new Map<string, Power>();
  for (const { atom, exponent } of [...a.powers, ...b.powers]) {
    const key = printAtom(atom);
    powers.set(key, { atom, exponent: exponent + (powers.get(key)?.exponent ?? 0) });
  }
  const left = [...powers].filter(([, { exponent }]) => exponent !== 0);
  return {
    factor: multiply(a.factor, b.factor),
    powers: left.sort(([x], [y]) => (x < y ? -1 : 1)).map(([, power]) => power),
  };
}

/** Adds up products of the same powers. */
function sorted(products: readonly Product[]): Term {
  const sums = new Map<string, Product>();
  for (const { factor, powers } of products) {
    const key = printPowers(powers);
    const known = sums.get(key);
    sums.set(key, { factor: known === undefined ? factor : add(known.factor, factor), powers });
  }
  const left = [...sums].filter(([, { factor }]) => factor.numerator !== 0n);
  return { products: left.sort(([x], [y]) => order(x, y)).map(([, product]) => product) };
}

/** Constants last. */
function order(a: string, b: string): number {
  if (a === "" || b === "") return a === "" ? 1 : -1;
  return a < b ? -1 : 1;
}

export function constantValue({ products }: Term): Rational | undefined {
  const [first, ...others] = products;
  if (first === undefined) return ZERO;
  return others.length === 0 && first.powers.length === 0 ? first.factor : undefined;
}

export function isSameTerm(a: Term, b: Term): boolean {
  return (
    a.products.length === b.products.length &&
    a.products.every(({ factor, powers }, index) => {
      const other = b.products[index];
      return (
        other !== undefined &&
        equals(factor, other.factor) &&
        printPowers(powers) === printPowers(other.powers)
      );
    })
  );
}

/** The unknowns that a formula depends on, by name. */
export function unknownsOf(term: Term): ReadonlyMap<string, Unknown> {
  const found = new Map<string, Unknown>();
  const visit = ({ products }: Term): void => {
    for (const { powers } of products)
      for (const { atom } of powers)
        if (atom.kind === "unknown") found.set(atom.name, atom);
        else atom.operands.forEach(visit);
  };
  visit(term);
  return found;
}

/** The value where the unknowns have these; `undefined` where one is missing or a function has none. */
export function valueWith(term: Term, values: ReadonlyMap<string, Rational>): Rational | undefined {
  let sum = ZERO;
  for (const { factor, powers } of term.products) {
    let product = factor;
    for (const { atom, exponent } of powers) {
      const base = valueOfAtom(atom, values);
      const power = base && powerOf(base, exponent);
      if (power === undefined) return undefined;
      product = multiply(product, power);
    }
    sum = add(sum, product);
  }
  return sum;
}

function valueOfAtom(atom: Atom, values: ReadonlyMap<string, Rational>): Rational | undefined {
  if (atom.kind === "unknown") return values.get(atom.name);
  const operands = atom.operands.flatMap((operand) => valueWith(operand, values) ?? []);
  return operands.length === atom.operands.length ? atom.apply(operands) : undefined;
}

function powerOf(base: Rational, exponent: number): Rational | undefined {
  let result = ONE;
  for (let count = 0; count < Math.abs(exponent); count += 1) result = multiply(result, base);
  return exponent < 0 ? divide(ONE, result) : result;
}

/** Formulas in place of unknowns; `undefined` where one would have to be divided by that cannot be. */
export function substituted(term: Term, by: ReadonlyMap<string, Term>): Term | undefined {
  const sums: Term[] = [];
  for (const { factor, powers } of term.products) {
    let product: Term | undefined = constant(factor);
    for (const { atom, exponent } of powers) {
      const base = substitutedAtom(atom, by);
      for (
        let count = 0;
        count < Math.abs(exponent) && product !== undefined && base !== undefined;
        count += 1
      )
        product = exponent < 0 ? quotientOf(product, base) : productOf(product, base);
      if (base === undefined || product === undefined) return undefined;
    }
    sums.push(product);
  }
  return sumOf(sums);
}

function substitutedAtom(atom: Atom, by: ReadonlyMap<string, Term>): Term | undefined {
  if (atom.kind === "unknown") return by.get(atom.name) ?? ofAtom(atom);
  const operands = atom.operands.flatMap((operand) => substituted(operand, by) ?? []);
  if (operands.length < atom.operands.length) return undefined;
  const [first] = operands;
  return atom.name === "floor" && first !== undefined ? floorOf(first) : functionValue({ ...atom, operands });
}

function printPowers(powers: readonly Power[]): string {
  return powers.map(({ atom, exponent }) => `${printAtom(atom)}^${exponent}`).join("*");
}

const printed = new WeakMap<Atom, string>();

function printAtom(atom: Atom): string {
  if (atom.kind === "unknown") return atom.name;
  const known = printed.get(atom);
  if (known !== undefined) return known;
  const text = `${atom.name}(${atom.operands.map(keyOf).join(", ")})`;
  printed.set(atom, text);
  return text;
}

/** The same for equal formulas, and for them alone. */
function keyOf({ products }: Term): string {
  return products.map(({ factor, powers }) => `${printRational(factor)}*${printPowers(powers)}`).join(" + ");
}
