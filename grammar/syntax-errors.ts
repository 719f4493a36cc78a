/** What can be wrong with the text of a file, each kind with its page for `dnc explain`. */
import { type DiagnosticKind, defineDiagnostic } from "../src/base/diagnostic.ts";

export const unexpectedToken: DiagnosticKind<[expected: string, found: string]> = defineDiagnostic({
  code: "DN0101",
  message: (expected, found) => `expected ${expected}, found ${found}`,
  explain: {
    title: "unexpected-token",
    text:
      "The text does not follow the grammar at this place. The message says what may stand there.\n" +
      "After such an error the compiler goes on at the next stage, so that one run tells all of them.",
    wrong: "dn 1;\nblock d < relu ) >\n",
    right: "dn 1;\nblock d < relu >\n",
  },
});

export const unclosedBody: DiagnosticKind<[open: string]> = defineDiagnostic({
  code: "DN0102",
  message: (open) => `this \`${open}\` is never closed`,
  explain: {
    title: "unclosed-body",
    text:
      "A body runs from `<` to its own `>`, as the other brackets do.\n" +
      "The message points at the bracket that is left open when the next definition begins or the file ends; " +
      "the fix closes it there, so check that this is where the body should end.",
    wrong: "dn 1;\nblock d < relu\nblock e < relu >\n",
    right: "dn 1;\nblock d < relu >\nblock e < relu >\n",
  },
});

export const invalidCharacter: DiagnosticKind<[character: string]> = defineDiagnostic({
  code: "DN0103",
  message: (character) => `\`${character}\` cannot be used here`,
  explain: {
    title: "invalid-character",
    text:
      "Outside comments and strings a file is written in ASCII: letters, digits and the signs of the grammar.\n" +
      'Word processors and web pages replace `x`, `-` and `"` by look-alikes; the fix puts the plain ones back.',
    wrong: "dn 1;\nblock d < maxpool 3×3 >\n",
    right: "dn 1;\nblock d < maxpool 3x3 >\n",
  },
});

export const missingSeparator: DiagnosticKind<[where: string]> = defineDiagnostic({
  code: "DN0104",
  message: (where) => `missing \`;\` ${where}`,
  explain: {
    title: "missing-separator",
    text: "Stages of a body are separated by `;`, and every item of a model ends in one.",
    wrong: "dn 1;\nblock d < bn relu >\n",
    right: "dn 1;\nblock d < bn; relu >\n",
  },
});

export const malformedKernel: DiagnosticKind<[problem: string]> = defineDiagnostic({
  code: "DN0105",
  message: (problem) => problem,
  explain: {
    title: "malformed-kernel",
    text:
      "A kernel is a size for each axis, joined by the letter x without spaces: `3x3`, `3x3x3`.\n" +
      "A single number such as `3` serves any number of axes.",
    wrong: "dn 1;\nblock d < maxpool 3x >\n",
    right: "dn 1;\nblock d < maxpool 3x3 >\n",
  },
});

export const nestedTooDeeply: DiagnosticKind<[]> = defineDiagnostic({
  code: "DN0106",
  message: () => "nested too deeply",
  explain: {
    title: "nested-too-deeply",
    text:
      "Brackets may be nested 128 deep, a `when` may have 256 `else`, and an expression 1,024 operators; " +
      "mixtures count together.\n" +
      "No network needs that much: repetition is written with `repeat` and `for`, and blocks may call blocks.",
    wrong: `dn 1;\nlet a = ${"(".repeat(129)}1${")".repeat(129)};\n`,
    right: "dn 1;\nlet a = ((1));\n",
  },
});

export const reservedWord: DiagnosticKind<[word: string]> = defineDiagnostic({
  code: "DN0107",
  message: (word) => `\`${word}\` is a word of the grammar and cannot name anything`,
  explain: {
    title: "reserved-word",
    text:
      "The words of the grammar name nothing else: " +
      "`as block dn else expect false for from import in input it let model output repeat set shared true when where`.",
    wrong: "dn 1;\nblock repeat < relu >\n",
    right: "dn 1;\nblock repeated < relu >\n",
  },
});

export const numberOutOfRange: DiagnosticKind<[text: string]> = defineDiagnostic({
  code: "DN0108",
  message: (text) => `the number \`${text.length > 24 ? `${text.slice(0, 21)}…` : text}\` is out of range`,
  explain: {
    title: "number-out-of-range",
    text:
      "Numbers are exact, so their size costs memory: an exponent lies between -400 and 400, " +
      "a number has at most 10,000 digits, and a size of a kernel is below 2^53.",
    wrong: "dn 1;\nlet a = 1e999999;\n",
    right: "dn 1;\nlet a = 1e9;\n",
  },
});

