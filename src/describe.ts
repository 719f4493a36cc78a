/** Checked models and blocks in a few words: what goes in, what comes out, how many parameters. */

import { type SpanJson, spanToJson } from "./base/source.ts";
import { jsonInteger, withSeparators } from "./base/text.ts";
import type { GraphPort } from "./ir/graph.ts";
import { printShape } from "./ir/shape.ts";
import { printSize } from "./ir/size.ts";
import { LANGUAGE, printTerm } from "./ir/term-print.ts";
import { type Counts, countsOf, isBound, weightCountsOf } from "./ops/counts.ts";
import type { CheckedGraph } from "./ops/op.ts";
import {
  type BlockSignature,
  type PortForm,
  printForm,
  printSizeForm,
} from "./semantics/blocks/signature-form.ts";

export interface PortDescription {
  readonly name: string;
  /** Channels, then sizes; free sizes as they are written. The batch is implicit. */
  readonly shape: readonly (number | string)[];
  /** As the language writes it: `[3 @ 224x224]`. */
  readonly printed: string;
}

export interface ModelDescription {
  readonly name: string;
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
  /** Numbers, or strings past 2^53, where JSON readers lose digits. */
  readonly params: number | string;
  readonly buffers: number | string;
  /** Absent while a size is free. */
  readonly macs?: number | string;
}

export function describeModel(graph: CheckedGraph): ModelDescription {
  const counts: Omit<Counts, "macs"> & Partial<Counts> = isBound(graph)
    ? countsOf(graph.nodes, graph)
    : weightCountsOf(graph.nodes);
  return {
    name: graph.name,
    inputs: describePorts(graph, graph.inputs),
    outputs: describePorts(graph, graph.outputs),
    params: jsonInteger(counts.params),
    buffers: jsonInteger(counts.buffers),
    ...(counts.macs === undefined ? {} : { macs: jsonInteger(counts.macs) }),
  };
}

function describePorts({ nodes }: CheckedGraph, ports: readonly GraphPort[]): readonly PortDescription[] {
  return ports.flatMap(({ name, node }) => {
    const shape = nodes[node]?.shape;
    if (shape === undefined) return [];
    const sizes = shape.sizes.map((size) => (typeof size === "number" ? size : printSize(size)));
    return [{ name, shape: [shape.channels, ...sizes], printed: printShape(shape) }];
  });
}

/** `x [3 @ 224x224] → logits [1000], 7,978,856 parameters`. */
export function printModel(graph: CheckedGraph): string {
  const [from, to] = [graph.inputs, graph.outputs].map((ports) =>
    describePorts(graph, ports)
      .map(({ name, printed }) => `${name} ${printed}`)
      .join(", "),
  );
  return `${from} → ${to}, ${withSeparators(weightCountsOf(graph.nodes).params)} parameters`;
}

/** What a block does to shapes, in words of the language; `printed` as a paper has it. */
export interface SignatureDescription {
  readonly name: string;
  /** Of the name where the block is defined. */
  readonly span: SpanJson;
  /** As declared: `k: int = 32`. */
  readonly parameters: readonly string[];
  /** One a number of axes, or one for several; empty where it is undecided. */
  readonly forms: readonly {
    /** How many axes the input has. */
    readonly ranks: readonly number[];
    readonly inputs: readonly PortFormDescription[];
    readonly output: PortFormDescription;
    readonly where: readonly string[];
    /** Whether it fits only some of the parameters that `where` admits. */
    readonly partial: boolean;
    /** `[C @ S…] → [C + n·k @ S…]`. */
    readonly printed: string;
  }[];
  /** Why there is none. */
  readonly undecided?: string;
}

export interface PortFormDescription {
  readonly name?: string;
  readonly channels: string;
  /** One an axis; of a form for several numbers of axes, one that holds for each. */
  readonly sizes: readonly string[];
}

export function describeSignature({
  name,
  span,
  parameters,
  forms,
  undecided,
}: BlockSignature): SignatureDescription {
  const describe = (port: PortForm): PortFormDescription => ({
    ...(port.name !== undefined && { name: port.name }),
    channels: printTerm(port.channels, LANGUAGE),
    sizes: ("each" in port.sizes ? [port.sizes.each] : port.sizes).map((size) =>
      printSizeForm(size, LANGUAGE),
    ),
  });
  return {
    name,
    span: spanToJson(span),
    parameters,
    forms: forms.map((form) => ({
      ranks: form.ranks,
      inputs: form.inputs.map(describe),
      output: describe(form.output),
      where: form.where,
      partial: form.isPartial,
      printed: printForm(form),
    })),
    ...(undecided !== undefined && { undecided }),
  };
}
