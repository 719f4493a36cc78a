/**
 * Expansions of a block for many parameters, chosen so that every condition in it comes out both ways: a condition that
 * has come out one way is solved for numbers that turn it.
 */
import {
  compare,
  isInteger,
  ONE,
  type Rational,
  rational,
  subtract,
  toSafeInteger,
} from "../../base/rational.ts";
import { type Literal, printLiteral } from "../../ir/literal.ts";
import { differenceOf, unknownsOf } from "../../ir/term.ts";
import { zeroFor } from "../../ir/term-sign.ts";
import type { Comparison } from "../trace.ts";
import { channelsName } from "../traced-block.ts";
import { comparisonKey, mistakeKey } from "./keys.ts";
import { asUnknown, type Candidates } from "./parameters.ts";
import { type Run, runBlock, type Subject, type World } from "./world.ts";

/** The channels of inputs that are tried: many numbers divide the first, few the others. */
const CHANNELS = [96, 64, 144, 33, 7, 1];

/** A condition is turned at most so often. */
const MOST_TURNS = 3;

type Condition = Pick<Comparison, "terms" | "operator">;

type Values = ReadonlyMap<string, Rational>;

/** More expansions than this are not made of a block of one rank. */
const MOST_RUNS = 32;

export interface Exploration {
  readonly runs: readonly Run[];
  /** Those of which the block makes something. */
  readonly fitting: readonly Choice[];
  /** Conditions that never came out the other way. */
  readonly oneSided: readonly Comparison[];
}

/** The numbers of a world, before they get their names. */
export interface Choice {
  readonly parameters: ReadonlyMap<string, Literal>;
  readonly channels: readonly number[];
}

export interface ExploreOptions extends Pick<World, "rank" | "scales" | "settings"> {
  /** What to try, and nothing else but what turns conditions. */
  readonly choices?: readonly Choice[];
  /** Whether the runs so far tell what is wanted. */
  readonly isEnough?: (runs: readonly Run[]) => boolean;
}

export function explore(
  subject: Subject,
  candidates: readonly Candidates[],
  { rank, scales, settings = {}, choices, isEnough = () => false }: ExploreOptions,
): Exploration {
  for (const { name, isPositive } of candidates)
    if (isPositive && subject.bounds.get(name)?.least === undefined)
      subject.bounds.set(name, { ...subject.bounds.get(name), least: ONE });
  const isWhole = new Map(candidates.map((each) => [each.name, each.isWhole]));
  const runs: Run[] = [];
  const tried = new Set<string>();
  const sides = new Map<string, { comparison: Comparison; readonly seen: Set<boolean> }>();
  const turned = new Map<string, number>();
  const fitting: Choice[] = [];
  /** The one with the fewest mistakes, from which the next ones start. */
  let best: { readonly choice: Choice; readonly mistakes: number } | undefined;

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
    const run = runBlock(subject, { rank, scales, settings, parameters, channels: choice.channels });
    runs.push(run);
    if (run.result !== undefined) fitting.push(choice);
    const mistakes = run.result === undefined ? run.trace.mistakes.length + 1 : 0;
    if (run.isAdmissible && mistakes < (best?.mistakes ?? Number.POSITIVE_INFINITY))
      best = { choice, mistakes };
    for (const comparison of run.trace.comparisons) {
      const place = comparisonKey(comparison);
      const known = sides.get(place) ?? { comparison, seen: new Set() };
      sides.set(place, known);
      known.seen.add(comparison.holds);
      known.comparison = comparison;
      if (known.seen.size === 1) turn(place, comparison, run.trace.values, choice);
    }
    // What should be equal and is not is made equal.
    for (const { diagnostic, grounds, repetitions } of run.trace.mistakes)
      for (const terms of grounds?.pairs ?? []) {
        const values = new Map([...run.trace.values, ...repetitions]);
        const condition = { terms, operator: "==" } as const;
        turn(`${mistakeKey(diagnostic)}`, condition, values, choice);
      }
  };

  const turn = (place: string, condition: Condition, values: Values, choice: Choice): void => {
    const attempts = turned.get(place) ?? 0;
    turned.set(place, attempts + 1);
    if (attempts < MOST_TURNS)
      for (const other of turnedChoices(condition, values, choice, subject)) attempt(other);
  };

  for (const choice of choices ?? likelyChoices(candidates, scales.length, () => best?.choice))
    attempt(choice);
  const oneSided = [...sides.values()].flatMap(({ comparison, seen }) => (seen.size > 1 ? [] : [comparison]));
  return { runs, fitting, oneSided };
}

/** The likeliest values; then, one after the other, others in place of those of `base`; then several others at once. */
function* likelyChoices(
  candidates: readonly Candidates[],
  nInputs: number,
  base: () => Choice | undefined,
): Generator<Choice> {
  const pick = (position: (index: number) => number): Map<string, Literal> =>
    new Map(
      candidates.flatMap(({ name, values }, index): [string, Literal][] => {
        const value = values[position(index) % Math.max(1, values.length)];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  const channelsFrom = (first: number): readonly number[] =>
    Array.from({ length: nInputs }, (_, input) => CHANNELS[(first + input) % CHANNELS.length] ?? 1);
  const likeliest: Choice = { parameters: pick(() => 0), channels: channelsFrom(0) };
  yield likeliest;
  const most = candidates.reduce((result, { values }) => Math.max(result, values.length), 1);
  for (let other = 1; other < Math.max(most, 3); other += 1) {
    yield { parameters: pick((index) => other + index), channels: channelsFrom(other) };
    for (const { name, values } of candidates) {
      const { parameters, channels } = base() ?? likeliest;
      const value = values[other];
      if (value !== undefined) yield { parameters: new Map([...parameters, [name, value]]), channels };
    }
  }
  for (let first = 1; first < CHANNELS.length; first += 1)
    yield { parameters: (base() ?? likeliest).parameters, channels: channelsFrom(first) };
}

/** Choices in which one number is such that the comparison comes out the other way. */
function turnedChoices(
  { terms, operator }: Condition,
  values: Values,
  choice: Choice,
  subject: Subject,
): readonly Choice[] {
  const turned: Choice[] = [];
  const difference = differenceOf(...terms);
  for (const [name, { isWhole }] of unknownsOf(difference)) {
    const zero = zeroFor(difference, name, values);
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

/** Of many choices as few as show each number of a parameter that they show, up to three of each. */
export function fewOf(choices: readonly Choice[]): readonly Choice[] {
  const shown = new Map<string, Set<string>>();
  return choices.filter(({ parameters, channels }) => {
    const values = [...parameters].map(([name, value]) => [name, printLiteral(value)] as const);
    const fresh = [...values, ["", channels.join()] as const].filter(([name, value]) => {
      const known = shown.get(name) ?? new Set();
      return known.size < 3 && !known.has(value);
    });
    for (const [name, value] of fresh) shown.set(name, new Set([...(shown.get(name) ?? []), value]));
    return fresh.length > 0;
  });
}
