/** The grammar as the parser has it, printed: `dn.ebnf` is made of this, and a test keeps the two equal. */
import {
  Alternation,
  Alternative,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type TokenType,
} from "chevrotain";
import { InternalError } from "../src/base/invariant.ts";
import { createParser } from "./parser.ts";

const HEADER = `(* Generated from parser.ts: do not edit.
   The parser accepts a little more than the language, so that nothing is lost to a typo; validate.ts then tells a
   missing or stray ";", an empty body or branch, and parts of a file that are out of order. *)

`;

const TERMINALS = `
Kernel = digit { digit } "x" digit { digit } { "x" digit { digit } } ;
Num = digits [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ] [ "K" | "M" | "G" | "KiB" | "MiB" | "GiB" ] ;
Ident = ( letter | "_" ) { letter | digit | "_" } ;
Str = '"' { any character but '"' and the end of the line } '"' ;
digits = digit { [ "_" ] digit } ;
(* Comments run from "//" to the end of the line. *)
`;

export function printGrammar(): string {
  const rules = Object.values(createParser().rules());
  // The rules of expressions are defined first, since the others are built on them; a reader starts at the file.
  const top = rules.findIndex(({ name }) => name === "file");
  const ordered = [...rules.slice(top), ...rules.slice(0, top)];
  return (
    HEADER +
    ordered.map(({ name, definition }) => `${name} = ${inBrackets(definition)} ;\n`).join("") +
    TERMINALS
  );
}

function sequence(parts: readonly IProduction[]): string {
  return parts.map(production).join(" ");
}

function production(part: IProduction): string {
  if (part instanceof Terminal) return terminal(part.terminalType);
  if (part instanceof NonTerminal) return part.nonTerminalName;
  if (part instanceof Option) return `[ ${inBrackets(part.definition)} ]`;
  if (part instanceof Repetition) return `{ ${inBrackets(part.definition)} }`;
  if (part instanceof RepetitionMandatoryWithSeparator) return list(part.definition, part.separator);
  if (part instanceof RepetitionWithSeparator) return `[ ${list(part.definition, part.separator)} ]`;
  if (part instanceof Alternation) return `( ${alternatives(part)} )`;
  throw new InternalError("the grammar uses a kind of production that its printer does not know");
}

function list(definition: readonly IProduction[], separator: TokenType): string {
  const item = sequence(definition);
  return `${item} { ${terminal(separator)} ${item} }`;
}

/** Brackets group already: an alternation alone in them needs no parentheses. */
function inBrackets(definition: readonly IProduction[]): string {
  const [only, ...rest] = definition;
  return only instanceof Alternation && rest.length === 0 ? alternatives(only) : sequence(definition);
}

function alternatives({ definition }: Alternation): string {
  return definition
    .map((part) => (part instanceof Alternative ? sequence(part.definition) : production(part)))
    .join(" | ");
}

function terminal({ name, PATTERN }: TokenType): string {
  return typeof PATTERN === "string" ? `"${PATTERN}"` : name;
}
