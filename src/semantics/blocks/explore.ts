/**
 * Expansions of a block for many parameters, chosen so that every condition in it comes out both ways: a condition that
 * has come out one way is solved for numbers that turn it.
 */
import { compare, isInteger, type Rational, rational, subtract, toSafeInteger } from "../../base/rational.ts";
import { type Literal, printLiteral } from "../../ir/literal.ts";
import { unknownsOf } from "../../ir/term.ts";
import { zeroFor } from "../../ir/term-sign.ts";
import type { Comparison } from "../trace.ts";
import { channelsName } from "../traced-block.ts";
import { asUnknown, type Candidates } from "./parameters.ts";
import { type Run, runBlock, type Subject, type World } from "./world.ts";

/** The channels of inputs that are tried: many numbers divide the first, few the others. */
const CHANNELS = [96, 64, 144, 33, 7, 1];

/** More expansions than this are not made of a block of one rank. */
const MOST_RUNS = 32;

export interface Exploration {
  readonly runs: readonly Run[];
  /** Conditions that never came out the other way. */
  readonly oneSided: readonly Comparison[];
}

/** The numbers of a world, before they get their names. */
interface Choice {
  readonly parameters: ReadonlyMap<string, Literal>;
  readonly channels: readonly number[];
}

/** `isEnough`: whether the runs so far tell what is wanted. */
export function explore(
  subject: Subject,
  candidates: readonly Candidates[],
  { rank, scales }: Pick<World, "rank" | "scales">,
  isEnough: (runs: readonly Run[]) => boolean,
): Exploration {
  const isWhole = new Map(candidates.map((each) => [each.name, each.isWhole]));
  const runs: Run[] = [];
  const tried = new Set<string>();
  const sides = new Map<string, { comparison: Comparison; readonly seen: Set<boolean> }>();
  const turned = new Map<string, number>();

  const attempt = (choice: Choice): void => {
    const key = keyOf(choice);
    if (tried.has(key) || runs.length >= MOST_RUNS || subject.effort.left <= 0 || isEnough(runs)) return;
    tried.add(key);
    const parameters = new Map(
      [...choice.parameters].map(([name, value]) => [
        name,
        asUnknown(name, value, isWhole.get(name) ?? true),
      ]),
    );
    const run = runBlock(subject, { rank, scales, parameters, channels: choice.channels });
    runs.push(run);
    for (const comparison of run.trace.comparisons) {
      const { start, file } = comparison.span;
      const place = `${file.path}:${start}:${comparison.operator}`;
      const known = sides.get(place) ?? { comparison, seen: new Set() };
      sides.set(place, known);
      known.seen.add(comparison.holds);
      known.comparison = comparison;
      if (known.seen.size > 1) continue;
      const attempts = turned.get(place) ?? 0;
      turned.set(place, attempts + 1);
      if (attempts < 3) for (const other of turnedChoices(comparison, run, choice, subject)) attempt(other);
    }
  };

  for (const choice of choices(candidates, scales.length)) attempt(choice);
  const oneSided = [...sides.values()].flatMap(({ comparison, seen }) => (seen.size > 1 ? [] : [comparison]));
  return { runs, oneSided };
}

/** The likeliest values; then, one after the other, others; then several others at once. */
function* choices(candidates: readonly Candidates[], nInputs: number): Generator<Choice> {
  const pick = (position: (index: number) => number): Map<string, Literal> =>
    new Map(
      candidates.flatMap(({ name, values }, index): [string, Literal][] => {
        const value = values[position(index) % Math.max(1, values.length)];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  const channelsFrom = (first: number): readonly number[] =>
    Array.from({ length: nInputs }, (_, input) => CHANNELS[(first + input) % CHANNELS.length] ?? 1);
  yield { parameters: pick(() => 0), channels: channelsFrom(0) };
  const most = candidates.reduce((result, { values }) => Math.max(result, values.length), 1);
  for (let other = 1; other < Math.max(most, 3); other += 1) {
    yield { parameters: pick((index) => other + index), channels: channelsFrom(other) };
    for (const [moved, { values }] of candidates.entries())
      if (other < values.length)
        yield { parameters: pick((index) => (index === moved ? other : 0)), channels: channelsFrom(0) };
  }
  for (let first = 1; first < CHANNELS.length; first += 1)
    yield { parameters: pick(() => 0), channels: channelsFrom(first) };
}

/** Choices in which one number is such that the comparison comes out the other way. */
function turnedChoices(
  { difference, operator }: Comparison,
  { trace }: Run,
  choice: Choice,
  subject: Subject,
): readonly Choice[] {
  const turned: Choice[] = [];
  for (const [name, { isWhole }] of unknownsOf(difference)) {
    const zero = zeroFor(difference, name, trace.values);
    if (zero === undefined) continue;
    const step = isWhole ? rational(1) : rational(1, 8);
    const near =
      operator === "==" || operator === "!="
        ? [zero]
        : [zero, subtract(zero, step), subtract(zero, rational(-step.numerator, step.denominator))];
    for (const value of near) {
      const other = withNumber(choice, name, value, subject);
      if (other !== undefined) turned.push(other);
    }
  }
  return turned;
}

function withNumber(
  choice: Choice,
  name: string,
  value: Rational,
  { definition, bounds }: Subject,
): Choice | undefined {
  const bound = bounds.get(name);
  if (bound?.least !== undefined && compare(value, bound.least) < 0) return undefined;
  if (bound?.most !== undefined && compare(value, bound.most) > 0) return undefined;
  if (choice.parameters.get(name)?.kind === "number")
    return { ...choice, parameters: new Map([...choice.parameters, [name, { kind: "number", value }]]) };
  const input = choice.channels.findIndex((_, index) => channelsName(definition, index) === name);
  const channels = isInteger(value) ? toSafeInteger(value) : undefined;
  if (input < 0 || channels === undefined || channels < 1 || channels > 2 ** 20) return undefined;
  return { ...choice, channels: choice.channels.map((each, index) => (index === input ? channels : each)) };
}

function keyOf({ parameters, channels }: Choice): string {
  const values = [...parameters].map(([name, literal]) => `${name}=${printLiteral(literal)}`);
  return [...values, ...channels].join(" ");
}
