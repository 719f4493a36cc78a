/** Calls of stages: window sizes, stride, channels and arguments become values of the types that the stage declares. */
import type * as ast from "../../grammar/ast.ts";
import type { Fix } from "../base/diagnostic.ts";
import { replaceFix } from "../base/replace-fix.ts";
import { joinSpans, type Span } from "../base/source.ts";
import { nearest, quoted } from "../base/text.ts";
import { integerOf, isSymbolic, type Literal, printLiteral } from "../ir/literal.ts";
import { type ArgumentType, MAX_INTEGER, type PerAxis, perAxis, type Template } from "../ops/argument.ts";
import { outOfRange, wrongType } from "../ops/call-problems.ts";
import type { Call, Operands, Stage, Value } from "../ops/op.ts";
import { evaluateGiven, type Given } from "./bind.ts";
import { argumentOf } from "./build.ts";
import { argumentsOf, type CallForm } from "./call-form.ts";
import { pairArguments, SIZE_ARGUMENT } from "./callee.ts";
import type { Environment } from "./environment.ts";
import { evaluate, spanOf } from "./evaluate.ts";
import { tensorNamed } from "./scope.ts";
import { inconclusive } from "./symbolic.ts";

/** With guesses for the parts that are wrong (reported), or that depend on what is. */
export interface EvaluatedCall {
  readonly call: Call;
  /** The values whose sizes it takes, in the order in which claims count them behind the operands. */
  readonly templates: readonly Value[];
  readonly guessesChannels: boolean;
  readonly guessesOthers: boolean;
}

const SIZES = perAxis(1);

/** Those of the first operand stand in for channels that are wrong. */
export function evaluateCall(
  form: CallForm,
  stage: Stage,
  environment: Environment,
  operands: Operands<Value>,
): EvaluatedCall {
  const guess = operands[0].shape.channels;
  const items = pairArguments(argumentsOf(form), Object.keys(stage.arguments));
  const templates: Value[] = [];
  const named: Record<string, Template> = {};
  const given = new Map<string, Given>();
  for (const [name, { value }] of items) {
    if (stage.arguments[name]?.type.isTensor !== true) {
      given.set(name, evaluateGiven(value, environment));
      continue;
    }
    const template = tensorNamed(value, environment.scope, environment);
    if (template === undefined) continue;
    named[name] = { shape: template.shape, input: operands.length + templates.length };
    templates.push(template);
  }
  const size = given.get(SIZE_ARGUMENT);
  const givenKernel = form.kernel === undefined ? size : written(form.kernel, environment);
  const givenStride = form.stride && written(form.stride, environment);
  const kernel = givenKernel && readSizes("the window size", givenKernel, environment);
  const stride = givenStride && readSizes("the stride", givenStride, environment);
  const { values, fit } = readArguments(stage, given, environment);
  const isMissing = form.channels === undefined && stage.slots.channels === "required";
  const channels = isMissing
    ? { value: guess, isGuess: true }
    : form.channels && channelsOf(form.channels, environment, guess);
  return {
    call: {
      ...(kernel === undefined ? {} : { kernel }),
      ...(stride === undefined ? {} : { stride }),
      ...(channels === undefined ? {} : { channels: channels.value }),
      arguments: { ...values, ...named },
    },
    templates,
    guessesChannels: channels?.isGuess ?? false,
    guessesOthers: !fit || (givenKernel !== undefined && !kernel) || (givenStride !== undefined && !stride),
  };
}

function written(expression: ast.Expression, environment: Environment): Given {
  return { value: evaluate(expression, environment), span: expression.span, expression };
}

function readSizes(
  what: string,
  { value, span, expression }: Given,
  environment: Environment,
): PerAxis | undefined {
  if (value === undefined) return undefined;
  const reading = SIZES.read(value);
  if ("value" in reading) return reading.value;
  return reportMisread(
    reading.wrong,
    { what, expects: SIZES.expects, value },
    expression ?? span,
    environment,
  );
}

/** A literal that an argument does not take. */
interface Misread {
  readonly what: string;
  readonly expects: string;
  readonly value: Literal;
}

function reportMisread(
  wrong: "type" | "range",
  { what, expects, value }: Misread,
  at: ast.Expression | Span,
  environment: Environment,
  more: { readonly help?: readonly string[]; readonly fix?: Fix } = {},
): undefined {
  const text = printLiteral(value);
  if (isSymbolic(value)) {
    const help = ["write a number, or give the size one"];
    return environment.report(inconclusive, [`${what} ${quoted(text)}`], at, { help });
  }
  return environment.report(wrong === "type" ? wrongType : outOfRange, [what, expects, text], at, more);
}

