/** From text to tokens of the grammar. What is none is reported and, where its meaning is plain, put right for the parser. */
import { type IToken, Lexer, type TokenType } from "chevrotain";
import type { Diagnostic, Fix, Reporter } from "../src/base/diagnostic.ts";
import type { SourceFile, Span } from "../src/base/source.ts";
import { quoted } from "../src/base/text.ts";
import { isInvisible, isLetter, meaningOf } from "./foreign.ts";
import { repairNumber } from "./malformed-number.ts";
import { invalidCharacter, unterminatedString } from "./syntax-errors.ts";
import {
  Arrow,
  Foreign,
  ForeignArrow,
  ForeignStr,
  Ident,
  Kernel,
  Malformed,
  Num,
  OpenStr,
  retype,
  Str,
  signTypes,
  tokens as vocabulary,
} from "./tokens.ts";

export interface Scanned {
  readonly tokens: readonly IToken[];
  /** `//` comments in order. */
  readonly comments: readonly IToken[];
  /** Where it was put right by a guess or left out: what follows may not fit. */
  readonly unclear: readonly number[];
}

let lexer: Lexer | undefined;

/** The last offset of a token is not told by the lexer when only offsets are tracked. */
function withEnd(token: IToken): IToken {
  token.endOffset = token.startOffset + token.image.length - 1;
  return token;
}

export function scan(file: SourceFile, reporter: Reporter): Scanned {
  lexer ??= new Lexer([...vocabulary], { positionTracking: "onlyOffset", skipValidations: true });
  const { tokens: lexed, groups } = lexer.tokenize(file.text);
  for (const comment of groups["foreign"] ?? []) reporter.report(foreignComment(file, withEnd(comment)));
  const tokens: IToken[] = [];
  const unclear: number[] = [];
  for (let index = 0; index < lexed.length; index += 1) {
    const token = lexed[index];
    if (token === undefined || token.startOffset <= (tokens.at(-1)?.endOffset ?? -1)) continue;
    withEnd(token);
    const isForeign = token.tokenType === Foreign;
    if (isForeign && isLetter(token.image)) tokens.push(foreignWord(file, tokens, token, reporter));
    else if (isForeign) {
      const repaired = foreignSign(file, lexed, index, reporter);
      if (repaired === undefined) unclear.push(token.startOffset);
      else tokens.push(repaired);
    } else {
      const repair = REPAIRS.get(token.tokenType);
      if (repair !== undefined) unclear.push(token.startOffset);
      tokens.push(repair?.(file, token, reporter) ?? token);
    }
  }
  return { tokens, comments: (groups["comments"] ?? []).map(withEnd), unclear };
}

type Repair = (file: SourceFile, token: IToken, reporter: Reporter) => IToken;

const REPAIRS: ReadonlyMap<TokenType, Repair> = new Map([
  [Malformed, repairNumber],
  [OpenStr, closeString],
  [ForeignStr, plainString],
  [ForeignArrow, plainArrow],
]);

