/** The libraries that run artifacts. A new one is a file beside this one and a line below. */
import type { Runtime } from "../runtime.ts";
import { onnxruntime } from "./onnxruntime.ts";
import { openvino } from "./openvino.ts";
import { tensorflow } from "./tensorflow.ts";

export const runtimes: readonly Runtime[] = [tensorflow, onnxruntime, openvino];

/** The first of those that run artifacts of this target. */
export function defaultRuntime(target: string): Runtime | undefined {
  return runtimes.find((runtime) => runtime.target === target);
}
