/** Builds checked graphs by hand, call by call, where a test wants one that no spec describes. */
import { InternalError } from "../../src/base/invariant.ts";
import type { GraphPort, Weight } from "../../src/ir/graph.ts";
import type { Shape } from "../../src/ir/shape.ts";
import { input } from "../../src/ops/input.ts";
import type { Call, CheckedGraph, Operands, OpNode, OpStage } from "../../src/ops/op.ts";
import { quietSite } from "./apply.ts";

export interface GraphBuilder {
  input(name: string, shape: Shape): OpNode;
  /** Adds the operation with fresh weights, or with those of an earlier node. */
  add(
    path: string,
    op: OpStage<unknown>,
    inputs: Operands<OpNode>,
    call?: Partial<Call>,
    weights?: readonly Weight[],
  ): OpNode;
  output(name: string, node: OpNode): void;
  finish(): CheckedGraph;
}

export function graphBuilder(name: string): GraphBuilder {
  const span = { file: { path: `${name}.dn`, text: "" }, start: 0, end: 0 };
  const frame = { kind: "model", name, definition: span, bindings: [] } as const;
  const origin = { span, parts: new Map(), frame };
  const nodes: OpNode[] = [];
  const [inputs, outputs]: [GraphPort[], GraphPort[]] = [[], []];
  const push = (node: Omit<OpNode, "id" | "origin">): OpNode => {
    const whole = { ...node, id: nodes.length, origin };
    nodes.push(whole);
    return whole;
  };
  return {
    input(port, shape) {
      const node = push({ path: `${name}/${port}`, op: input, attrs: {}, inputs: [], shape, weights: [] });
      inputs.push({ name: port, node: node.id, span });
      return node;
    },
    add(suffix, op, operands, call = {}, weights) {
      const path = `${name}/${suffix}`;
      const [first, ...rest] = operands;
      const shapes: Operands<Shape> = [first.shape, ...rest.map((node) => node.shape)];
      const attrs = op.attrs({ arguments: {}, ...call }, shapes, quietSite);
      if (attrs === undefined) throw new InternalError(`the call of ${path} is rejected`);
      const own = op.weights(shapes, attrs).map(({ name, ...spec }): Weight => {
        const trainable = spec.role !== "mean" && spec.role !== "variance";
        return { ...spec, path: `${path}/${name}`, trainable };
      });
      return push({
        path,
        op,
        attrs,
        inputs: operands.map((node) => node.id),
        shape: op.shape(shapes, attrs, quietSite),
        weights: weights ?? own,
      });
    },
    output: (port, node) => outputs.push({ name: port, node: node.id, span }),
    finish: () => ({ name, nodes, inputs, outputs }),
  };
}
