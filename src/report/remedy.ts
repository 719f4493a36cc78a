/**
 * The smallest changes after which a limit holds that a model breaks: of a parameter, of an input, or of a number in
 * the text of the spec. Each is tried; nothing is guessed.
 */

import { outermost } from "../base/diagnostic.ts";
import { greatestCommonDivisor } from "../base/integers.ts";
import { placeOf, type SourceFile } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { dimensions } from "../ir/shape.ts";
import type { CheckedGraph } from "../ops/op.ts";

/** What is done differently; other than that, the model is made as it was. */
export interface Change {
  /** As `--set` takes it. */
  readonly set?: string;
  /** As `--input` takes it. */
  readonly input?: string;
  /** Instead of the text of the spec. */
  readonly text?: string;
}

export interface Outcome {
  readonly graph: CheckedGraph;
  readonly holds: boolean;
  /** Whether there is nothing to be told that was not to be told before. */
  readonly isClean: boolean;
  /** What the limited quantity is then. */
  readonly amount?: string;
}

/** `undefined`: there is no such model. */
export type Attempt = (change: Change) => Outcome | undefined;

/** A number that can be turned down or up. */
interface Knob {
  readonly now: number;
  change(value: number): Change;
  tell(value: number): string;
}

/** Of larger networks none are tried: nobody waits for it. */
const MOST_NODES = 5000;
/** Numbers of a text that are tried, and changes that are told. */
const [MOST_NUMBERS, MOST_TOLD] = [12, 3];

export interface Searched {
  readonly graph: CheckedGraph;
  readonly file: SourceFile;
  /** Whether something is too small, so that numbers are turned up. */
  readonly isTooSmall: boolean;
}

/** In words, the smallest relative change first. */
export function smallestChanges(searched: Searched, attempt: Attempt): readonly string[] {
  const { graph, file } = searched;
  if (graph.nodes.length > MOST_NODES) return [];
  const found = [...parametersOf(graph), ...inputsOf(graph), ...numbersIn(file)].flatMap(
    (knob) => nearestThatHolds(knob, searched, attempt) ?? [],
  );
  // A parameter may set the sizes of an input: then one way is enough.
  const apart = found.filter(({ amount }, at) => {
    const alike = found.findIndex((each) => each.amount === amount);
    return amount === undefined || alike === at;
  });
  return apart
    .toSorted((a, b) => a.size - b.size)
    .slice(0, MOST_TOLD)
    .map(({ told, amount }) => `${told} would pass${amount === undefined ? "" : `: ${amount}`}`);
}

interface Found {
  readonly told: string;
  /** Relative. */
  readonly size: number;
  readonly amount?: string;
}

/** The nearest value at which the limit holds and nothing else is wrong. */
function nearestThatHolds(knob: Knob, { graph, isTooSmall }: Searched, attempt: Attempt): Found | undefined {
  const { now } = knob;
  const door = doorOf(graph);
  const outcomeAt = (value: number): Outcome | undefined => {
    const outcome = attempt(knob.change(value));
    // A model that takes or gives something else is another one.
    return outcome !== undefined && doorOf(outcome.graph) === door ? outcome : undefined;
  };
  const far = (isTooSmall ? [2 * now, 4 * now] : [1, Math.ceil(now / 2)]).find(
    (value) => value !== now && outcomeAt(value)?.holds === true,
  );
  if (far === undefined) return undefined;
  const isSize = sizesOf(outcomeAt(far)?.graph) !== sizesOf(graph);
  // Sizes stay as divisible as they were, or borders are lost.
  const step = isSize ? greatestCommonDivisor(now, 32) : 1;
  // Limits are taken to be kept from some value on; what is told was tried.
  let [good, bad] = [Math.round((far - now) / step), 0];
  while (Math.abs(good - bad) > 1) {
    const middle = Math.trunc((good + bad) / 2);
    if (outcomeAt(now + middle * step)?.holds === true) good = middle;
    else bad = middle;
  }
  const value = now + good * step;
  const outcome = value < 1 ? undefined : outcomeAt(value);
  if (outcome?.holds !== true || !outcome.isClean) return undefined;
  const { amount } = outcome;
  return {
    told: knob.tell(value),
    size: Math.abs(value - now) / now,
    ...(amount !== undefined && { amount }),
  };
}

