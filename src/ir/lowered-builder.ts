/** Builds a lowered graph node by node: types are inferred as nodes are added, and names stay unique. */
import { invariant } from "../base/invariant.ts";
import type { LoweredGraph, LoweredNode, Port, Primitive, Ref, TensorType } from "./lowered.ts";
import { printRef, refTo } from "./lowered.ts";
import { inferTypes } from "./lowered-types.ts";

export interface LoweredBuilder {
  /** Adds a node whose operands were added before; `control` names nodes that must have run before it. */
  add(name: string, primitive: Primitive, inputs: readonly Ref[], control?: readonly string[]): Ref;
  typeOf(ref: Ref): TensorType;
  /** The node of that name, if it was added. */
  find(name: string): Ref | undefined;
  finish(inputs: readonly Port[], outputs: readonly Port[]): LoweredGraph;
}

/** A builder of the lowered graph of the model `name`. */
export function lowerInto(name: string): LoweredBuilder {
  const nodes = new Map<string, LoweredNode>();
  const builder: LoweredBuilder = {
    add(nodeName, primitive, inputs, control = []) {
      invariant(!nodes.has(nodeName), `two nodes are named ${nodeName}`);
      const outputs = inferTypes(nodeName, primitive, inputs.map(builder.typeOf));
      const node: LoweredNode = { name: nodeName, primitive, inputs, control, outputs };
      nodes.set(nodeName, node);
      return refTo(node);
    },
    typeOf(ref) {
      const type = nodes.get(ref.node)?.outputs[ref.output];
      invariant(type !== undefined, `nothing is named ${printRef(ref)} so far`);
      return type;
    },
    find(nodeName) {
      const node = nodes.get(nodeName);
      return node && refTo(node);
    },
    finish: (inputs, outputs) => ({ name, nodes: [...nodes.values()], inputs, outputs }),
  };
  return builder;
}
