/** The `saved_model.pb` of a lowered graph: its GraphDef and the signatures by which it is called. */
import type { LoweredGraph, Port } from "../../ir/lowered.ts";
import { typeOfPort } from "../../ir/lowered.ts";
import type { Encoded } from "../protobuf.ts";
import { integerField, mapField, message, messageField, textField } from "../protobuf.ts";
import { FLOAT } from "../tensorflow/attr-value.ts";
import { tensorName } from "../tensorflow/tensor-name.ts";
import { tensorShapeProto } from "./attr-proto.ts";
import { graphDef } from "./graph-def.ts";
import type { Saver, WithVariables } from "./variables.ts";

/** The tag and the signature that loaders ask for when they are told nothing. */
const SERVE = "serve";
const SIGNATURE = "serving_default";

export function savedModel(
  graph: LoweredGraph,
  { nodes, saver }: Pick<WithVariables, "nodes" | "saver">,
): Encoded {
  const metaInfo = message(textField(4, SERVE), textField(5, "2.15.0"));
  const signatures = [
    [SIGNATURE, graph.outputs] as const,
    ...(graph.forms ?? []).map(({ name, outputs }) => [`serving_${name}`, outputs] as const),
  ].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const metaGraph = message(
    messageField(1, metaInfo),
    messageField(2, graphDef(nodes)),
    ...(saver === undefined ? [] : [messageField(3, saverDef(saver))]),
    mapField(
      5,
      signatures.map(([name, outputs]) => [name, signatureDef(graph, outputs)]),
    ),
  );
  return message(integerField(1, 1), messageField(2, metaGraph));
}

/** Nothing is ever saved, and loaders want a name for it. */
function saverDef({ file, restore }: Saver): Encoded {
  const VERSION_2 = 2;
  return message(textField(1, file), textField(2, file), textField(3, restore), integerField(7, VERSION_2));
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
