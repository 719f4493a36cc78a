/**
 * Texts that the compiler has to take, whatever they are: specs with a few changes, and texts that the grammar allows.
 * Each has a number, of which it can be made again.
 */
import { type CorpusFile, type Part, partsOf, readCorpus } from "./corpus.ts";
import { derive, NAMES, NUMBERS } from "./derive.ts";
import { type Random, randomOf } from "./random.ts";

export interface Input {
  readonly path: string;
  readonly text: string;
}

const corpus = readCorpus();
/** With few mistakes to begin with, a change leads further into the compiler. */
const right = corpus.filter(({ path }) => /^(specs|test\/golden\/ok)\//.test(path));

/** The parts of all specs by their rule: what one is made of may stand in another. */
const partTexts = new Map<string, string[]>();
for (const { text, parts } of corpus) {
  for (const { rule, start, end } of parts) {
    const texts = partTexts.get(rule) ?? [];
    partTexts.set(rule, texts);
    texts.push(text.slice(start, end));
  }
}

/** Changed texts may grow: longer ones are cut. */
const MOST_CHARACTERS = 12_000;

export function inputOf(seed: number, number: number): Input {
  const random = randomOf(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  if (random.chance(0.1)) return { path: "derived.dn", text: derivedText(random) };
  const file = random.pick(random.chance(0.5) ? right : corpus);
  let { text } = file;
  const nChanges = random.chance(0.5) ? 1 : 2 + random.below(3);
  for (let change = 0; change < nChanges; change += 1)
    text = changed(text, file, random).slice(0, MOST_CHARACTERS);
  return { path: file.path, text };
}

const PREAMBLE = 'dn 1;\nimport { dense, denseX, transition, basic } from "std";\n';

function derivedText(random: Random): string {
  const depth = 2 + random.below(10);
  const derived = (rule: string): string => derive(rule, depth, random).join(random.chance(0.9) ? " " : "\n");
  if (random.chance(0.3)) return derived("file");
  // In a place where it may mean something.
  const input = random.pick([
    "f32[3 @ 32x32]",
    "f32[8 @ H, W]",
    "f32[4 @ 64]",
    "f32[16]",
    "f32[2 @ 8, 8, 8]",
  ]);
  const order = random.pick(["pre", "post", "bare"]);
  const body = random.chance(0.5) ? derived("body") : `< ${derived("stage")}; ${derived("stage")}; relu >`;
  const blocks = random.chance(0.5) ? derived("block") : "";
  return `${PREAMBLE}${blocks}\nmodel m { set order = ${order}; input x: ${input}; output y = x ${body}; }\n`;
}

type Change = (text: string, file: CorpusFile, random: Random) => string;

const TOKEN = /\/\/[^\n]*|"[^"\n]*"|[A-Za-z_]\w*|\d[\w.]*|\s+|->|[<>=!]=|&&|\|\||[^\s\w]/g;
const STRANGE = [
  "\0",
  "×",
  "→",
  "é",
  "\uFFFD",
  "\u00A0",
  "😀",
  "\uD800",
  "\u0301",
  "#",
  "/*",
  "*/",
  '"',
  "\\",
  "\r",
  "\t",
];
const SIGNS = [
  "<",
  ">",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ";",
  ",",
  "|",
  "@",
  "->",
  "/",
  "=",
  ":",
  ".",
  "+",
  "-",
  "*",
  "%",
  "!",
];
const WORDS = [
  "let",
  "when",
  "else",
  "for",
  "in",
  "it",
  "repeat",
  "as",
  "from",
  "model",
  "block",
  "where",
  "shared",
  "set",
];

const ofTokens: Change = (text, _, random) => {
  const tokens = text.match(TOKEN) ?? [];
  const at = random.below(tokens.length);
  const other = random.pick([...tokens, ""]);
  switch (random.below(6)) {
    case 0:
      tokens.splice(at, 1);
      break;
    case 1:
      tokens.splice(at, 0, tokens[at] ?? "", " ");
      break;
    case 2:
      tokens.splice(at, 1, other);
      break;
    case 3:
      tokens.splice(
        at,
        0,
        " ",
        random.pick([random.pick(SIGNS), random.pick(WORDS), random.pick(NAMES)]),
        " ",
      );
      break;
    case 4:
      tokens.splice(at, 2, tokens[at + 1] ?? "", tokens[at] ?? "");
      break;
    default:
      tokens.splice(at, random.below(8), random.pick(STRANGE));
  }
  return tokens.join("");
};

const ofNumbers: Change = (text, _, random) => {
  const numbers = [...text.matchAll(/\b\d[\w.]*/g)];
  if (numbers.length === 0) return text;
  const { index, 0: found } = random.pick(numbers);
  const by = random.chance(0.7) ? `${random.below(40)}` : random.pick(NUMBERS);
  return text.slice(0, index) + by + text.slice(index + found.length);
};

const ofNames: Change = (text, _, random) => {
  const names = [...new Set(text.match(/\b[A-Za-z_]\w*/g) ?? [])];
  if (names.length === 0) return text;
  const [from, to] = [random.pick(names), random.chance(0.6) ? random.pick(names) : random.pick(NAMES)];
  return text.replace(new RegExp(`\\b${from}\\b`, random.chance(0.5) ? "g" : ""), to);
};

const ofLines: Change = (text, _, random) => {
  const lines = text.split("\n");
  const [at, other] = [random.below(lines.length), random.below(lines.length)];
  const moved = lines[at] ?? "";
  if (random.chance(0.5)) lines.splice(at, 1);
  if (random.chance(0.7)) lines.splice(other, 0, moved);
  return lines.join("\n");
};

const ofParts: Change = (text, file, random) => {
  const parts: readonly Part[] = text === file.text ? file.parts : partsOf(text);
  if (parts.length === 0) return text;
  const { rule, start, end } = random.pick(parts);
  const by = (): string => {
    switch (random.below(4)) {
      case 0:
        return "";
      case 1:
        return `${text.slice(start, end)} ${text.slice(start, end)}`;
      case 2:
        return derive(rule, 1 + random.below(6), random).join(" ");
      default:
        return random.pick(partTexts.get(rule) ?? [""]);
    }
  };
  return text.slice(0, start) + by() + text.slice(end);
};

const ofCharacters: Change = (text, _, random) => {
  const at = random.below(text.length + 1);
  if (random.chance(0.2)) return text.slice(0, at);
  return (
    text.slice(0, at) + (random.chance(0.5) ? random.pick(STRANGE) : "") + text.slice(at + random.below(3))
  );
};

const CHANGES: readonly Change[] = [
  ...[ofTokens, ofTokens, ofNumbers, ofNumbers, ofNames, ofLines],
  ...[ofParts, ofParts, ofParts, ofParts, ofCharacters],
];

function changed(text: string, file: CorpusFile, random: Random): string {
  return random.pick(CHANGES)(text, file, random);
}
