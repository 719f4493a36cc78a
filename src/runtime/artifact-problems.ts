/** What may go wrong between an artifact and the library that is to run it. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";

export const artifactUnreadable: DiagnosticKind<[folder: string, reason: string]> = defineDiagnostic({
  code: "DN0815",
  message: (folder, reason) => `cannot load the model in ${folder}: ${reason}`,
  explain: {
    title: "artifact-unreadable",
    text: "An artifact is a folder as `dnc compile` writes it: a SavedModel, an ONNX model or another target's files, and `dnc.json`, which says what they are. The library that is to run this one could not make a runnable graph of it.",
  },
});

export const runFailed: DiagnosticKind<[reason: string]> = defineDiagnostic({
  code: "DN0816",
  message: (reason) => `the model does not run: ${reason}`,
  explain: {
    title: "run-failed",
    text: "The library refused to compute the outputs, for instance because there is not enough memory, or because an input has a shape that the graph does not take.",
  },
});

export const SHAPE_HELP = "give each input the shape that `dnc report` shows";

/** The first line of what a library says; what follows is about its own sources. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? message;
}
