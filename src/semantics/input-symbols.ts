/** The symbols of a model's inputs: which there are, which values are given for them, and what `where` says of them. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticDetails, type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { type Span, spanText } from "../base/source.ts";
import { listOf, quoted } from "../base/text.ts";
import { fractionOf } from "../ir/fraction.ts";
import { numberLiteral, valueLiteral } from "../ir/literal.ts";
import { symbolSize } from "../ir/size.ts";
import { printSet } from "../ir/size-set.ts";
import { outOfRange } from "../ops/call-problems.ts";
import type { Binding } from "./bind.ts";
import { environmentAt, type Place, report } from "./build.ts";
import { conditionOf } from "./evaluate.ts";
import type { Bindings } from "./external.ts";
import { define, lookUp, type Scope } from "./scope.ts";
import { allow, type SymbolConstraint } from "./symbol-table.ts";
import { constraintViolated, nearestSizes } from "./symbols.ts";

export const inputTooSmall: DiagnosticKind<[symbol: string, least: number, given: number]> = defineDiagnostic(
  {
    code: "DN0504",
    message: (symbol, least, given) => `needs ${symbol} >= ${least}, got ${given}`,
    explain: {
      title: "input-too-small",
      text: "The size that was given for a symbol is below the smallest that the model can work on: further down, a window would not fit.",
    },
  },
);

export interface InputSymbol {
  readonly name: ast.Name;
  /** The number given for it from outside. */
  readonly value: number | undefined;
  /** The inputs that it is a size of. */
  readonly inputs: readonly string[];
}

/** The free names that stand as sizes of inputs, in the order of the inputs (rule R10). */
export function symbolsOf(body: ast.ModelBody, scope: Scope, bindings: Bindings): readonly InputSymbol[] {
  const lets = new Set(body.items.flatMap((item) => (item.kind === "let" ? [item.let.name.text] : [])));
  const found = new Map<string, { name: ast.Name; value: number | undefined; inputs: string[] }>();
  for (const item of body.items) {
    if (item.kind !== "input") continue;
    const given = bindings.inputs.get(item.name.text);
    for (const [axis, expression] of item.type.sizes.entries()) {
      const name = bareName(expression);
      if (name === undefined || lets.has(name.text) || lookUp(scope, name.text) !== undefined) continue;
      const [direct] = bindings.inputs.get(name.text) ?? [];
      const known = found.get(name.text) ?? { name, value: direct, inputs: [] };
      known.value ??= given?.[axis + 1];
      known.inputs.push(item.name.text);
      found.set(name.text, known);
    }
  }
  return [...found.values()];
}

/** A name alone, not called and not qualified. */
export function bareName(expression: ast.Expression): ast.Name | undefined {
  if (expression.kind !== "name" || expression.arguments !== undefined || expression.name.parts.length > 1)
    return undefined;
  return expression.name.parts[0];
}

/** Gives symbols their values, or makes them free; those that `where` equates become one. */
export function declareSymbols(
  symbols: readonly InputSymbol[],
  model: ast.Model,
  scope: Scope,
  place: Place,
): void {
  const names = new Set(symbols.map(({ name }) => name.text));
  const equated = new Map<string, string>();
  for (const relation of model.where?.relations ?? []) {
    const [first, second] = equatedNames(relation, names);
    if (first === undefined || second === undefined) continue;
    equated.set(second, equated.get(first) ?? first);
  }
  for (const { name, value } of symbols) {
    const symbol = equated.get(name.text) ?? name.text;
    const literal = value === undefined ? valueLiteral(fractionOf(symbolSize(symbol))) : numberLiteral(value);
    define(scope, name.text, literal, name.span);
    if (value === undefined && symbol === name.text) place.build.symbols.places.set(symbol, name.span);
  }
}

/** The two symbols of `H == P`. */
function equatedNames(relation: ast.Expression, names: ReadonlySet<string>): readonly (string | undefined)[] {
  if (relation.kind !== "comparison" || relation.operands.length !== 2 || relation.operators[0] !== "==")
    return [];
  const texts = relation.operands.map((operand) => bareName(operand)?.text ?? "");
  return texts.every((text) => names.has(text)) ? texts : [];
}

/** Remembers what `where` says of free symbols. Whether what it says of numbers holds; reported otherwise. */
export function holdWhere(model: ast.Model, binding: Binding, call: Span | undefined, place: Place): boolean {
  let holds = true;
  const name = model.name.text;
  const environment = environmentAt({ ...place, scope: binding.scope });
  for (const relation of model.where?.relations ?? []) {
    // It speaks of what the model has not (reported).
    if (place.build.resolution.bad.has(relation)) continue;
    const condition = conditionOf(relation, environment);
    const text = quoted(spanText(relation.span));
    if (typeof condition === "object") {
      allow(place.build.symbols, condition);
    } else if (condition === undefined) holds = false;
    else if (!condition) {
      holds = false;
      report(
        place,
        outOfRange,
        [quoted(name), `called so that ${text} holds`, binding.printed.join(", ") || "no arguments"],
        {
          span: call ?? relation.span,
          ...(call !== undefined && { labels: [{ span: relation.span, text: "demanded here" }] }),
        },
      );
    }
  }
  return holds;
}

/** A size that the model cannot work on; `refusal` shows where. */
export function reportGiven(
  name: ast.Name,
  value: number,
  { valid }: SymbolConstraint,
  refusal: Pick<DiagnosticDetails, "labels" | "sizes">,
  place: Place,
): void {
  const { text, span } = name;
  const near = nearestSizes(valid, value).map(String);
  const help =
    near.length === 0 ? [] : [`the nearest ${near.length === 1 ? "size is" : "sizes are"} ${listOf(near)}`];
  const details = { span, help, ...refusal };
  const { min, modulus } = valid;
  if (min !== null && value < min && modulus === 1) {
    report(place, inputTooSmall, [text, min, value], details);
  } else report(place, constraintViolated, [`${text} = ${value}`, quoted(printSet(text, valid))], details);
}
