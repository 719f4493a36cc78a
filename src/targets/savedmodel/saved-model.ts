/** The `saved_model.pb` of a lowered graph: its GraphDef and the signatures by which it is called. */
import type { LoweredGraph, Port } from "../../ir/lowered.ts";
import { typeOfPort } from "../../ir/lowered.ts";
import type { Encoded } from "../protobuf.ts";
import { integerField, mapField, message, messageField, textField } from "../protobuf.ts";
import { FLOAT } from "../tensorflow/attr-value.ts";
import { tensorName } from "../tensorflow/tensor-name.ts";
import { tensorShapeProto } from "./attr-proto.ts";
import { graphDef } from "./graph-def.ts";

/** The tag and the signature that loaders ask for when they are told nothing. */
const SERVE = "serve";
const SIGNATURE = "serving_default";

export function savedModel(graph: LoweredGraph): Encoded {
  const metaInfo = message(textField(4, SERVE), textField(5, "2.15.0"));
  const signatures = [
    [SIGNATURE, graph.outputs] as const,
    ...(graph.forms ?? []).map(({ name, outputs }) => [`serving_${name}`, outputs] as const),
  ].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const metaGraph = message(
    messageField(1, metaInfo),
    messageField(2, graphDef(graph)),
    mapField(
      5,
      signatures.map(([name, outputs]) => [name, signatureDef(graph, outputs)]),
    ),
  );
  return message(integerField(1, 1), messageField(2, metaGraph));
}

function signatureDef(graph: LoweredGraph, outputs: readonly Port[]): Encoded {
  return message(
    mapField(1, tensorInfos(graph, graph.inputs)),
    mapField(2, tensorInfos(graph, outputs)),
    textField(3, "tensorflow/serving/predict"),
  );
}

function tensorInfos(graph: LoweredGraph, ports: readonly Port[]): readonly (readonly [string, Encoded])[] {
  return ports.map((port) => {
    const shape = tensorShapeProto(typeOfPort(graph, port).shape);
    return [
      port.name,
      message(textField(1, tensorName(port)), integerField(2, FLOAT), messageField(3, shape)),
    ];
  });
}
