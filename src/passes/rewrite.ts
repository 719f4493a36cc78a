/** What passes are made of: walking a graph node by node while building the next one, and asking who uses what. */
import type {
  Form,
  FormName,
  LoweredGraph,
  LoweredNode,
  Port,
  Primitive,
  PrimitiveOf,
  Ref,
} from "../ir/lowered.ts";
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

/** The ports of a form, and how many parts it is made of. */
export type BuiltForm = Omit<Form, "name">;

/** The graph with another form, whose nodes stand behind its own; as it is where `build` finds none or it has it. */
export function addForm(
  graph: LoweredGraph,
  name: FormName,
  build: (rewriter: Rewriter) => BuiltForm | undefined,
): LoweredGraph {
  const earlier = graph.forms ?? [];
  if (earlier.some((form) => form.name === name)) return graph;
  const builder = lowerInto(graph.name);
  for (const node of graph.nodes) builder.add(node.name, node.primitive, node.inputs, node.control);
  const form = build(rewriterOn(builder, graph));
  if (form === undefined) return graph;
  return { ...builder.finish(graph.inputs, graph.outputs), forms: [...earlier, { name, ...form }] };
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
  // One entry an operand.
  const readers = new Map<string, LoweredNode[]>();
  const held = new Set<string>();
  for (const node of graph.nodes) {
    for (const { node: source } of node.inputs) {
      const known = readers.get(source);
      if (known === undefined) readers.set(source, [node]);
      else known.push(node);
    }
    for (const name of node.control) held.add(name);
  }
  for (const { ref } of [...graph.inputs, ...allOutputs(graph)]) held.add(ref.node);
  return {
    nodeAt: (name) => nodes.get(name),
    soleSource: (ref) =>
      ref !== undefined && !held.has(ref.node) && readers.get(ref.node)?.length === 1
        ? nodes.get(ref.node)
        : undefined,
    readers: (name) => (held.has(name) ? undefined : [...new Set(readers.get(name))]),
    constantAt(ref) {
      const primitive = ref && nodes.get(ref.node)?.primitive;
      return primitive?.kind === "constant" ? primitive : undefined;
    },
  };
}
