/** The grammar itself: proved unambiguous with two tokens, printed, and told the same everywhere. */
import { expect, it } from "vitest";
import { printGrammar } from "../../grammar/ebnf.ts";
import { createParser } from "../../grammar/parser.ts";
import { reservedWord } from "../../grammar/syntax-errors.ts";
import { reservedWords, tokens } from "../../grammar/tokens.ts";
import { parseText } from "./support.ts";

it("passes the self-analysis of the parser generator", () => {
  expect(() => createParser("proved")).not.toThrow();
});

it("is printed in dn.ebnf", async () => {
  await expect(printGrammar()).toMatchFileSnapshot(
    new URL("../../grammar/dn.ebnf", import.meta.url).pathname,
  );
});

it("uses every sign and word that it has", () => {
  const printed = printGrammar();
  for (const { name, PATTERN } of tokens) {
    if (typeof PATTERN === "string") expect(printed).toContain(`"${PATTERN}"`);
    else expect(name).toMatch(/^(WhiteSpace|LineComment|Foreign.*|Malformed|OpenStr|Kernel|Num|Str|Ident)$/);
  }
});

it("explains exactly the words that it reserves", () => {
  for (const word of reservedWords)
    expect(reservedWord.explanation.text).toMatch(new RegExp(`\\b${word}\\b`));
});

it.each([...reservedWords])("lets `%s` name nothing, but as part of a longer word", (word) => {
  expect(parseText(`let ${word} = 1;`).diagnostics.map(({ code }) => code)).toEqual(["DN0107"]);
  expect(
    parseText(`let ${word}s = 1; let a_${word} = 2; let ${word.toUpperCase()} = 3;`).diagnostics,
  ).toEqual([]);
});

it("keeps a file without the line of its edition, and one with it", () => {
  expect(parseText("block a < relu >").file.edition).toBeUndefined();
  expect(parseText("dn 1; block a < relu >").file.edition?.text).toBe("1");
});
