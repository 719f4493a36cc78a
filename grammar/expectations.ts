/** What the parser expected where it met an error, in the words of a person. */
import { EOF, type IParserErrorMessageProvider, type TokenType, tokenLabel } from "chevrotain";
import { TooManyProblems } from "../src/base/diagnostic.ts";

/** After so many mistakes the text is hardly a spec, and recovery, which recurses, has to stop. */
export const MAX_PROBLEMS = 100;

export interface Expectations extends IParserErrorMessageProvider {
  /** A new text: no errors yet. */
  start(): void;
}

/** Where one token was missing but others would have done as well: by rule and missing token. */
const IN_PLACE_OF: Readonly<Record<string, string>> = {
  "body Greater": "an operation, `;` or `>`",
  "branches Greater": "an operation, `;`, `|` or `>`",
  "modelBody CloseBrace": "an item of the model or `}`",
  "args CloseParen": "`,` or `)`",
  "params CloseParen": "`,` or `)`",
  "inputs CloseParen": "`,` or `)`",
  "where CloseParen": "`,` or `)`",
  "when CloseParen": "an operator or `)`",
  "group CloseParen": "an operator or `)`",
  "stride CloseParen": "an operator or `)`",
  "list CloseBracket": "`,` or `]`",
  "index CloseBracket": "an operator or `]`",
  "type CloseBracket": "`@`, `,` or `]`",
  "import CloseBrace": "`,` or `}`",
};

/** Where none of several alternatives fits: by rule. */
const ONE_OF: Readonly<Record<string, string>> = {
  file: "a block or a model",
  import: "`{` or `*`",
  imported: "a name",
  paramType: "a type of parameter",
  body: "an operation",
  branches: "an operation",
  stage: "an operation",
  when: "`<` or `when`",
  op: "an operation",
  stride: "a number, a kernel, a name or `(`",
  model: "`=` or `{`",
  modelBody: "an item of the model",
  item: "an item of the model",
  source: "a tensor or a call",
  inputs: "a name",
  qid: "a name",
};

export function createExpectations(): Expectations {
  let nErrors = 0;
  const oneMore = (text: string): string => {
    nErrors += 1;
    if (nErrors > MAX_PROBLEMS) throw new TooManyProblems();
    return text;
  };
  const oneOf = ({ ruleName }: { readonly ruleName: string }): string =>
    oneMore(ONE_OF[ruleName] ?? "an expression");
  return {
    start: () => {
      nErrors = 0;
    },
    buildMismatchTokenMessage: ({ expected, ruleName }) => oneMore(expectedToken(expected, ruleName)),
    buildNoViableAltMessage: oneOf,
    buildEarlyExitMessage: oneOf,
    buildNotAllInputParsedMessage: oneOf,
  };
}

function expectedToken(expected: TokenType, rule: string): string {
  if (expected === EOF) return ONE_OF["file"] ?? "";
  return IN_PLACE_OF[`${rule} ${expected.name}`] ?? tokenLabel(expected);
}
