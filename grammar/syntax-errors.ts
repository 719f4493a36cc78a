/** What can be wrong with the text of a file. */
import { type Diagnostic, type DiagnosticKind, defineDiagnostic } from "../src/base/diagnostic.ts";
import type { Span } from "../src/base/source.ts";

export const outOfRange: DiagnosticKind<[text: string]> = defineDiagnostic({
  code: "DN0108",
  message: (text) => `the number \`${text}\` is out of range`,
  explain: {
    title: "number-out-of-range",
    text: "Numbers are exact, so a huge one would need huge memory.",
  },
});

export function numberOutOfRange(span: Span): Diagnostic {
  return outOfRange.at({ span }, span.file.text.slice(span.start, span.end));
}

export const unexpected: DiagnosticKind<[text: string]> = defineDiagnostic({
  code: "DN0101",
  message: (text) => text,
  explain: { title: "unexpected-token", text: "The text does not follow the grammar." },
});
