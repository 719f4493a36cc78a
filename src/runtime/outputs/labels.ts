/** The names of classes: a text file with one label a line. */
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../../base/diagnostic.ts";
import { count, quoted } from "../../base/text.ts";
import { readBytes } from "../inputs/read-bytes.ts";

export const labelCount: DiagnosticKind<[path: string, labels: number, output: string, classes: number]> =
  defineDiagnostic({
    code: "DN0912",
    message: (path, labels, output, classes) =>
      `${quoted(path)} has ${count(labels, "label")}, but the output ${quoted(output)} has ${count(classes, "class", "classes")}`,
    explain: {
      title: "label-count",
      text: "A file of labels has one line for each class of the output, in the order of the classes. With another number of lines every label could stand for the wrong class, so none is shown.",
    },
  });

const MAX_FILE_BYTES = 2 ** 26;

/** One label for each class; undefined when the file does not have them, which has been reported. */
export function readLabels(
  path: string,
  { output, classes }: { readonly output: string; readonly classes: number },
  reporter: Reporter,
): readonly string[] | undefined {
  const bytes = readBytes(path, { limit: MAX_FILE_BYTES }, reporter);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes).trimEnd();
  const labels = text === "" ? [] : text.split(/\r?\n/).map((line) => line.trim());
  if (labels.length === classes) return labels;
  const help =
    labels.length === classes + 1
      ? "when its first line names the background, remove that line"
      : "give a file with one label a line, in the order of the classes";
  reporter.report(labelCount.at({ help: [help] }, path, labels.length, output, classes));
  return undefined;
}