function spanOf(file: SourceFile, token: IToken): Span {
  return { file, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}

function closeString(file: SourceFile, token: IToken, reporter: Reporter): IToken {
  const image = `${token.image.trimEnd()}"`;
  const span = { file, start: token.startOffset, end: token.startOffset + image.length - 1 };
  const fix: Fix = {
    title: 'close it with `"`',
    applicability: "maybe-incorrect",
    edits: [{ span: { ...span, start: span.end }, text: '"' }],
  };
  reporter.report(unterminatedString.at({ span, help: [fix.title], fix }));
  return retype(token, Str, image);
}

function plainString(file: SourceFile, token: IToken, reporter: Reporter): IToken {
  const image = `"${token.image.slice(1, -1)}"`;
  reporter.report(replacement(spanOf(file, token), token.image[0] ?? "", image));
  return retype(token, Str, image);
}

function plainArrow(file: SourceFile, token: IToken, reporter: Reporter): IToken {
  reporter.report(replacement(spanOf(file, token), token.image, "->"));
  return retype(token, Arrow, "->");
}

function replacement(span: Span, character: string, text: string): Diagnostic {
  const fix: Fix = {
    title: `write ${quoted(text)}`,
    applicability: "machine-applicable",
    edits: [{ span, text }],
  };
  return invalidCharacter.at({ span, help: [fix.title], fix }, character);
}

function foreignComment(file: SourceFile, token: IToken): Diagnostic {
  const span = spanOf(file, token);
  const opening = token.image.startsWith("#") ? "#" : "/*";
  const text = `//${token.image.slice(opening.length).replace(/\s*\*\/$/, "")}`;
  const lineEnd = /^[ \t\r]*(?:\n|$)/.test(file.text.slice(span.end, span.end + 200));
  const isSafe = !text.includes("\n") && lineEnd;
  const fix: Fix = { title: "use `//`", applicability: "machine-applicable", edits: [{ span, text }] };
  const help = ["comments run from `//` to the end of the line"];
  return invalidCharacter.at({ span, help, ...(isSafe && { fix }) }, opening);
}

/** A name with letters outside ASCII: `größe` is read as one name, with one message. */
function foreignWord(file: SourceFile, before: IToken[], token: IToken, reporter: Reporter): IToken {
  const previous = before.at(-1);
  const isGlued = previous?.endOffset === token.startOffset - 1 && /^\w+$/.test(previous.image);
  if (isGlued) before.pop();
  const start = isGlued ? previous.startOffset : token.startOffset;
  const wordPattern = /[\p{L}\p{M}\p{N}_]+/uy;
  wordPattern.lastIndex = start;
  const word = wordPattern.exec(file.text)?.[0] ?? token.image;
  const span: Span = { file, start, end: start + word.length };
  const meanings = [...word].map((character) => (/\w/.test(character) ? character : meaningOf(character)));
  const plain = meanings.every((meaning) => meaning !== undefined) ? meanings.join("") : undefined;
  const details = { span, help: ["names are written with the letters a to z, digits and `_`"] };
  if (plain === undefined) reporter.report(invalidCharacter.at(details, token.image));
  else {
    const fix: Fix = {
      title: `write ${quoted(plain)}`,
      applicability: "maybe-incorrect",
      edits: [{ span, text: plain }],
    };
    reporter.report(
      invalidCharacter.at({ ...details, help: [...details.help, fix.title], fix }, token.image),
    );
  }
  const type = plain === undefined || !/^\d/.test(plain) ? Ident : /x/.test(plain) ? Kernel : Num;
  const readable = plain !== undefined && (type !== Kernel || /^\d+(x\d+)+$/.test(plain)) ? plain : "_";
  return {
    ...retype(token, readable === "_" ? Ident : type, readable),
    startOffset: start,
    endOffset: span.end - 1,
  };
}

/** One message for a run of foreign characters; `undefined` when nobody knows what they mean. */
function foreignSign(
  file: SourceFile,
  lexed: readonly IToken[],
  index: number,
  reporter: Reporter,
): IToken | undefined {
  const token = lexed[index];
  if (token === undefined) return undefined;
  const previous = lexed[index - 1];
  const meaning = meaningOf(token.image);
  const type = meaning === undefined ? undefined : signTypes.get(meaning);
  if (meaning !== undefined && type !== undefined) {
    reporter.report(replacement(spanOf(file, token), token.image, meaning));
    return retype(token, type, meaning);
  }
  const isFollowUp =
    previous?.tokenType === Foreign &&
    previous.endOffset === token.startOffset - 1 &&
    meaningOf(previous.image) === undefined &&
    !isLetter(previous.image);
  if (isFollowUp) return undefined;
  // Bytes that are no text are told once for the whole file.
  if (token.image === "\uFFFD") return undefined;
  const span = spanOf(file, token);
  if (!isInvisible(token.image)) {
    reporter.report(invalidCharacter.at({ span }, token.image));
    return undefined;
  }
  const fix: Fix = {
    title: "write a space",
    applicability: "machine-applicable",
    edits: [{ span, text: " " }],
  };
  const name = `U+${(token.image.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  reporter.report(invalidCharacter.at({ span, help: [fix.title], fix }, name));
  return undefined;
}
