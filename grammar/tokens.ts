/** The words and signs of the language. Order matters: the first pattern that fits wins. */
import { createToken, type IToken, type ITokenConfig, Lexer, type TokenType } from "chevrotain";

const all: TokenType[] = [];

function token(config: ITokenConfig): TokenType {
  const type = createToken(config);
  all.push(type);
  return type;
}

const signs = new Map<string, TokenType>();

function sign(name: string, text: string): TokenType {
  const type = token({ name, pattern: text, label: `\`${text}\`` });
  signs.set(text, type);
  return type;
}

/** A byte order mark counts as white space. */
token({
  name: "WhiteSpace",
  pattern: /[ \t\r\n\uFEFF]+/,
  group: Lexer.SKIPPED,
});
token({
  name: "LineComment",
  pattern: /\/\/[^\r\n]*/,
  group: "comments",
});
/** Comments of other languages: told apart so that one message suffices. */
token({
  name: "ForeignComment",
  pattern: /\/\*(?:[^*]|\*(?!\/))*\*\/|#[^\r\n]*/,
  group: "foreign",
  line_breaks: true,
});

// Numbers: whatever starts with a digit and is neither a kernel nor a number is `Malformed`, whole.
export const Kernel: TokenType = token({
  name: "Kernel",
  pattern: /\d+(?:x\d+)+(?![A-Za-z0-9_.\u00D7\u2715\u2716\u0445])/,
  label: "a kernel such as `3x3`",
});
export const Num: TokenType = token({
  name: "Num",
  pattern:
    /\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?(?:KiB|MiB|GiB|[KMG])?(?![A-Za-z0-9_.\u00D7\u2715\u2716\u0445])/,
  label: "a number",
});
export const Malformed: TokenType = token({
  name: "Malformed",
  pattern: /\d(?:[eE][+-]\d|[A-Za-z0-9_.\u00D7\u2715\u2716\u0445])*/,
});

