/** What goes wrong without the spec being to blame: the machine refused something, or dnc itself failed. */
import { type DiagnosticKind, defineDiagnostic } from "./diagnostic.ts";

export const systemFault: DiagnosticKind<[reason: string]> = defineDiagnostic({
  code: "DN0800",
  message: (reason) => reason,
  explain: {
    title: "system-fault",
    text: "The operating system refused something that the command needs: a file that is not there or must not be read, a folder that must not be written, a disk that is full. The message says what was refused and for which file. Nothing half-written is left behind.",
  },
});

export const internalError: DiagnosticKind<[reason: string]> = defineDiagnostic({
  code: "DN0999",
  message: (reason) => `this is a bug in dnc: ${reason}`,
  explain: {
    title: "internal-error",
    text: "The compiler reached a state that must be impossible whatever the spec says. The spec may be right or wrong: dnc should have said so instead. A file with all that is needed to reproduce it was written to the folder for temporary files; please report the bug with that file.",
  },
});
