/** The values of an ONNX graph while it is written: what they are called, how they lie, and what is made of them. */
import { invariant } from "../../base/invariant.ts";
import type { LoweredGraph, LoweredNode, PrimitiveOf, Ref } from "../../ir/lowered.ts";
import { printRef, refTo, unusedName } from "../../ir/lowered.ts";
import { transposed } from "../../ops/layout.ts";
import type { Chain } from "../../passes/chains.ts";
import type { Uses } from "../../passes/rewrite.ts";
import type { Encoded } from "../protobuf.ts";
import type { Attribute, Initializer, OnnxNode } from "./messages.ts";
import { floats, integers, integersAttribute, valueInfo } from "./messages.ts";
import type { Order, Sizes } from "./order.ts";
import { asCounted, channelsFirst, permutationBetween, sameMemory, sameOrder, sizesIn } from "./order.ts";

export type Attributes = Readonly<Record<string, Attribute>>;

/** What is written so far. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  /** ValueInfoProtos of all results of nodes but the outputs. */
  readonly infos: readonly Encoded[];
}

export interface Values {
  /** As counted, with `null` for the batch. */
  sizesOf(ref: Ref): Sizes;
  /** How a value lies; a constant lies as it is asked for, and says how it is counted. */
  orderOf(ref: Ref): Order;
  /** The name of a value that lies in this order. */
  read(ref: Ref, order: Order): string;
  /** The same for a value without batch, seen with other sizes. */
  readAs(ref: Ref, order: Order, sizes: readonly number[]): string;
  /** For those who give the value new sizes: it only has to lie like this. */
  readMemory(ref: Ref, order: Order): string;
  /** Numbers as operands; `name` is that of the node, and what they are for. */
  number(name: string, value: number): string;
  numbers(name: string, list: readonly number[]): string;
  integers(name: string, values: readonly number[]): string;
  /** A value on the way to a result. */
  help(name: string, op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** The result of a node, in this order. */
  result(
    node: LoweredNode,
    order: Order,
    operation: { readonly op: string; readonly inputs: readonly string[]; readonly attributes?: Attributes },
  ): Stored;
  /** The memory of a value that is there already, seen in this order. */
  seenIn(ref: Ref, order: Order): Stored;
}

/** A value of the file, and how it lies. */
export interface Stored {
  readonly name: string;
  readonly order: Order;
}

/** `write` gives what the last node of a chain is; `undefined`: it has no result yet, as constants, which are asked for. */
export function writeGraph(
  graph: LoweredGraph,
  { nodeAt, constantAt }: Uses,
  chains: readonly Chain[],
  write: (chain: Chain, values: Values) => Stored | undefined,
): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers: Initializer[] = [];
  const infos: Encoded[] = [];
  // Values and nodes do not share their names, and each kind has all of its own.
  const nodeNames = new Set<string>();
  const taken = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  const stored = new Map<string, Stored>();
  const once = memoized();

  const storedAt = (ref: Ref): Stored => {
    const value = stored.get(printRef(ref));
    invariant(value !== undefined, `${printRef(ref)} is not written yet`);
    return value;
  };
  const emit = (name: string, op: string, inputs: readonly string[], attributes: Attributes = {}): string => {
    nodes.push({ name: unusedName(name, nodeNames), op, inputs, output: name, attributes });
    return name;
  };
  const initialize = (initializer: Initializer): string => {
    initializers.push(initializer);
    return initializer.name;
  };
  const constant = (ref: Ref, own: PrimitiveOf<"constant">, order: Order, sizes: Sizes): string =>
    once(`${printRef(ref)} in ${order} as ${sizes}`, () => {
      const isCounted = sameOrder(order, asCounted(own.shape.length));
      const values = isCounted ? own.values : () => transposed(own.values(), own.shape, order);
      return initialize(floats(unusedName(ref.node, taken), sizes.map(Number), values));
    });
  const transpose = ({ name, order: from }: Stored, to: Order): string =>
    once(`${name} by ${permutationBetween(from, to)}`, () =>
      values.help(`${name}/transposed`, "Transpose", [name], {
        perm: integersAttribute(permutationBetween(from, to)),
      }),
    );
  const portNamed = (node: LoweredNode, order: Order): string | undefined =>
    sameOrder(order, channelsFirst(order.length))
      ? graph.outputs.find(({ ref }) => ref.node === node.name && ref.output === 0)?.name
      : undefined;

  const values: Values = {
    sizesOf(ref) {
      const type = nodeAt(ref.node)?.outputs[ref.output];
      invariant(type !== undefined, `nothing is named ${printRef(ref)}`);
      return type.shape;
    },
    orderOf: (ref) => {
      const own = constantAt(ref);
      return own === undefined ? storedAt(ref).order : asCounted(own.shape.length);
    },
    read(ref, order) {
      const own = constantAt(ref);
      if (own !== undefined) return constant(ref, own, order, sizesIn(order, own.shape));
      const value = storedAt(ref);
      return sameOrder(value.order, order) ? value.name : transpose(value, order);
    },
    readAs(ref, order, sizes) {
      const own = constantAt(ref);
      if (own !== undefined) return constant(ref, own, order, sizes);
      const memory = values.readMemory(ref, order);
      return once(`${memory} as ${sizes}`, () => {
        const name = `${memory}/reshaped`;
        return values.help(name, "Reshape", [memory, values.integers(`${name}/sizes`, sizes)]);
      });
    },
    readMemory(ref, order) {
      if (constantAt(ref) !== undefined) return values.read(ref, order);
      const value = storedAt(ref);
      return sameMemory(value.order, order, values.sizesOf(ref)) ? value.name : transpose(value, order);
    },
    number: (name, value) => initialize(floats(unusedName(name, taken), [], () => Float32Array.of(value))),
    numbers: (name, list) =>
      initialize(floats(unusedName(name, taken), [list.length], () => Float32Array.from(list))),
    integers: (name, list) => initialize(integers(unusedName(name, taken), list)),
    help: (name, op, inputs, attributes) => emit(unusedName(name, taken), op, inputs, attributes),
    result(node, order, { op, inputs, attributes = {} }) {
      const port = portNamed(node, order);
      const output = port ?? unusedName(node.name, taken);
      nodes.push({ name: unusedName(node.name, nodeNames), op, inputs, output, attributes });
      if (port === undefined) infos.push(valueInfo(output, sizesIn(order, values.sizesOf(refTo(node)))));
      return { name: output, order };
    },
    seenIn: (ref, order) => ({ name: values.read(ref, values.orderOf(ref)), order }),
  };

  for (const { name, ref } of graph.inputs)
    stored.set(printRef(ref), { name, order: channelsFirst(values.sizesOf(ref).length) });
  for (const chain of chains) {
    const result = write(chain, values);
    if (result !== undefined) stored.set(chain.at(-1)?.name ?? "", result);
  }
  for (const { name, ref } of graph.outputs) {
    const value = values.read(ref, channelsFirst(values.sizesOf(ref).length));
    if (value !== name) emit(name, "Identity", [value]);
  }
  return { nodes, initializers, infos };
}

function memoized(): (key: string, make: () => string) => string {
  const results = new Map<string, string>();
  return (key, make) => {
    const result = results.get(key) ?? make();
    results.set(key, result);
    return result;
  };
}