export const relationOutsideBrackets: DiagnosticKind<[operator: string]> = defineDiagnostic({
  code: "DN0109",
  message: (operator) => `\`${operator}\` stands outside parentheses`,
  explain: {
    title: "relation-outside-brackets",
    text:
      "`<` and `>` are the brackets of a body, so a comparison stands inside `( )` or after `expect`; " +
      "so do `&&` and `||`.",
    wrong: "dn 1;\nblock d(n=2) < let big = n > 3; when (big) < relu > >\n",
    right: "dn 1;\nblock d(n=2) < let big = (n > 3); when (big) < relu > >\n",
  },
});

export const misplacedArguments: DiagnosticKind<[after: string]> = defineDiagnostic({
  code: "DN0110",
  message: (after) => `arguments stand before \`${after}\``,
  explain: {
    title: "misplaced-arguments",
    text:
      "What follows the name of a stage has a fixed order: " +
      "kernel, `(arguments)`, `< branches >`, `/stride`, `-> channels`, `: [type]`, `as label`.\n" +
      "Parentheses after `->` would make its value a call.",
    wrong: "dn 1;\nblock d < conv 3 -> 16 (order=pre) >\n",
    right: "dn 1;\nblock d < conv 3 (order=pre) -> 16 >\n",
  },
});

export const unterminatedString: DiagnosticKind<[]> = defineDiagnostic({
  code: "DN0111",
  message: () => "this string is never closed",
  explain: {
    title: "unterminated-string",
    text: 'A string ends in `"` on the line on which it starts.',
    wrong: 'dn 1;\nimport { dense } from "std;\nblock d < dense(k=8) >\n',
    right: 'dn 1;\nimport { dense } from "std";\nblock d < dense(k=8) >\n',
  },
});

export const unknownEdition: DiagnosticKind<[edition: string]> = defineDiagnostic({
  code: "DN0112",
  message: (edition) => `there is no edition ${edition} of the language`,
  explain: {
    title: "unknown-edition",
    text: "The first line says which edition of the language a file is written in. This compiler knows edition 1.",
    wrong: "dn 2;\nblock d < relu >\n",
    right: "dn 1;\nblock d < relu >\n",
  },
});

export const batchSymbol: DiagnosticKind<[]> = defineDiagnostic({
  code: "DN0113",
  message: () => "`N` cannot be a symbol: it is the batch, which is never written",
  explain: {
    title: "batch-symbol",
    text:
      "Every value has an implicit leading batch size `N`. " +
      "A type says only the channels and the sizes: `f32[3 @ H, W]`.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ N, N]; output y = x < relu >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8, 8]; output y = x < relu >; }\n",
  },
});

export const fileTooLarge: DiagnosticKind<[size: string]> = defineDiagnostic({
  code: "DN0114",
  message: (size) => `the file is too large: ${size}`,
  explain: {
    title: "file-too-large",
    text: "A file holds at most 1,048,576 characters, and 400,000 words, numbers and signs. A larger one is not a spec that anyone wrote.",
  },
});

export const invalidEncoding: DiagnosticKind<[]> = defineDiagnostic({
  code: "DN0115",
  message: () => "the file is not UTF-8",
  explain: {
    title: "invalid-encoding",
    text:
      "A file is read as UTF-8. Bytes that are none show as `\uFFFD`; the message points at the first. " +
      "Save the file as UTF-8.",
    wrong: "dn 1;\n// caf\uFFFD\nblock d < relu >\n",
    right: "dn 1;\n// café\nblock d < relu >\n",
  },
});

export const malformedNumber: DiagnosticKind<[text: string]> = defineDiagnostic({
  code: "DN0116",
  message: (text) => `\`${text}\` is not a number`,
  explain: {
    title: "malformed-number",
    text:
      "Numbers are written `1_000`, `0.5`, `1e-5`, `2.9G`. " +
      "`K M G` are powers of 1000, `KiB MiB GiB` powers of 1024. A product needs its `*`: `2*k`.",
    wrong: "dn 1;\nlet a = 8MB;\n",
    right: "dn 1;\nlet a = 8M;\n",
  },
});
