/**
 * The libraries that run artifacts: of those for one target, the first is the default. A new one is a file beside this
 * one and a line below.
 */
import type { Runtime } from "../runtime.ts";
import { onnxruntime } from "./onnxruntime.ts";
import { openvino } from "./openvino.ts";
import { tensorflow } from "./tensorflow.ts";
import { wasm } from "./wasm.ts";

export const runtimes: readonly Runtime[] = [tensorflow, onnxruntime, openvino, wasm];
