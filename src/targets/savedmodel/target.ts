/** The SavedModel target: what TensorFlow in any language loads, and what `dnc run` runs. */
import type { DiagnosticKind } from "../../base/diagnostic.ts";
import { defineDiagnostic } from "../../base/diagnostic.ts";
import { withByteUnit } from "../../base/text.ts";
import { savedModelBfloat16Passes, savedModelPasses } from "../../passes/index.ts";
import { pieces } from "../protobuf.ts";
import type { Target } from "../target.ts";
import { tensorName } from "../tensorflow/tensor-name.ts";
import { savedModel } from "./saved-model.ts";

/** A protocol buffer ends at 2 GiB, and TensorFlow copies it while it loads: this leaves room for both. */
const MAX_SIZE = 1.5e9;

export const savedModelTooLarge: DiagnosticKind<[name: string, size: number]> = defineDiagnostic({
  code: "DN0702",
  message: (name: string, size: number) =>
    `the SavedModel of ${name} would have ${withByteUnit(size)}, and ${withByteUnit(MAX_SIZE)} is the most that loads safely`,
  explain: {
    title: "savedmodel-too-large",
    text: "A SavedModel keeps its weights in one protocol buffer, which ends at 2 GiB; `dnc` writes none above 1.4 GiB (1.5 GB), because loading needs room as well. `dnc report` shows which stages have the most parameters.",
  },
});

export const savedModelTarget: Target = {
  name: "savedmodel",
  summary: "a TensorFlow SavedModel, for native runs, TensorFlow Serving and Triton",
  passes: savedModelPasses,
  bfloat16Passes: savedModelBfloat16Passes,
  channels: "last",
  quantizations: [],
  tensorName,
  emit(graph, _facts, reporter) {
    const encoded = savedModel(graph);
    if (encoded.length > MAX_SIZE) {
      reporter.report(
        savedModelTooLarge.at(
          { help: ["use narrower or fewer layers; `dnc report` shows where the parameters are"] },
          graph.name,
          encoded.length,
        ),
      );
      return undefined;
    }
    return [{ path: "saved_model.pb", size: encoded.length, pieces: () => pieces(encoded) }];
  },
};
