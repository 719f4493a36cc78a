/** Random texts that the grammar allows, derived from its rules: most of them mean nothing. */
import {
  Alternation,
  Alternative,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type TokenType,
} from "chevrotain";
import { createParser } from "../../grammar/parser.ts";
import { STAGES } from "../../src/ops/index.ts";
import type { Random } from "./random.ts";

const rules = createParser().rules();

export const NAMES: readonly string[] = [
  ...STAGES.map(({ name }) => name),
  ...STAGES.flatMap((stage) => Object.keys(stage.arguments)),
  ...[
    "x",
    "y",
    "a",
    "k",
    "n",
    "c",
    "N",
    "H",
    "W",
    "i",
    "f32",
    "int",
    "float",
    "word",
    "block",
    "pre",
    "post",
    "bare",
  ],
  ...[
    "same",
    "valid",
    "nearest",
    "dense",
    "transition",
    "basic",
    "std",
    "params",
    "macs",
    "depth",
    "order",
    "act",
  ],
  ...[
    "floor",
    "ceil",
    "min",
    "max",
    "sum",
    "len",
    "range",
    "log2",
    "divisible",
    "div",
    "round",
    "abs",
    "h",
    "w",
  ],
];
/** None between those that a network may have in good time and those that no network has. */
export const NUMBERS: readonly string[] = [
  ...["0", "1", "2", "3", "4", "5", "7", "8", "16", "32", "64", "100", "0.5", "1.5", "1e-5", "1_000", "1K"],
  ...["2.9G", "8MiB", "9007199254740991", "9007199254740993", "1000000000000", "1e300"],
];
const KERNELS = ["1x1", "3x3", "7x7", "1x3", "2x2x2", "3x3x3", "0x0", "224x224", "3x9007199254740993"];
const STRINGS = ['"std"', '"./lib.dn"', '"fvcore"', '""'];

/** The text of a token of this type. */
function textOf({ name, PATTERN }: TokenType, random: Random): string {
  if (typeof PATTERN === "string") return PATTERN;
  switch (name) {
    case "Ident":
      return random.pick(NAMES);
    case "Num":
      // Small ones most of the time: others are refused at once.
      return random.chance(0.8) ? `${random.below(9)}` : random.pick(NUMBERS);
    case "Kernel":
      return random.pick(KERNELS);
    case "Str":
      return random.pick(STRINGS);
    default:
      throw new Error(`the grammar has a token of a new kind, ${name}`);
  }
}

/** `depth`: how many rules may stand in each other before the shortest ways out are taken. */
export function derive(rule: string, depth: number, random: Random): readonly string[] {
  return sequence(rules[rule]?.definition ?? [], depth - 1, random);
}

function sequence(parts: readonly IProduction[], depth: number, random: Random): readonly string[] {
  return parts.flatMap((part) => production(part, depth, random));
}

function production(part: IProduction, depth: number, random: Random): readonly string[] {
  const more = (probability: number): boolean => depth > 0 && random.chance(probability);
  if (part instanceof Terminal) return [textOf(part.terminalType, random)];
  if (part instanceof NonTerminal) return derive(part.nonTerminalName, depth, random);
  if (part instanceof Alternation) {
    const alternatives = depth > 0 ? part.definition : shortest(part.definition);
    return production(random.pick(alternatives), depth, random);
  }
  if (part instanceof Alternative) return sequence(part.definition, depth, random);
  if (part instanceof Option) return more(0.4) ? sequence(part.definition, depth, random) : [];
  const isNeeded = part instanceof RepetitionMandatory || part instanceof RepetitionMandatoryWithSeparator;
  const separator =
    part instanceof RepetitionWithSeparator || part instanceof RepetitionMandatoryWithSeparator
      ? [textOf(part.separator, random)]
      : [];
  if (!isNeeded && !(part instanceof Repetition || part instanceof RepetitionWithSeparator))
    throw new Error("the grammar has a production of a new kind");
  const found: string[] = [];
  for (let index = 0; (isNeeded && index === 0) || more(0.5); index += 1)
    found.push(...(index === 0 ? [] : separator), ...sequence(part.definition, depth, random));
  return found;
}

const heights = new Map<string, number>();

/** How many rules stand in each other at least in what a definition derives. */
function heightOf(parts: readonly IProduction[], around: ReadonlySet<string> = new Set()): number {
  return parts.reduce((highest, part) => {
    if (part instanceof NonTerminal) {
      const { nonTerminalName: name } = part;
      if (around.has(name)) return Number.POSITIVE_INFINITY;
      const known = heights.get(name);
      if (known !== undefined) return Math.max(highest, known + 1);
      const height = heightOf(rules[name]?.definition ?? [], new Set([...around, name]));
      if (Number.isFinite(height)) heights.set(name, height);
      return Math.max(highest, height + 1);
    }
    if (part instanceof Alternation)
      return Math.max(highest, Math.min(...part.definition.map((each) => heightOf([each], around))));
    if (part instanceof Alternative) return Math.max(highest, heightOf(part.definition, around));
    if (part instanceof RepetitionMandatory || part instanceof RepetitionMandatoryWithSeparator)
      return Math.max(highest, heightOf(part.definition, around));
    return highest;
  }, 0);
}

function shortest(alternatives: readonly IProduction[]): readonly IProduction[] {
  const byHeight = alternatives.map((alternative) => ({ alternative, height: heightOf([alternative]) }));
  const least = Math.min(...byHeight.map(({ height }) => height));
  return byHeight.filter(({ height }) => height === least).map(({ alternative }) => alternative);
}
