/** The inputs of a model: their sizes, from the spec or from outside. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { integerOf, numberLiteral } from "../ir/literal.ts";
import { MAX_RANK, type Shape } from "../ir/shape.ts";
import type { Size } from "../ir/size.ts";
import { MAX_INTEGER } from "../ops/argument.ts";
import { outOfRange } from "../ops/call-problems.ts";
import { input as inputOp } from "../ops/input.ts";
import type { Value } from "../ops/op.ts";
import { notSupported } from "../ops/unsupported.ts";
import type { Given } from "./bind.ts";
import { type Place, report } from "./build.ts";
import type { Environment } from "./environment.ts";
import { asCount } from "./evaluate.ts";
import type { Bindings } from "./external.ts";
import { bareName } from "./input-symbols.ts";
import { CERTAIN, doubted } from "./scope.ts";
import { type Declared, declaredSizes } from "./types.ts";

export const inputMismatch: DiagnosticKind<[input: string, why: string]> = defineDiagnostic({
  code: "DN0312",
  message: (input: string, why: string) => `the size given for input ${quoted(input)} does not fit: ${why}`,
  explain: {
    title: "input-mismatch",
    text: "`--input x=1x28x28` replaces the sizes that the spec declares, channels first. It sets parameters that stand alone in the declaration (`cin`, `size`), and must agree with channels that are fixed there.",
  },
});

/** Sizes given from outside set the parameters that stand alone in the declaration of an input. */
export function bindInputs(
  body: ast.ModelBody,
  model: ast.Model,
  given: ReadonlyMap<string, Given>,
  bindings: Bindings,
  head: Pick<Place, "build" | "frame">,
): ReadonlyMap<string, Given> {
  const result = new Map(given);
  const parameters = new Set(model.parameters.map((parameter) => parameter.name.text));
  for (const item of body.items) {
    const sizes = item.kind === "input" ? bindings.inputs.get(item.name.text) : undefined;
    if (item.kind !== "input" || sizes === undefined) continue;
    for (const [axis, expression] of [item.type.channels, ...item.type.sizes].entries()) {
      const size = sizes[axis];
      const name = bareName(expression)?.text;
      if (size === undefined || name === undefined || !parameters.has(name)) continue;
      const known = result.get(name)?.value;
      const fixed = known === undefined ? undefined : integerOf(known);
      if (fixed !== undefined && fixed !== size) {
        report(head, inputMismatch, [item.name.text, `${quoted(name)} cannot be ${fixed} and ${size}`], {
          span: expression.span,
        });
      }
      result.set(name, { value: numberLiteral(size), span: expression.span });
    }
  }
  return result;
}

/** A size that could not be determined: every check that rests on it is silent. */
const UNKNOWN_SIZE = 224;

export function makeInput(
  item: ast.InputItem,
  bindings: Bindings,
  place: Place,
  environment: Environment,
): Value {
  const declared = declaredSizes(item.type, environment);
  const given = bindings.inputs.get(item.name.text);
  const fits = given === undefined || checkGiven(item, given, declared, place);
  const numbers: readonly (Size | undefined)[] =
    given !== undefined && given.length === declared.length
      ? given
      : declared.map((size) => declaredSize(size, environment));
  const [first, ...sizes] = numbers.map((size) => size ?? UNKNOWN_SIZE);
  const channels = typeof first === "number" ? first : UNKNOWN_SIZE;
  const shape: Shape = { channels, sizes: sizes.slice(0, MAX_RANK) };
  if (sizes.length > MAX_RANK)
    report(place, notSupported, ["an input of more than three sizes is"], { span: item.type.span });
  const id = place.build.nodes.length;
  const origin = {
    span: item.span,
    parts: new Map<string, Span>([
      ["name", item.name.span],
      ...declared.map(({ expression }, axis) => [`${axis}`, expression.span] as const),
    ]),
    frame: place.frame,
  };
  place.build.nodes.push({
    id,
    path: `${place.path}/${item.name.text}`,
    op: inputOp,
    attrs: {},
    inputs: [],
    shape,
    weights: [],
    origin,
  });
  const value: Value = { node: id, shape, doubt: CERTAIN };
  if (fits && !numbers.includes(undefined) && sizes.length <= MAX_RANK) return value;
  const guess = doubted(value);
  place.build.gaps.doubts.set(id, guess.doubt);
  return guess;
}

function declaredSize({ value, expression }: Declared, environment: Environment): Size | undefined {
  if (value === undefined) return undefined;
  if (value.kind === "symbolic" && value.value.denominator === 1) return value.value.numerator;
  const size = asCount("a size", value, expression, 1, environment);
  if (size === undefined || size <= MAX_INTEGER) return size;
  return environment.report(
    outOfRange,
    ["a size", `an integer of at most ${MAX_INTEGER}`, `${size}`],
    expression,
  );
}

/** Whether the sizes given from outside are what the spec lets be given; reported otherwise. */
function checkGiven(
  item: ast.InputItem,
  given: readonly number[],
  declared: readonly Declared[],
  place: Place,
): boolean {
  const name = item.name.text;
  const span = item.type.span;
  if (given.length !== declared.length) {
    report(
      place,
      inputMismatch,
      [
        name,
        `${given.join("x")} has ${given.length - 1} sizes after the channels, not ${declared.length - 1}`,
      ],
      { span },
    );
    return false;
  }
  const channels = declared[0]?.value;
  const fixed = channels === undefined ? undefined : integerOf(channels);
  if (fixed === undefined || fixed === given[0]) return true;
  report(place, inputMismatch, [name, `the spec fixes ${fixed} channels, not ${given[0]}`], { span });
  return false;
}
