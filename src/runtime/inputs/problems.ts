/** What is wrong with a file that is to be fed to a model; the same words whatever the format. */
import { type Diagnostic, type DiagnosticKind, defineDiagnostic } from "../../base/diagnostic.ts";
import { quoted, withByteUnit } from "../../base/text.ts";
import { cannotRead } from "../source-files.ts";

export const unknownInput: DiagnosticKind<[source: string]> = defineDiagnostic({
  code: "DN0904",
  message: (source) => `${quoted(source)} is no kind of input that dnc reads`,
  explain: {
    title: "unknown-input",
    text: "`dnc run` takes one input for each input of the model: a picture, an array, or one of the words `random` (standard normal values that depend on the seed) and `hash` (values that any framework can make in a few lines). Files are told apart by the ending of their names.",
  },
});

export const malformedInput: DiagnosticKind<[path: string, reason: string]> = defineDiagnostic({
  code: "DN0905",
  message: (path, reason) => `cannot decode ${quoted(path)}: ${reason}`,
  explain: {
    title: "malformed-input",
    text: "The file is not what the ending of its name says, or it is cut off or damaged, or it uses a part of the format that dnc does not read. Nothing of such a file is used.",
  },
});

export const inputTooLarge: DiagnosticKind<[path: string, size: number, limit: number]> = defineDiagnostic({
  code: "DN0913",
  message: (path, size, limit) =>
    `${quoted(path)} has ${withByteUnit(size)}, more than the ${withByteUnit(limit)} that can be fed at once`,
  explain: {
    title: "input-too-large",
    text: "Inputs are held in memory as a whole. Whatever a file claims to hold, no more memory is taken than its size on disk justifies.",
  },
});

export function unreadable(path: string, reason: string): Diagnostic {
  return cannotRead.at({ help: ["check the path, relative to the current folder"] }, path, reason);
}
