/** Calls of stages: window sizes, stride, channels and arguments become values of the types that the stage declares. */
import type * as ast from "../../grammar/ast.ts";
import type { Span } from "../base/source.ts";
import { nearest, quoted } from "../base/text.ts";
import { integerOf, type Literal, printLiteral } from "../ir/literal.ts";
import { type PerAxis, perAxis } from "../ops/argument.ts";
import { outOfRange, wrongType } from "../ops/call-problems.ts";
import type { Call, Stage } from "../ops/op.ts";
import { evaluateArguments, type Given } from "./bind.ts";
import { SIZE_ARGUMENT } from "./callee.ts";
import { type Environment, evaluate } from "./evaluate.ts";
import type { CallForm } from "./resolve-calls.ts";

export interface EvaluatedCall {
  readonly call: Call;
  /** The channels depend on something doubtful: those in `call` are a guess. */
  readonly guessesChannels: boolean;
}

const SIZES = perAxis(1);

/** `undefined`: a part of the call is wrong (reported), or depends on what is. */
export function evaluateCall(
  form: CallForm,
  stage: Stage,
  environment: Environment,
  guess: number,
): EvaluatedCall | undefined {
  const items = form.arguments?.items.slice(form.tensors) ?? [];
  const given = evaluateArguments(items, Object.keys(stage.arguments), environment);
  const size = given.get(SIZE_ARGUMENT);
  const kernel =
    form.kernel === undefined
      ? size && readSizes("the window size", size, environment)
      : kernelOf(form.kernel, environment);
  const stride =
    form.stride &&
    readSizes(
      "the stride",
      { value: evaluate(form.stride, environment), span: form.stride.span },
      environment,
    );
  const wantsKernel = form.kernel !== undefined || size !== undefined;
  if ((wantsKernel && kernel === undefined) || (form.stride !== undefined && stride === undefined))
    return undefined;
  const values = readArguments(stage, given, environment);
  if (values === undefined) return undefined;
  const channels = form.channels && channelsOf(form.channels, environment, guess);
  if (form.channels !== undefined && channels === undefined) return undefined;
  return {
    call: {
      ...(kernel === undefined ? {} : { kernel }),
      ...(stride === undefined ? {} : { stride }),
      ...(channels === undefined ? {} : { channels: channels.value }),
      arguments: values,
    },
    guessesChannels: channels?.isGuess ?? false,
  };
}

function kernelOf(
  kernel: NonNullable<ast.Operation["kernel"]>,
  environment: Environment,
): PerAxis | undefined {
  return readSizes(
    "the window size",
    { value: evaluate(kernel, environment), span: kernel.span },
    environment,
  );
}

function readSizes(what: string, { value, span }: Given, environment: Environment): PerAxis | undefined {
  if (value === undefined) return undefined;
  const reading = SIZES.read(value);
  if ("value" in reading) return reading.value;
  environment.report(
    reading.wrong === "type" ? wrongType : outOfRange,
    [what, SIZES.expects, printLiteral(value)],
    span,
  );
  return undefined;
}

function channelsOf(
  expression: ast.Expression,
  environment: Environment,
  guess: number,
): { value: number; isGuess: boolean } | undefined {
  const value = evaluate(expression, environment);
  // Whatever made it unknown was reported; sizes can still be checked.
  if (value === undefined) return { value: guess, isGuess: true };
  const channels = integerOf(value);
  const expects = "an integer of at least 1";
  if (channels === undefined) {
    const help =
      value.kind === "number" ? "nothing is rounded by itself: write `floor(…)` or `round(…)`" : undefined;
    environment.report(
      wrongType,
      ["the number of channels", expects, printLiteral(value)],
      expression.span,
      help,
    );
    return { value: guess, isGuess: true };
  }
  if (channels >= 1) return { value: channels, isGuess: false };
  environment.report(outOfRange, ["the number of channels", expects, printLiteral(value)], expression.span);
  return { value: guess, isGuess: true };
}

function readArguments(
  stage: Stage,
  given: ReadonlyMap<string, Given>,
  environment: Environment,
): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  let fits = true;
  for (const [name, { value, span }] of given) {
    const type = stage.arguments[name]?.type;
    if (type === undefined) continue;
    const reading = value === undefined ? undefined : type.read(value);
    if (reading === undefined) fits = false;
    else if ("value" in reading) values[name] = reading.value;
    else {
      reportArgument(name, type, reading.wrong, value, span, environment);
      fits = false;
    }
  }
  return fits ? values : undefined;
}

export function reportArgument(
  name: string,
  type: { readonly expects: string; readonly words?: readonly string[] },
  wrong: "type" | "range",
  value: Literal | undefined,
  span: Span,
  environment: Environment,
): void {
  if (value === undefined) return;
  const near = value.kind === "word" ? nearest(value.value, type.words ?? []) : undefined;
  const help = near === undefined ? undefined : `did you mean ${quoted(near)}?`;
  environment.report(
    wrong === "type" ? wrongType : outOfRange,
    [name, type.expects, printLiteral(value)],
    span,
    help,
  );
}
