/** From a source file to its syntax tree. It never throws and always returns a tree; mistakes go to the reporter. */
import { Lexer } from "chevrotain";
import type { Reporter } from "../src/base/diagnostic.ts";
import type { SourceFile } from "../src/base/source.ts";
import type { File } from "./ast.ts";
import { buildFile } from "./build-ast.ts";
import { createParser, type Parser } from "./parser.ts";
import { unexpected } from "./syntax-errors.ts";
import { tokens } from "./tokens.ts";

interface Machine {
  readonly lexer: Lexer;
  readonly parser: Parser;
}

let machine: Machine | undefined;

/** Built at the first use, so that commands that parse nothing do not pay for it. */
function theMachine(): Machine {
  machine ??= {
    lexer: new Lexer([...tokens], { positionTracking: "onlyOffset", skipValidations: true }),
    parser: createParser(),
  };
  return machine;
}

export function parse(source: SourceFile, reporter: Reporter): File {
  const { lexer, parser } = theMachine();
  const lexed = lexer.tokenize(source.text);
  // Offsets are all that spans need; the lexer gives the first one only.
  for (const token of lexed.tokens) token.endOffset = token.startOffset + token.image.length - 1;
  const { tree, errors } = parser.parse(lexed.tokens);
  for (const error of errors) {
    const start = Number.isNaN(error.token.startOffset) ? source.text.length : error.token.startOffset;
    reporter.report(
      unexpected.at({ span: { file: source, start, end: start + error.token.image.length } }, error.message),
    );
  }
  return buildFile({ file: source, reporter }, tree, lexed.groups["comments"] ?? []);
}
