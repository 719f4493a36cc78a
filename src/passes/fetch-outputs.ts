/** An output that is an input leaves the graph through a node of its own. */
import type { LoweredNode, Port } from "../ir/lowered.ts";
import { refTo, typeOfPort, unusedName } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";

export const fetchOutputs: Pass = {
  name: "fetch-outputs",
  kind: "requirement",
  why: "TensorFlow does not fetch a tensor that is fed in the same call.",
  run(graph) {
    const fed = new Set(graph.inputs.map(({ ref }) => ref.node));
    const taken = new Set(graph.nodes.map(({ name }) => name));
    const identities: LoweredNode[] = [];
    const fetched = (port: Port): Port => {
      if (!fed.has(port.ref.node)) return port;
      const identity: LoweredNode = {
        name: unusedName(`${port.ref.node}/output`, taken),
        primitive: { kind: "identity" },
        inputs: [port.ref],
        control: [],
        outputs: [typeOfPort(graph, port)],
      };
      identities.push(identity);
      return { name: port.name, ref: refTo(identity) };
    };
    const outputs = graph.outputs.map(fetched);
    const forms = graph.forms?.map((form) => ({ ...form, outputs: form.outputs.map(fetched) }));
    return { ...graph, nodes: [...graph.nodes, ...identities], outputs, ...(forms && { forms }) };
  },
};
