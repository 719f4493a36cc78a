/** From a source file to its syntax tree. It never throws and always returns a tree; mistakes go to the reporter. */
import type { IToken } from "chevrotain";
import { type Diagnostic, type Reporter, TooManyProblems } from "../src/base/diagnostic.ts";
import type { SourceFile } from "../src/base/source.ts";
import { count } from "../src/base/text.ts";
import type { Comment, File } from "./ast.ts";
import { balance } from "./brackets.ts";
import { buildFile } from "./build-ast.ts";
import { MAX_PROBLEMS } from "./expectations.ts";
import { respell } from "./misspelt-words.ts";
import { createParser, type Parser } from "./parser.ts";
import { parserDiagnostic } from "./parser-errors.ts";
import { scan } from "./scan.ts";
import { indexAt, trackSpoilage } from "./segments.ts";
import { fileTooLarge, invalidEncoding } from "./syntax-errors.ts";

/** In UTF-16 units. */
export const MAX_LENGTH: number = 2 ** 20;

/** A token takes up to two kilobytes of tree. A hundred thousand stages, written one by one, have as many. */
const MAX_TOKENS = 400_000;

/** Built at the first use, so that commands that parse nothing do not pay for it. */
let parser: Parser | undefined;

export function parse(source: SourceFile, reporter: Reporter): File {
  const diagnostics: Diagnostic[] = [];
  const limited: Reporter = {
    report: (diagnostic) => {
      if (diagnostics.length === MAX_PROBLEMS) throw new TooManyProblems();
      diagnostics.push(diagnostic);
    },
  };
  let file = emptyFile(source, []);
  try {
    file = parseInto(source, limited);
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
    const last = diagnostics.pop();
    if (last !== undefined) diagnostics.push({ ...last, notes: ["the rest of the file was not read"] });
  }
  for (const diagnostic of diagnostics.sort(byPlace)) reporter.report(diagnostic);
  return file;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.span?.start ?? 0) - (b.span?.start ?? 0);
}

function parseInto(file: SourceFile, reporter: Reporter): File {
  const { text } = file;
  if (text.length > MAX_LENGTH) {
    reportTooLarge(file, count(text.length, "character"), reporter);
    return emptyFile(file, []);
  }
  const replacement = text.indexOf("\uFFFD");
  if (replacement >= 0) {
    const span = { file, start: replacement, end: replacement + 1 };
    reporter.report(invalidEncoding.at({ span, help: ["save it as UTF-8"] }));
  }
  const scanned = scan(file, reporter);
  const comments = scanned.comments.map(
    (token): Comment => ({
      text: token.image,
      span: { file, start: token.startOffset, end: token.startOffset + token.image.length },
    }),
  );
  const balanced = balance(file, respell(scanned.tokens, file, reporter), reporter);
  if (balanced === undefined) return emptyFile(file, comments);
  if (scanned.tokens.length > MAX_TOKENS) {
    reportTooLarge(file, count(scanned.tokens.length, "token"), reporter);
    return emptyFile(file, comments);
  }

  const { tokens } = balanced;
  const spoilage = trackSpoilage(tokens);
  for (const offset of scanned.unclear) spoilage.spoil({ start: offset, end: offset });
  for (const extent of balanced.unclear) spoilage.spoil(extent);
  parser ??= createParser();
  const { tree, errors } = parser.parse(tokens, balanced.depths);
  for (const error of errors) {
    const index = indexOf(tokens, error.token);
    const diagnostic = parserDiagnostic({ file, tokens }, error, index);
    const offset = tokens[index]?.startOffset ?? diagnostic.span?.start ?? text.length;
    if (spoilage.reaches(offset)) continue;
    spoilage.spoil({ start: offset, end: offset }, { beyond: error.name === "MismatchedTokenException" });
    reporter.report(diagnostic);
  }
  if (tree === undefined) return emptyFile(file, comments);
  return buildFile({ file, reporter, tokens, isSpoiled: spoilage.reaches }, tree, comments);
}

function reportTooLarge(file: SourceFile, size: string, reporter: Reporter): void {
  reporter.report(fileTooLarge.at({ span: { file, start: 0, end: 1 }, help: ["split it"] }, size));
}

function emptyFile(file: SourceFile, comments: readonly Comment[]): File {
  const span = { file, start: 0, end: file.text.length };
  return { imports: [], blocks: [], models: [], lets: [], comments, span };
}

/** Made-up tokens share the offset of the token after them. */
function indexOf(tokens: readonly IToken[], token: IToken): number {
  if (Number.isNaN(token.startOffset)) return tokens.length;
  let index = indexAt(tokens, token.startOffset);
  while (index < tokens.length && tokens[index] !== token) index += 1;
  return index;
}
