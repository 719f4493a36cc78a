/** `op=conv && kernel=1x1`: which operations a report is about. */
import { nearest, quoted } from "../base/text.ts";
import { type Amount, parseAmount } from "./amount.ts";
import type { ReportRow } from "./report.ts";

export type Filter = Test<ReportRow>;
export type Test<T> = (item: T) => boolean;

/** What is wrong with a filter, and what would be right. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

export type Field<T> = (item: T) => string | bigint | number | undefined;
export type Fields<T> = Readonly<Record<string, Field<T>>>;

const FIELDS: Fields<ReportRow> = {
  op: ({ op }) => op,
  path: ({ path }) => path,
  kernel: ({ windowSizes }) => windowSizes?.size.join("x"),
  stride: ({ windowSizes }) => windowSizes?.stride.join("x"),
  groups: ({ windowSizes }) => windowSizes?.groups,
  resolution: ({ out }) => out.sizes.join("x"),
  channels: ({ out }) => out.channels,
  params: ({ params }) => params,
  buffers: ({ buffers }) => buffers,
  macs: ({ macs }) => macs,
  bytes: ({ written }) => written,
  live: ({ live }) => live,
  traffic: ({ traffic }) => traffic,
  "fan-in": ({ fanIn }) => fanIn,
};

const HELP =
  "write conditions such as `op=conv`, `path~dense`, `macs>=1M`, joined by `&&` and `||`, with `!` and brackets";

/** Throws a `FilterError`. */
export function parseFilter(text: string): Filter {
  return parseTest(text, FIELDS);
}

/** A test of items with these fields. Throws a `FilterError`. */
export function parseTest<T>(text: string, fields: Fields<T>): Test<T> {
  const tokens = text.match(/&&|\|\||!=|<=|>=|[!<>=~()]|[^\s!<>=~()&|]+|\S/g) ?? [];
  let position = 0;
  const next = (): string => tokens[position++] ?? "";
  const takes = (wanted: string): boolean => {
    if (tokens[position] !== wanted) return false;
    position += 1;
    return true;
  };
  const any = (): Test<T> => {
    let left = all();
    while (takes("||")) {
      const [first, second] = [left, all()];
      left = (item) => first(item) || second(item);
    }
    return left;
  };
  const all = (): Test<T> => {
    let left = one();
    while (takes("&&")) {
      const [first, second] = [left, one()];
      left = (item) => first(item) && second(item);
    }
    return left;
  };
  const one = (): Test<T> => {
    if (takes("!")) {
      const inner = one();
      return (item) => !inner(item);
    }
    if (takes("(")) {
      const inner = any();
      if (!takes(")")) throw new FilterError(`a bracket of the filter ${quoted(text)} is not closed`, HELP);
      return inner;
    }
    return condition(next(), next(), next(), fields);
  };
  const filter = any();
  if (position < tokens.length)
    throw new FilterError(
      `${quoted(tokens[position] ?? "")} is unexpected in the filter ${quoted(text)}`,
      HELP,
    );
  return filter;
}

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

function condition<T>(name: string, operator: string, value: string, fields: Fields<T>): Test<T> {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) {
    const names = Object.keys(fields);
    const near = nearest(name, names);
    const help = near === undefined ? `it has ${names.join(", ")}` : `did you mean ${quoted(near)}?`;
    throw new FilterError(
      name === "" ? "the filter ends too early" : `an operation has no ${quoted(name)}`,
      name === "" ? HELP : help,
    );
  }
  if (value === "" || !/^([<>~=]|[<>!]=)$/.test(operator))
    throw new FilterError(`${quoted(`${name}${operator}${value}`)} is no condition`, HELP);
  if (operator === "~") return (item) => String(field(item) ?? "").includes(value);
  const holds = OPERATORS[operator];
  const amount = parseAmount(value);
  return (item) => {
    const found = field(item);
    return found !== undefined && holds?.(order(found, value, amount)) === true;
  };
}

/** Negative, zero or positive; text is ordered as text. */
function order(found: string | bigint | number, value: string, amount: Amount | undefined): number {
  if (typeof found === "string" || amount === undefined) {
    const text = String(found);
    return text === value ? 0 : text < value ? -1 : 1;
  }
  return Number(found) - amount.value;
}
