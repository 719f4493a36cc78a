/** What must hold of every checked graph: `elaborate` makes sure before anything else reads it. */
import { invariant } from "../base/invariant.ts";
import type { Weight } from "../ir/graph.ts";
import { printShape, type Shape } from "../ir/shape.ts";
import { inputShapes } from "./counts.ts";
import { input } from "./input.ts";
import type { CheckedGraph, Operands, OpNode, Site } from "./op.ts";

/** What TensorFlow takes as the name of a node; `/` separates the parts. */
const LEGAL_PATH = /^[A-Za-z0-9.][A-Za-z0-9_.-]*(\/[A-Za-z0-9_.-]+)*$/;

/** Throws an `InternalError` that says which node breaks which rule. */
export function verifyGraph(graph: CheckedGraph): void {
  const taken = new Set<string>();
  const weights = new Set<Weight>();
  graph.nodes.forEach((node, position) => {
    invariant(node.id === position, `node ${node.path} stands at ${position} and calls itself ${node.id}`);
    claimPath(node.path, taken);
    for (const id of node.inputs)
      invariant(
        id >= 0 && id < position,
        `node ${node.path} reads node ${id}, which does not stand before it`,
      );
    const { channels, sizes } = node.shape;
    invariant(
      [channels, ...sizes].every(
        (size) => typeof size !== "number" || (Number.isSafeInteger(size) && size > 0),
      ),
      `node ${node.path} has the shape ${printShape(node.shape)}`,
    );
    for (const weight of node.weights) {
      // A shared weight stands below the node that it was made for, which comes first.
      if (weights.has(weight)) continue;
      weights.add(weight);
      claimPath(weight.path, taken);
      invariant(weight.path.startsWith(`${node.path}/`), `node ${node.path} has the weight ${weight.path}`);
    }
    verifyInference(node, graph);
  });
  verifyPorts(graph);
}

function claimPath(path: string, taken: Set<string>): void {
  invariant(LEGAL_PATH.test(path), `the path ${path} cannot name a node`);
  invariant(!taken.has(path), `the path ${path} is taken twice`);
  taken.add(path);
}

/** Shape and weights are what the operation makes of its inputs. */
function verifyInference(node: OpNode, graph: CheckedGraph): void {
  const { path, op, attrs, shape } = node;
  const inputs = inputShapes(node, graph.nodes);
  invariant(
    (op === input) === (inputs === undefined),
    `node ${path} is ${op.name} and reads ${node.inputs.length} values`,
  );
  if (inputs === undefined) return;
  const inferred = op.shape(inputs, attrs, silentSite(path));
  invariant(
    printShape(inferred) === printShape(shape),
    `node ${path} has the shape ${printShape(shape)}, not ${printShape(inferred)}`,
  );
  verifyWeights(node, inputs);
}

function verifyWeights({ path, op, attrs, weights }: OpNode, inputs: Operands<Shape>): void {
  const specs = op.weights(inputs, attrs);
  invariant(
    weights.length === specs.length,
    `node ${path} has ${weights.length} weights, not ${specs.length}`,
  );
  specs.forEach(({ name, role, shape }, index) => {
    const weight = weights[index];
    invariant(weight !== undefined, `node ${path} lacks the weight ${name}`);
    invariant(
      weight.path.endsWith(`/${name}`) && weight.role === role,
      `node ${path} has ${weight.path} for its weight ${name}`,
    );
    invariant(
      weight.shape.join() === shape.join(),
      `the weight ${weight.path} has the shape [${weight.shape.join(", ")}], not [${shape.join(", ")}]`,
    );
  });
}

/** A graph without errors has nothing to report. */
function silentSite(path: string): Site {
  return {
    demand: (size, holds) => typeof size !== "number" || holds(size),
    equal: () => true,
    atMost: () => true,
    report: (kind) => invariant(false, `node ${path} breaks ${kind.code} in a graph without errors`),
  };
}

function verifyPorts({ nodes, inputs, outputs }: CheckedGraph): void {
  const fed = new Set(inputs.map(({ node }) => node));
  for (const { id, path, op } of nodes)
    invariant(
      (op === input) === fed.has(id),
      `node ${path} is ${op.name} and ${fed.has(id) ? "is" : "is not"} fed`,
    );
  for (const ports of [inputs, outputs]) {
    const names = new Set(ports.map(({ name }) => name));
    invariant(names.size === ports.length, "two ports have one name");
    for (const { name, node } of ports) invariant(nodes[node] !== undefined, `the port ${name} has no node`);
  }
}
