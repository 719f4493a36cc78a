/** What passes are made of: walking a graph node by node while building the next one, and asking who uses what. */
import type { Form, LoweredGraph, LoweredNode, Port, Primitive, PrimitiveOf, Ref } from "../ir/lowered.ts";
import { allOutputs, unusedName } from "../ir/lowered.ts";
import type { LoweredBuilder } from "../ir/lowered-builder.ts";
import { lowerInto } from "../ir/lowered-builder.ts";

export interface Rewriter {
  add: LoweredBuilder["add"];
  typeOf: LoweredBuilder["typeOf"];
  /** This name, or one like it that no node has; it is then taken. */
  unusedName(name: string): string;
  /** Adds a node under an unused name. */
  addHelper(name: string, primitive: Primitive, inputs: readonly Ref[]): Ref;
}

/**
 * Sees each node in execution order, its operands already those of the new graph. It adds what stands for the node
 * and returns that, or returns `undefined` to keep the node as it is.
 */
export type Rule = (node: LoweredNode, rewriter: Rewriter) => Ref | undefined;

export function rewrite(graph: LoweredGraph, rule: Rule): LoweredGraph {
  const builder = lowerInto(graph.name);
  const rewriter = rewriterOn(builder, graph);
  const replaced = new Map<string, Ref>();
  const current = (ref: Ref): Ref => (ref.output === 0 ? (replaced.get(ref.node) ?? ref) : ref);
  for (const old of graph.nodes) {
    const control = old.control.map((name) => replaced.get(name)?.node ?? name);
    const node = { ...old, inputs: old.inputs.map(current), control };
    const replacement = rule(node, rewriter);
    if (replacement === undefined) builder.add(node.name, node.primitive, node.inputs, node.control);
    else if (replacement.node !== node.name || replacement.output !== 0) replaced.set(node.name, replacement);
  }
  const port = ({ name, ref }: Port): Port => ({ name, ref: current(ref) });
  const rewritten = builder.finish(graph.inputs.map(port), graph.outputs.map(port));
  const forms = graph.forms?.map((form) => ({ ...form, outputs: form.outputs.map(port) }));
  return forms === undefined ? rewritten : { ...rewritten, forms };
}

/** The graph with another form, whose nodes are added behind its own; the graph itself when there is no such form. */
export function addForm(graph: LoweredGraph, build: (rewriter: Rewriter) => Form | undefined): LoweredGraph {
  const builder = lowerInto(graph.name);
  for (const { name, primitive, inputs, control } of graph.nodes)
    builder.add(name, primitive, inputs, control);
  const form = build(rewriterOn(builder, graph));
  if (form === undefined) return graph;
  return { ...builder.finish(graph.inputs, graph.outputs), forms: [...(graph.forms ?? []), form] };
}

/** Helpers of the new graph get no name that a node of the old one has. */
function rewriterOn({ add, typeOf }: LoweredBuilder, old: LoweredGraph): Rewriter {
  const taken = new Set(old.nodes.map(({ name }) => name));
  const fresh = (name: string): string => unusedName(name, taken);
  return {
    add,
    typeOf,
    unusedName: fresh,
    addHelper: (name, primitive, inputs) => add(fresh(name), primitive, inputs),
  };
}

/** Its nodes that these ports need, in their order. */
export function nodesFor(graph: LoweredGraph, ports: readonly Port[]): readonly LoweredNode[] {
  const needed = new Set(ports.map(({ ref }) => ref.node));
  // Users stand behind what they use, so one walk from the end sees every user first.
  for (const node of graph.nodes.toReversed()) {
    if (!needed.has(node.name)) continue;
    for (const { node: source } of node.inputs) needed.add(source);
    for (const source of node.control) needed.add(source);
  }
  return graph.nodes.filter(({ name }) => needed.has(name));
}

export interface Uses {
  /** The node of this name. */
  nodeAt(name: string): LoweredNode | undefined;
  /** The node whose first output this is, when it has one output and only one consumer, which is a node. */
  soleSource(ref: Ref | undefined): LoweredNode | undefined;
  /** The nodes that read it, each once; `undefined` when something else needs it: an output, or a node that waits. */
  readers(name: string): readonly LoweredNode[] | undefined;
  /** What the constant holds to which this refers, if it refers to one. */
  constantAt(ref: Ref | undefined): PrimitiveOf<"constant"> | undefined;
}

export function usesOf(graph: LoweredGraph): Uses {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const consumers = new Map<string, number>();
  const readers = new Map<string, Set<LoweredNode>>();
  const held = new Set<string>();
  const use = (name: string): void => void consumers.set(name, (consumers.get(name) ?? 0) + 1);
  const hold = (name: string): void => {
    use(name);
    held.add(name);
  };
  for (const node of graph.nodes) {
    for (const ref of node.inputs) {
      use(ref.node);
      readers.set(ref.node, (readers.get(ref.node) ?? new Set()).add(node));
    }
    for (const name of node.control) hold(name);
  }
  for (const { ref } of [...graph.inputs, ...allOutputs(graph)]) hold(ref.node);
  return {
    nodeAt: (name) => nodes.get(name),
    soleSource: (ref) =>
      ref !== undefined && consumers.get(ref.node) === 1 ? nodes.get(ref.node) : undefined,
    readers: (name) => (held.has(name) ? undefined : [...(readers.get(name) ?? [])]),
    constantAt(ref) {
      const primitive = ref && nodes.get(ref.node)?.primitive;
      return primitive?.kind === "constant" ? primitive : undefined;
    },
  };
}
