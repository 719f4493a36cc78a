/** Values to try for the parameters of a block: its defaults, and numbers of the sort that its body makes use of. */
import type * as ast from "../../../grammar/ast.ts";
import { isInteger, rational } from "../../base/rational.ts";
import { type Literal, numberLiteral, printLiteral } from "../../ir/literal.ts";
import { unknown } from "../../ir/term.ts";
import { detachedEnvironment } from "../environment.ts";
import { evaluate } from "../evaluate.ts";
import { childScope, define } from "../scope.ts";
import { type Role, type Uses, usesOf } from "./uses.ts";
import type { Subject } from "./world.ts";

export interface Candidates {
  readonly name: string;
  /** The likeliest first; none for a block that only a caller knows. */
  readonly values: readonly Literal[];
  /** Whether it stands for whole numbers only. */
  readonly isWhole: boolean;
  /** Whether it goes without saying that it is at least 1: channels are made of it. */
  readonly isPositive: boolean;
}

const WINDOWS = [3, 1, 5, 2, 7, 4];
const STRIDES = [2, 1, 3, 4, 5, 7];
const COUNTS = [3, 2, 1, 4, 0, 6];
const FRACTIONS = [rational(1, 2), rational(1, 4), rational(3, 4), rational(1), rational(1, 3), rational(0)];
/** Unlike one another and unlike the channels of inputs, so that what is equal is so for a reason. */
const WIDTHS = [24, 40, 8, 56, 16, 4, 2, 72, 3, 1, 17];

export function candidatesOf({ definition, resolution }: Subject): readonly Candidates[] {
  const uses = usesOf(definition, resolution);
  const scope = childScope();
  const environment = detachedEnvironment(
    { scope },
    {
      blockOf: (expression) => resolution.blocks.get(expression),
      isBad: (expression) => resolution.bad.has(expression),
      report: () => undefined,
    },
  );
  return definition.ast.parameters.map((parameter, index) => {
    const name = parameter.name.text;
    const use: Uses = uses.get(name) ?? { roles: new Set(), types: new Set() };
    const initial = parameter.default && evaluate(parameter.default, environment);
    if (initial !== undefined) define(scope, name, initial, parameter.span);
    const tried = sampleOf(parameter, use, initial, index);
    const fitting = tried.filter((literal) => [...use.types].every((type) => "value" in type.read(literal)));
    const isBlock = initial?.kind === "block";
    const values = isBlock ? [] : distinct([...(initial === undefined ? [] : [initial]), ...fitting]);
    const isCounted = isWhole(parameter, use, values);
    const isPositive =
      isCounted && use.roles.has("width") && (initial?.kind !== "number" || initial.value.numerator > 0n);
    return { name, values, isWhole: isCounted, isPositive };
  });
}

function sampleOf(
  { type }: ast.Parameter,
  { roles, types }: Uses,
  initial: Literal | undefined,
  index: number,
): readonly Literal[] {
  const kind = type?.name.text;
  if (roles.has("block") || kind === "block") return [];
  const isList =
    (type?.listDepth ?? 0) > 0 || initial?.kind === "list" || (roles.has("list") && type === undefined);
  if (isList) return [listOf([3, 4]), listOf([2, 3, 4]), listOf([24, 40, 56, 8])];
  if (kind === "bool" || initial?.kind === "boolean")
    return [true, false].map((value) => ({ kind: "boolean", value }));
  if (kind === "str" || initial?.kind === "string") return [{ kind: "string", value: "" }];
  const words = [...types].flatMap((each) => each.words ?? []);
  if (kind === "word" || initial?.kind === "word" || words.length > 0)
    return words.map((value) => ({ kind: "word", value }));
  const shifted = [...WIDTHS.slice(index % 4), ...WIDTHS.slice(0, index % 4)];
  const numbers = roles.has("window")
    ? WINDOWS
    : roles.has("stride")
      ? STRIDES
      : roles.has("count")
        ? COUNTS
        : shifted;
  const whole = numbers.map(numberLiteral);
  const fractions = FRACTIONS.map((value): Literal => ({ kind: "number", value }));
  if (kind === "float") return fractions;
  if (kind === undefined && isShare(roles)) return [...whole.slice(0, 2), ...fractions, ...whole.slice(2)];
  return types.size === 0 ? whole : [...whole, ...STRIDES.map(numberLiteral), ...fractions];
}

function listOf(numbers: readonly number[]): Literal {
  return { kind: "list", items: numbers.map(numberLiteral) };
}

function distinct(literals: readonly Literal[]): readonly Literal[] {
  const seen = new Set<string>();
  return literals.filter((literal) => {
    const key = `${literal.kind} ${printLiteral(literal)}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Whether it is rounded wherever it counts something. */
function isShare(roles: Uses["roles"]): boolean {
  return roles.has("share") && !COUNTED.some((role) => roles.has(role));
}

const COUNTED: readonly Role[] = ["count", "window", "stride", "width"];

function isWhole({ type }: ast.Parameter, { roles, types }: Uses, [first]: readonly Literal[]): boolean {
  if (type?.name.text === "int") return true;
  if (type?.name.text === "float" || (first?.kind === "number" && !isInteger(first.value))) return false;
  const half: Literal = { kind: "number", value: rational(1, 2) };
  if (types.size === 0) return !isShare(roles);
  return [...types].some((each) => !("value" in each.read(half)));
}

/** The value, named after its parameter. */
export function asUnknown(name: string, value: Literal, isWholeNumber: boolean): Literal {
  if (value.kind === "number") return { ...value, term: unknown(name, isWholeNumber) };
  if (value.kind !== "list") return value;
  const items = value.items.map(
    (item, index): Literal =>
      item.kind === "number" ? { ...item, term: unknown(`${name}[${index}]`, isInteger(item.value)) } : item,
  );
  return { kind: "list", items, listing: { length: unknown(`len(${name})`), name } };
}
