/** What a block does to sizes, as formulas of its parameters: fitted to many expansions, and right for each of them. */
import { divide, equals, multiply, type Rational, rational, subtract, ZERO } from "../../base/rational.ts";
import { printSize, type Size } from "../../ir/size.ts";
import {
  constant,
  floorOf,
  productOf,
  quotientOf,
  scaledBy,
  sumOf,
  type Term,
  unknown,
} from "../../ir/term.ts";
import type { Run } from "./world.ts";

/** A size of the result; `text` where it is no floor of a line. */
export type SizeForm = Term | { readonly text: string };

/** One axis of the result of all runs; `undefined` where they follow no rule. */
export function fitSizes(runs: readonly Run[], axis: number, symbol: string): SizeForm | undefined {
  const sizes = runs.map(({ result }) => result?.shape.sizes[axis]);
  const lines = sizes.map((size) => (size === undefined ? undefined : asLine(size)));
  const [first] = sizes;
  if (first === undefined) return undefined;
  if (lines.some((line) => line === undefined)) {
    const texts = new Set(sizes.map((size) => printSize(size ?? 0)));
    return texts.size === 1 ? { text: printSize(first) } : undefined;
  }
  const names = varying(runs);
  const [by, offset, every] = (["by", "offset", "every"] as const).map((part) =>
    fitted(
      runs.map(({ trace }, index) => ({ values: trace.values, result: rational(lines[index]?.[part] ?? 0) })),
      names,
    ),
  );
  const line = by && offset && sumOf([productOf(by, unknown(symbol)), offset]);
  const quotient = line && every && quotientOf(line, every);
  return quotient && floorOf(quotient);
}

/** floor((by * symbol + offset) / every). */
interface Line {
  readonly by: number;
  readonly offset: number;
  readonly every: number;
}

function asLine(size: Size): Line | undefined {
  if (typeof size === "number") return { by: 0, offset: size, every: 1 };
  const { by, offset, every } = size;
  return offset === undefined ? undefined : { by, offset, every };
}

/** The numbers that runs differ in. */
function varying(runs: readonly Run[]): readonly string[] {
  const [first] = runs;
  if (first === undefined) return [];
  return [...first.world.parameters].flatMap(([name, literal]) => (literal.kind === "number" ? [name] : []));
}

interface Sample {
  readonly values: ReadonlyMap<string, Rational>;
  readonly result: Rational;
}

/** The simplest polynomial that gives all results: a number, a line in one parameter, then in two, with their product. */
function fitted(samples: readonly Sample[], names: readonly string[]): Term | undefined {
  const [first] = samples;
  if (first === undefined) return undefined;
  if (samples.every(({ result }) => equals(result, first.result))) return constant(first.result);
  const bases = [
    ...names.map((name) => [[], [name]]),
    ...names.map((name) => [[], [name], [name, name]]),
    ...names.flatMap((a, index) => names.slice(index + 1).map((b) => [[], [a], [b], [a, b]])),
  ];
  for (const basis of bases) {
    const factors = solved(samples, basis);
    if (factors === undefined) continue;
    return sumOf(
      basis.map((names, index) =>
        scaledBy(names.map((name) => unknown(name)).reduce(productOf, constant(1)), factors[index] ?? ZERO),
      ),
    );
  }
  return undefined;
}

/** Factors of products of parameters that give all results, where there are more results than factors. */
function solved(
  samples: readonly Sample[],
  basis: readonly (readonly string[])[],
): readonly Rational[] | undefined {
  const rows = distinctRows(
    samples.map(({ values, result }) => [
      ...basis.map((names) =>
        names.reduce((product, name) => multiply(product, values.get(name) ?? ZERO), rational(1)),
      ),
      result,
    ]),
  );
  if (rows.length <= basis.length) return undefined;
  const matrix = rows.map((row) => [...row]);
  for (let column = 0; column < basis.length; column += 1) {
    const pivot = matrix.findIndex((row, index) => index >= column && row[column]?.numerator !== 0n);
    const [top, swapped] = [matrix[pivot], matrix[column]];
    const inverse = divide(rational(1), top?.[column] ?? ZERO);
    if (top === undefined || swapped === undefined || inverse === undefined) return undefined;
    matrix[pivot] = swapped;
    matrix[column] = top;
    const normal = top.map((value) => multiply(value, inverse));
    for (const [index, row] of matrix.entries()) {
      const factor = row[column] ?? ZERO;
      if (index !== column)
        matrix[index] = row.map((value, at) => subtract(value, multiply(factor, normal[at] ?? ZERO)));
    }
    matrix[column] = normal;
  }
  const isMet = matrix.slice(basis.length).every((row) => row.at(-1)?.numerator === 0n);
  return isMet ? matrix.slice(0, basis.length).map((row) => row.at(-1) ?? ZERO) : undefined;
}

function distinctRows(rows: readonly (readonly Rational[])[]): readonly (readonly Rational[])[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = row.map(({ numerator, denominator }) => `${numerator}/${denominator}`).join(" ");
    return !seen.has(key) && seen.add(key);
  });
}