export const Str: TokenType = token({
  name: "Str",
  pattern: /"[^"\r\n]*"/,
  label: "a string",
  line_breaks: false,
});
/** Ends where the statement most likely goes on. */
export const OpenStr: TokenType = token({ name: "OpenStr", pattern: /"[^"\r\n;)]*/, line_breaks: false });
/** In the quotes of a word processor or another language. */
export const ForeignStr: TokenType = token({
  name: "ForeignStr",
  pattern: /['\u2018\u2019\u201C\u201D\u201E][^'"\u2018\u2019\u201C\u201D\r\n]*['\u2018\u2019\u201C\u201D]/,
  line_breaks: false,
});

export const Ident: TokenType = createToken({
  name: "Ident",
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  label: "a name",
});

const words = new Map<string, TokenType>();

function word(text: string): TokenType {
  const type = token({
    name: text[0]?.toUpperCase() + text.slice(1),
    pattern: text,
    longer_alt: Ident,
    label: `\`${text}\``,
  });
  words.set(text, type);
  return type;
}

export const As: TokenType = word("as");
export const Block: TokenType = word("block");
export const Dn: TokenType = word("dn");
export const Else: TokenType = word("else");
export const Expect: TokenType = word("expect");
export const False: TokenType = word("false");
export const For: TokenType = word("for");
export const From: TokenType = word("from");
export const Import: TokenType = word("import");
/** Before `in`, its prefix. */
export const Input: TokenType = word("input");
export const In: TokenType = word("in");
export const It: TokenType = word("it");
export const Let: TokenType = word("let");
export const Model: TokenType = word("model");
export const Output: TokenType = word("output");
export const Repeat: TokenType = word("repeat");
export const SetWord: TokenType = word("set");
export const Shared: TokenType = word("shared");
export const True: TokenType = word("true");
export const When: TokenType = word("when");
export const Where: TokenType = word("where");
all.push(Ident);

export const Arrow: TokenType = sign("Arrow", "->");
/** Of other languages, and of hasty fingers. */
export const ForeignArrow: TokenType = token({
  name: "ForeignArrow",
  pattern: /=>|-->|- +>/,
  line_breaks: false,
});
export const LessEqual: TokenType = sign("LessEqual", "<=");
export const GreaterEqual: TokenType = sign("GreaterEqual", ">=");
export const EqualEqual: TokenType = sign("EqualEqual", "==");
export const NotEqual: TokenType = sign("NotEqual", "!=");
export const AndAnd: TokenType = sign("AndAnd", "&&");
export const OrOr: TokenType = sign("OrOr", "||");
export const Less: TokenType = sign("Less", "<");
export const Greater: TokenType = sign("Greater", ">");
export const Equal: TokenType = sign("Equal", "=");
export const Not: TokenType = sign("Not", "!");
export const Bar: TokenType = sign("Bar", "|");
export const Semi: TokenType = sign("Semi", ";");
export const Comma: TokenType = sign("Comma", ",");
export const Colon: TokenType = sign("Colon", ":");
export const Dot: TokenType = sign("Dot", ".");
export const At: TokenType = sign("At", "@");
export const Plus: TokenType = sign("Plus", "+");
export const Minus: TokenType = sign("Minus", "-");
export const Star: TokenType = sign("Star", "*");
export const Slash: TokenType = sign("Slash", "/");
export const Percent: TokenType = sign("Percent", "%");
export const OpenParen: TokenType = sign("OpenParen", "(");
export const CloseParen: TokenType = sign("CloseParen", ")");
export const OpenBracket: TokenType = sign("OpenBracket", "[");
export const CloseBracket: TokenType = sign("CloseBracket", "]");
export const OpenBrace: TokenType = sign("OpenBrace", "{");
export const CloseBrace: TokenType = sign("CloseBrace", "}");
/** Any other character; last, so that the lexer itself never fails. */
export const Foreign: TokenType = token({
  name: "Foreign",
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this one takes whatever the others leave.
  pattern: /[\uD800-\uDBFF][\uDC00-\uDFFF]|[\u0000-\uFFFF]/,
  line_breaks: false,
});

/** In the order in which the lexer tries them. */
export const tokens: readonly TokenType[] = all;

/** The signs by their text. */
export const signTypes: ReadonlyMap<string, TokenType> = signs;

/** The words of the grammar: they name nothing else. */
export const reservedWords: ReadonlySet<string> = new Set(words.keys());
export const wordTypes: ReadonlyMap<string, TokenType> = words;

/** Each opening bracket with its closing one. */
export const closers: ReadonlyMap<TokenType, TokenType> = new Map([
  [OpenParen, CloseParen],
  [OpenBracket, CloseBracket],
  [OpenBrace, CloseBrace],
  [Less, Greater],
]);
export const closing: ReadonlySet<TokenType> = new Set(closers.values());

/** What stands only in parentheses, or after `expect`. */
export const relations: ReadonlySet<TokenType> = new Set([
  ...[Less, Greater, LessEqual, GreaterEqual, EqualEqual, NotEqual, AndAnd, OrOr],
]);

const operands: readonly TokenType[] = [Ident, Num, Kernel, Str, True, False, In, It];
export const operandStarts: ReadonlySet<TokenType> = new Set([
  ...operands,
  ...[OpenParen, OpenBracket, Minus, Not],
]);
export const operandEnds: ReadonlySet<TokenType> = new Set([...operands, CloseParen, CloseBracket]);

/** The same place in the file, read as something else. */
export function retype(token: IToken, tokenType: TokenType, image: string): IToken {
  return { ...token, tokenType, tokenTypeIdx: tokenType.tokenTypeIdx ?? 0, image };
}

/** A token that is not in the file, as if it stood right before `offset`. */
export function madeUp(tokenType: TokenType, image: string, offset: number): IToken {
  return {
    image,
    startOffset: offset,
    endOffset: offset - 1,
    tokenType,
    tokenTypeIdx: tokenType.tokenTypeIdx ?? 0,
  };
}
