/** The formulas of what expressions compute. */
import { type Rational, rational } from "../base/rational.ts";
import type { Literal, NumberLiteral } from "../ir/literal.ts";
import {
  ceilOf,
  constant,
  differenceOf,
  floorOf,
  functionValue,
  isWholeTerm,
  productOf,
  quotientOf,
  sumOf,
  type Term,
} from "../ir/term.ts";
import { FUNCTIONS } from "./functions.ts";
import { opaqueTerm, type Trace, termOf, termOfLiteral } from "./trace.ts";

/** The result of an operator or function, with its formula where an operand has one. */
export function traced(
  trace: Trace | undefined,
  result: Literal | undefined,
  name: string,
  operands: readonly Literal[],
): Literal | undefined {
  if (trace === undefined || result === undefined) return result;
  const [only] = operands;
  if (name === "len" && only?.kind === "list" && only.listing !== undefined && result.kind === "number")
    return { ...result, term: only.listing.length };
  const numbers = operands.flatMap((operand) => (operand.kind === "list" ? operand.items : [operand]));
  const isTraced = numbers.some((number) => number.kind === "number" && number.term !== undefined);
  const listing = operands.find((operand) => operand.kind === "list" && operand.listing !== undefined);
  if (!isTraced && listing === undefined) return result;
  const terms = numbers.map((number) => (number.kind === "number" ? termOf(number) : undefined));
  if (name === "range" && result.kind === "list" && terms[0] !== undefined)
    return { ...result, listing: { length: terms[0] } };
  if (result.kind !== "number") return result;
  const known = terms.every((term) => term !== undefined) && listing === undefined;
  const term = known ? applied(name, terms) : undefined;
  return {
    ...result,
    term: term ?? opaqueTerm(trace, result.value, `\`${name}\` of what depends on parameters`),
  };
}

/** The element of a list at an index: no formula says which, where the index depends on unknowns. */
export function tracedElement(trace: Trace | undefined, element: Literal, index: Literal): Literal {
  if (trace === undefined || termOfLiteral(index) === undefined) return element;
  if (element.kind === "number")
    return {
      ...element,
      term: opaqueTerm(trace, element.value, "which element of a list it is depends on parameters"),
    };
  if (element.kind !== "list") return element;
  return { ...element, items: element.items.map((item) => tracedElement(trace, item, index)) };
}

function applied(name: string, terms: readonly Term[]): Term | undefined {
  const [a, b] = terms;
  if (a === undefined) return undefined;
  switch (name) {
    case "+":
    case "sum":
      return sumOf(terms);
    case "-":
      return b === undefined ? differenceOf(constant(0), a) : differenceOf(a, b);
    case "*":
      return b && productOf(a, b);
    case "/":
      return b && quotientOf(a, b);
    case "%": {
      const quotient = b && quotientOf(a, b);
      return quotient && b && differenceOf(a, productOf(b, floorOf(quotient)));
    }
    case "floor":
      return floorOf(a);
    case "ceil":
      return ceilOf(a);
    case "round":
      return floorOf(sumOf([a, constant(rational(1, 2))]));
    case "div": {
      const quotient = b && quotientOf(a, b);
      return quotient && floorOf(quotient);
    }
    default:
      return functionValue({
        name,
        operands: terms,
        isWhole: terms.every(isWholeTerm),
        apply: (values) => apply(name, values),
      });
  }
}

function apply(name: string, values: readonly Rational[]): Rational | undefined {
  const literals = values.map((value): NumberLiteral => ({ kind: "number", value }));
  const result = FUNCTIONS.get(name)?.apply(literals);
  return result?.kind === "number" ? result.value : undefined;
}
