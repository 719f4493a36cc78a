/** The SavedModel target: what TensorFlow in any language loads, and what `dnc run` runs. */
import { savedModelBfloat16Passes, savedModelPasses } from "../../passes/index.ts";
import { pieces } from "../protobuf.ts";
import type { Target } from "../target.ts";
import { tensorName } from "../tensorflow/tensor-name.ts";
import { nodesOf } from "./graph-def.ts";
import { savedModel } from "./saved-model.ts";
import { tensorBundle } from "./tensor-bundle.ts";
import { withVariables } from "./variables.ts";

export const savedModelTarget: Target = {
  name: "savedmodel",
  summary: "a TensorFlow SavedModel, for native runs, TensorFlow Serving and Triton",
  passes: savedModelPasses,
  bfloat16Passes: savedModelBfloat16Passes,
  channels: "last",
  quantizations: [],
  tensorName,
  emit(graph) {
    const { variables, ...written } = withVariables(nodesOf(graph));
    const encoded = savedModel(graph, written);
    return [
      { path: "saved_model.pb", size: encoded.length, pieces: () => pieces(encoded) },
      ...(variables.length === 0 ? [] : tensorBundle("variables/variables", variables)),
    ];
  },
};
