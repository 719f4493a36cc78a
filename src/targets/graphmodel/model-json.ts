/** The `model.json` of a graph model: GraphDef and signature as JSON, with the weights by name. */
import { unreachable } from "../../base/invariant.ts";
import type { LoweredGraph, Port } from "../../ir/lowered.ts";
import { typeOfPort } from "../../ir/lowered.ts";
import { type AttrValue, FLOAT, INT32, STRING, type TensorShape } from "../tensorflow/attr-value.ts";
import type { TensorflowNode } from "../tensorflow/nodes.ts";
import { tensorName } from "../tensorflow/tensor-name.ts";
import type { ManifestGroup } from "./weights.ts";

export function modelJson(
  graph: LoweredGraph,
  nodes: readonly TensorflowNode[],
  {
    version,
    metadata,
    weights,
  }: {
    readonly version: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly weights: ManifestGroup;
  },
): object {
  return {
    format: "graph-model",
    generatedBy: `dnc ${version}`,
    convertedBy: null,
    signature: { inputs: signatureOf(graph, graph.inputs), outputs: signatureOf(graph, graph.outputs) },
    userDefinedMetadata: metadata,
    modelTopology: {
      node: nodes.map(({ name, op, inputs, attrs }) => ({
        name,
        op,
        ...(inputs.length === 0 ? {} : { input: inputs }),
        attr: Object.fromEntries(Object.entries(attrs).map(([key, attr]) => [key, attrJson(attr)])),
      })),
      library: {},
      versions: { producer: 1645, minConsumer: 12 },
    },
    weightsManifest: [weights],
  };
}

function signatureOf(graph: LoweredGraph, ports: readonly Port[]): object {
  return Object.fromEntries(
    ports.map((port) => [
      port.name,
      {
        name: tensorName(port),
        dtype: DATA_TYPES[FLOAT],
        tensorShape: shapeJson(typeOfPort(graph, port).shape),
      },
    ]),
  );
}

const DATA_TYPES: Readonly<Record<number, string>> = {
  [FLOAT]: "DT_FLOAT",
  [INT32]: "DT_INT32",
  [STRING]: "DT_STRING",
};

/** As protocol buffers are written in JSON: 64-bit integers as texts, bytes in base 64. */
function attrJson(attr: AttrValue): object {
  switch (attr.kind) {
    case "text":
      return { s: btoa(attr.value) };
    case "integer":
      return { i: String(attr.value) };
    case "float":
      return { f: attr.value };
    case "boolean":
      return { b: attr.value };
    case "type":
      return { type: DATA_TYPES[attr.value] };
    case "shape":
      return { shape: shapeJson(attr.value) };
    case "texts":
      return { list: { s: attr.value.map(btoa) } };
    case "types":
      return { list: { type: attr.value.map((type) => DATA_TYPES[type]) } };
    case "text-tensor":
      return {
        tensor: {
          dtype: DATA_TYPES[STRING],
          tensorShape: shapeJson(attr.shape),
          stringVal: attr.texts.map(btoa),
        },
      };
    case "integers":
      return { list: { i: attr.value.map(String) } };
    case "tensor": {
      // The content is a weight of this name.
      const { dataType, shape } = attr.value;
      return { tensor: { dtype: DATA_TYPES[dataType], tensorShape: shapeJson(shape) } };
    }
    default:
      return unreachable(attr);
  }
}

/** The unknown batch is -1. */
function shapeJson(shape: TensorShape): object {
  return { dim: shape.map((size) => ({ size: String(size ?? -1) })) };
}
