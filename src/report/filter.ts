/** `op=conv && kernel=1x1`: which operations a report is about. */
import { nearest, quoted } from "../base/text.ts";
import { type Amount, parseAmount } from "./amount.ts";
import type { ReportRow } from "./report.ts";

export type Filter = (row: ReportRow) => boolean;

/** What is wrong with a filter, and what would be right. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

type Field = (row: ReportRow) => string | bigint | number | undefined;

const FIELDS: Readonly<Record<string, Field>> = {
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
  const tokens = text.match(/&&|\|\||!=|<=|>=|[!<>=~()]|[^\s!<>=~()&|]+|\S/g) ?? [];
  let position = 0;
  const next = (): string => tokens[position++] ?? "";
  const takes = (wanted: string): boolean => {
    if (tokens[position] !== wanted) return false;
    position += 1;
    return true;
  };
  const any = (): Filter => {
    let left = all();
    while (takes("||")) {
      const [first, second] = [left, all()];
      left = (row) => first(row) || second(row);
    }
    return left;
  };
  const all = (): Filter => {
    let left = one();
    while (takes("&&")) {
      const [first, second] = [left, one()];
      left = (row) => first(row) && second(row);
    }
    return left;
  };
  const one = (): Filter => {
    if (takes("!")) {
      const inner = one();
      return (row) => !inner(row);
    }
    if (takes("(")) {
      const inner = any();
      if (!takes(")")) throw new FilterError(`a bracket of the filter ${quoted(text)} is not closed`, HELP);
      return inner;
    }
    return condition(next(), next(), next());
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

function condition(name: string, operator: string, value: string): Filter {
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field === undefined) {
    const near = nearest(name, Object.keys(FIELDS));
    const help =
      near === undefined ? `it has ${Object.keys(FIELDS).join(", ")}` : `did you mean ${quoted(near)}?`;
    throw new FilterError(
      name === "" ? "the filter ends too early" : `an operation has no ${quoted(name)}`,
      name === "" ? HELP : help,
    );
  }
  if (value === "" || !/^([<>~=]|[<>!]=)$/.test(operator))
    throw new FilterError(`${quoted(`${name}${operator}${value}`)} is no condition`, HELP);
  if (operator === "~") return (row) => String(field(row) ?? "").includes(value);
  const holds = OPERATORS[operator];
  const amount = parseAmount(value);
  return (row) => {
    const found = field(row);
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
