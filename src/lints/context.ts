/**
 * What a lint sees: the live part of a checked graph, read in both directions, and a place to report to. Where the spec
 * has mistakes, holes stand in the graph: they belong to no group, keep nothing and join whatever they read.
 */
import {
  type DiagnosticDefinition,
  type DiagnosticDetails,
  type DiagnosticKind,
  defineDiagnostic,
  type Frame,
  outermost,
} from "../base/diagnostic.ts";
import { type Span, spanKey, spanText } from "../base/source.ts";
import { liveNodes } from "../ops/live-nodes.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { blameCaller } from "../semantics/build.ts";
import { hasHoles, withHoles } from "../semantics/gaps.ts";
import type { Instance } from "../semantics/instantiate.ts";
import type { Problems } from "../semantics/problems.ts";

/** A rule of the field that a correct graph may still break. */
export interface Lint {
  readonly kinds: readonly DiagnosticKind[];
  check(context: LintContext): void;
}

/** A diagnostic that may be allowed; its page says how. */
export function defineLint<Args extends readonly unknown[]>({
  explain,
  ...definition
}: DiagnosticDefinition<Args>): DiagnosticKind<Args> {
  const how = `Where it is meant, say why behind the stage or on the line above it: \`// allow ${definition.code}: reason\`.`;
  return defineDiagnostic({ ...definition, explain: { ...explain, text: `${explain.text}\n${how}` } });
}

export interface LintDetails extends Omit<DiagnosticDetails, "span" | "frame"> {
  /** The part of the stage to point at; absent: its name. */
  readonly at?: string;
  /** Points at this instead of a part of the stage. */
  readonly instead?: LintPlace;
}

interface LintPlace {
  readonly span: Span;
  readonly frame: Frame;
}

export interface LintContext {
  readonly graph: CheckedGraph;
  readonly droppedFractions: Instance["droppedFractions"];
  /** The nodes that lead to an output, in execution order. */
  readonly nodes: readonly OpNode[];
  /** The operands of a node. */
  sourcesOf(node: OpNode): readonly OpNode[];
  /** The first operand; absent for an input of the model. */
  sourceOf(node: OpNode): OpNode | undefined;
  /** The live nodes that read a node. */
  readersOf(node: OpNode): readonly OpNode[];
  isOutput(node: OpNode): boolean;
  /** Whether the channels or sizes of a result rest on no mistake. */
  knows(part: "channels" | "sizes", node: OpNode): boolean;
  /** Whether no part of the network is hidden by a mistake. */
  readonly isWhole: boolean;
  isLive(node: OpNode): boolean;
  report<Args extends readonly unknown[]>(
    kind: DiagnosticKind<Args>,
    args: Args,
    node: OpNode,
    details?: LintDetails,
  ): void;
  reportAt<Args extends readonly unknown[]>(
    place: LintPlace,
    kind: DiagnosticKind<Args>,
    args: Args,
    details: Omit<LintDetails, "at" | "instead">,
  ): void;
}

export function lintContext(instance: Instance, problems: Problems): LintContext {
  const { gaps, droppedFractions } = instance;
  const graph = { ...instance.graph, nodes: withHoles(instance.graph.nodes, gaps) };
  const outputs = new Set(graph.outputs.map((output) => output.node));
  const live = liveNodes(graph);
  const nodes = graph.nodes.filter((node) => live[node.id] === 1);
  const readers: OpNode[][] = graph.nodes.map(() => []);
  for (const node of nodes) {
    // What reads a value twice, as in `add(x, x)`, is one reader.
    for (const source of node.inputs) if (readers[source]?.at(-1) !== node) readers[source]?.push(node);
  }
  const reportAt: LintContext["reportAt"] = ({ span, frame }, kind, args, details) => {
    problems.report(kind.at({ frame, ...blameCaller({ span, ...details }, frame) }, ...args));
  };
  return {
    graph,
    droppedFractions,
    nodes,
    sourcesOf: (node) => node.inputs.flatMap((id) => graph.nodes[id] ?? []),
    sourceOf: (node) => graph.nodes[node.inputs[0] ?? -1],
    readersOf: (node) => readers[node.id] ?? [],
    isOutput: (node) => outputs.has(node.id),
    knows(part, { id }) {
      const doubt = gaps.doubts.get(id);
      return (
        doubt === undefined ||
        ![...doubt].some((axis) => axis === "rank" || (axis === 0) === (part === "channels"))
      );
    },
    isWhole: !hasHoles(graph),
    isLive: (node) => live[node.id] === 1,
    report(kind, args, { origin }, { at = "name", instead, ...details } = {}) {
      const { parts, frame } = origin;
      const span = parts.get(at) ?? parts.get("name") ?? origin.span;
      reportAt(instead ?? { span, frame }, kind, args, details);
    },
    reportAt,
  };
}

/** The stage as the user calls it: `bottleneck` for the convolution that it is. */
export function stageName({ op, origin }: OpNode): string {
  const name = origin.parts.get("name");
  return name === undefined ? op.name : spanText(name);
}

/** Where the innermost block was called. */
export function callOf({ origin }: OpNode): LintPlace | undefined {
  for (let at: Frame | undefined = origin.frame; at !== undefined; at = at.parent)
    if (at.call !== undefined && at.parent !== undefined) return { span: at.call, frame: at.parent };
  return undefined;
}

/** Where the model is defined. */
export function modelOf({ origin }: OpNode): LintPlace {
  const frame = outermost(origin.frame);
  return { span: frame.definition, frame };
}

/** Nodes of one stage of the source have one key, however often it is expanded. */
export function stageKey({ origin: { span } }: OpNode): string {
  return spanKey(span);
}