/** The names and channels of what goes in and comes out. */
function doorOf({ nodes, inputs, outputs }: CheckedGraph): string {
  return [...inputs, ...outputs].map(({ name, node }) => `${name} ${nodes[node]?.shape.channels}`).join();
}

function sizesOf(graph: CheckedGraph | undefined): string {
  return (graph?.inputs ?? []).map(({ node }) => graph?.nodes[node]?.shape.sizes.join("x")).join();
}

/** `k=32`, `blocks=[6, 12, 24, 16]`: a knob for each number. */
function parametersOf({ nodes: [first] }: CheckedGraph): readonly Knob[] {
  const frame = first && outermost(first.origin.frame);
  return (frame?.bindings ?? []).flatMap((binding) =>
    numbersOf(binding.slice(binding.indexOf("=") + 1)).map(({ now, at, written }): Knob => {
      const start = binding.indexOf("=") + 1 + at;
      const set = (value: number): string =>
        `${binding.slice(0, start)}${value}${binding.slice(start + written.length)}`;
      return {
        now,
        change: (value) => ({ set: set(value) }),
        tell: (value) => quoted(`--set ${set(value).replaceAll(" ", "")}`),
      };
    }),
  );
}

interface Written {
  readonly now: number;
  readonly at: number;
  readonly written: string;
}

/** Of a whole number, or of a list of such. */
function numbersOf(value: string): readonly Written[] {
  if (!/^(?:[1-9]\d*|\[[1-9]\d*(?:, *[1-9]\d*)*\])$/.test(value)) return [];
  return [...value.matchAll(/\d+/g)].map(({ 0: written, index: at }) => ({
    now: Number(written),
    at,
    written,
  }));
}

/** Of an input whose sizes are all the same. */
function inputsOf(graph: CheckedGraph): readonly Knob[] {
  return graph.inputs.flatMap(({ name, node }): readonly Knob[] => {
    const [channels = 0, ...sizes] = dimensions(graph.nodes[node]?.shape ?? { channels: 0, sizes: [] });
    const [now] = sizes;
    if (now === undefined || now < 2 || sizes.some((size) => size !== now)) return [];
    const input = (value: number): string => `${name}=${[channels, ...sizes.map(() => value)].join("x")}`;
    return [
      {
        now,
        change: (value) => ({ input: input(value) }),
        tell: (value) => quoted(`--input ${input(value)}`),
      },
    ];
  });
}

/** Arguments that are written as numbers: `k=32`, `blocks=[6, 12]`. */
function numbersIn(file: SourceFile): readonly Knob[] {
  const text = file.text.replace(/\/\/.*|\bexpect\b[^;]*;/g, (part) => " ".repeat(part.length));
  const knobs = [
    ...text
      .replace(/: *\w+(?:\[\])? *=/g, (part) => " ".repeat(part.length))
      .matchAll(/\b([A-Za-z_]\w*) *= *(\d+|\[[\d, ]+\])(?=[\s,;)])/g),
  ].flatMap(({ 0: whole, 1: name = "", 2: value = "", index }) =>
    numbersOf(value).map(({ now, at, written }): Knob => {
      const start = index + whole.length - value.length + at;
      const argument = (number: string): string =>
        `${name}=${value.slice(0, at)}${number}${value.slice(at + written.length)}`;
      return {
        now,
        change: (number) => ({
          text: `${file.text.slice(0, start)}${number}${file.text.slice(start + written.length)}`,
        }),
        tell: (number) =>
          `${quoted(argument(`${number}`))} at ${placeOf({ file, start: index, end: index + whole.length })}`,
      };
    }),
  );
  return knobs.slice(0, MOST_NUMBERS);
}
