/** Words of the grammar that are misspelt: read as what they were meant for, so that one slip is one message. */
import type { IToken, TokenType } from "chevrotain";
import type { Reporter } from "../src/base/diagnostic.ts";
import type { SourceFile } from "../src/base/source.ts";
import { nearest, quoted } from "../src/base/text.ts";
import { unexpectedToken } from "./syntax-errors.ts";
import * as t from "./tokens.ts";

/** Words that a name follows. Two names never follow each other, so the first of them was meant as one of these. */
const BEFORE_A_NAME = "block model let input output shared set expect from for repeat".split(" ");

/** Where a definition, an item or a stage begins. */
const BEGINNINGS: ReadonlySet<TokenType | undefined> = new Set([
  undefined,
  ...[t.Semi, t.Less, t.Bar, t.OpenBrace, t.CloseBrace, t.Greater],
]);

/** The tokens, with misspelt words put right and reported. */
export function respell(tokens: readonly IToken[], file: SourceFile, reporter: Reporter): readonly IToken[] {
  return tokens.map((token, index) => {
    const word = token.tokenType === t.Ident ? meantWord(tokens, index) : undefined;
    const type = word === undefined ? undefined : t.wordTypes.get(word);
    if (word === undefined || type === undefined) return token;
    const span = { file, start: token.startOffset, end: token.startOffset + token.image.length };
    const title = `write ${quoted(word)}`;
    const fix = { title, applicability: "maybe-incorrect", edits: [{ span, text: word }] } as const;
    reporter.report(unexpectedToken.at({ span, help: [title], fix }, quoted(word), quoted(token.image)));
    return t.retype(token, type, word);
  });
}

function meantWord(tokens: readonly IToken[], index: number): string | undefined {
  const [before, token, after, second] = [-1, 0, 1, 2].map((step) => tokens[index + step]);
  if (token === undefined || !BEGINNINGS.has(before?.tokenType)) return undefined;
  if (before?.tokenType === t.Greater && after?.tokenType === t.Less) return near(token, ["else"]);
  if (after?.tokenType !== t.Ident) return undefined;
  const isLoop = second?.tokenType === t.In || second?.tokenType === t.Comma;
  return near(token, isLoop ? ["for"] : BEFORE_A_NAME);
}

/** A word that is not longer or shorter by more than a letter. */
function near({ image }: IToken, words: readonly string[]): string | undefined {
  return nearest(
    image,
    words.filter((word) => Math.abs(word.length - image.length) <= 1),
  );
}
