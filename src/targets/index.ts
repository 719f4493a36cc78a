/** The targets. A new target is a folder beside this file and a line below. */
import { graphModelTarget } from "./graphmodel/target.ts";
import { onnxTarget } from "./onnx/target.ts";
import { savedModelTarget } from "./savedmodel/target.ts";
import type { Target } from "./target.ts";

export const targets: readonly Target[] = [savedModelTarget, onnxTarget, graphModelTarget];