export interface Channels {
  readonly value: number;
  readonly isGuess: boolean;
}

function channelsOf(expression: ast.Expression, environment: Environment, guess: number): Channels {
  const value = evaluate(expression, environment);
  // Whatever made it unknown was reported; sizes can still be checked.
  return value === undefined
    ? { value: guess, isGuess: true }
    : asChannels(value, expression, environment, guess);
}

/** A number of channels, whose value is wrong where `at` says. */
export function asChannels(
  value: Literal,
  at: ast.Expression | Span,
  environment: Environment,
  guess: number,
): Channels {
  const channels = integerOf(value);
  if (channels !== undefined && channels >= 1 && channels <= MAX_INTEGER)
    return { value: channels, isGuess: false };
  const isFraction = value.kind === "number" && channels === undefined;
  const limit = channels !== undefined && channels > 1 ? `most ${MAX_INTEGER}` : "least 1";
  environment.report(
    channels === undefined ? wrongType : outOfRange,
    ["the number of channels", `an integer of at ${limit}`, printLiteral(value)],
    at,
    isFraction ? { help: ["nothing is rounded by itself: write `floor(…)` or `round(…)`"] } : {},
  );
  return { value: guess, isGuess: true };
}

function readArguments(
  stage: Stage,
  given: ReadonlyMap<string, Given>,
  environment: Environment,
): { readonly values: Record<string, unknown>; readonly fit: boolean } {
  const values: Record<string, unknown> = {};
  let fit = true;
  for (const [name, { value, span, expression }] of given) {
    const type = stage.arguments[name]?.type;
    if (type === undefined) continue;
    const { value: read, isGuess } = readArgument(name, type, value, expression ?? span, environment);
    if (isGuess) fit = false;
    if (read !== undefined) values[name] = read;
  }
  return { values, fit };
}

/** The value of an argument or setting; where it is wrong (reported), a guess or nothing. */
export function readArgument(
  name: string,
  type: ArgumentType<unknown>,
  value: Literal | undefined,
  at: ast.Expression | Span,
  environment: Environment,
): { readonly value?: unknown; readonly isGuess: boolean } {
  const reading = value === undefined ? undefined : type.read(value);
  if (reading !== undefined && "value" in reading) return { value: reading.value, isGuess: false };
  const { words = [] } = type;
  const isString = value?.kind === "string" && words.includes(value.value);
  const near = isString ? value.value : value?.kind === "word" ? nearest(value.value, words) : undefined;
  const guess = near ?? words[0];
  if (value !== undefined && reading !== undefined) {
    reportMisread(
      reading.wrong,
      { what: quoted(name), expects: type.expects, value },
      at,
      environment,
      near === undefined
        ? {}
        : {
            help: [isString ? "words stand without quotation marks" : `did you mean ${quoted(near)}?`],
            ...replaceFix(writtenAt(at, environment), near),
          },
    );
  }
  return { value: guess, isGuess: true };
}

/** Where a value was written: by a caller, where the expression only names a parameter. */
function writtenAt(at: ast.Expression | Span, { scope }: Environment): Span {
  return ("kind" in at ? argumentOf(at, scope) : undefined) ?? spanOf(at);
}

/** What `partsOf` calls the pipeline of a branch. */
export function branchPart(index: number): string {
  return `branch ${index}`;
}

const partsByName = new WeakMap<ast.QualifiedName, ReadonlyMap<string, Span>>();

/**
 * The parts that messages may point at, by name: the same map however often the call is expanded. `names` are those of
 * arguments by position.
 */
export function partsOf(form: CallForm, names: readonly string[]): ReadonlyMap<string, Span> {
  const known = partsByName.get(form.name);
  if (known !== undefined) return known;
  const parts = new Map<string, Span>([["name", form.name.span]]);
  for (const part of ["kernel", "stride", "channels", "arguments", "branches"] as const) {
    const node = form[part];
    if (node !== undefined) parts.set(part, node.span);
  }
  for (const [index, { stages }] of (form.branches?.bodies ?? []).entries()) {
    const [first, last] = [stages[0], stages.at(-1)];
    if (first !== undefined && last !== undefined)
      parts.set(branchPart(index), joinSpans(first.span, last.span));
  }
  for (const [name, { span }] of pairArguments(argumentsOf(form), names)) parts.set(name, span);
  partsByName.set(form.name, parts);
  return parts;
}
