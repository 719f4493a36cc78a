/** The ONNX target: what onnxruntime, OpenVINO, Triton and many others load. */
import type { LoweredGraph } from "../../ir/lowered.ts";
import { onnxPasses } from "../../passes/index.ts";
import { pieces } from "../protobuf.ts";
import { type ArtifactFacts, type ArtifactFile, metadataOf, type Target } from "../target.ts";
import { externalData } from "./external-data.ts";
import { onnxGraph, onnxModel } from "./model.ts";

/** A protocol buffer ends at 2 GiB, and runtimes copy it while they load: this leaves room for both. */
const MOST_IN_ONE_FILE = 1.5e9;

export const onnxTarget: Target = {
  name: "onnx",
  summary: "an ONNX model (opset 17), for onnxruntime, OpenVINO and Triton",
  passes: onnxPasses,
  channels: "first",
  quantizations: [],
  tensorName: ({ name }) => name,
  emit: (graph, facts) => onnxFiles(graph, facts, MOST_IN_ONE_FILE),
};

/** One file, or, when it would be larger than `mostInOneFile`, a second one for the weights. */
export function onnxFiles(
  graph: LoweredGraph,
  facts: ArtifactFacts,
  mostInOneFile: number,
): readonly ArtifactFile[] {
  const written = onnxGraph(graph);
  const metadata = metadataOf(graph.name, facts);
  const whole = onnxModel(graph, written, { version: facts.version, metadata });
  const path = "model.onnx";
  if (whole.length <= mostInOneFile) return [{ path, size: whole.length, pieces: () => pieces(whole) }];
  const data = externalData(`${path}.data`, written.initializers);
  const model = onnxModel(graph, written, { version: facts.version, metadata }, data.place);
  return [{ path, size: model.length, pieces: () => pieces(model) }, data.file];
}
