/** What can be wrong with a saved report, apart from the reader, which loads a validator. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { quoted } from "../base/text.ts";

export const notAReport: DiagnosticKind<[path: string, why: string]> = defineDiagnostic({
  code: "DN0914",
  message: (path, why) => `${quoted(path)} is no report of dnc: ${why}`,
  explain: {
    title: "not-a-report",
    text: "A saved report is what `dnc report TARGET --json` prints. The file is no JSON, or JSON of another kind.",
  },
});
