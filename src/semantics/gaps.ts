/**
 * What mistakes leave open in a graph. Expansion goes on behind a mistake with guesses, so that one run tells all of
 * them; whoever looks at the graph then must know which parts of it are what the spec says.
 */
import type * as ast from "../../grammar/ast.ts";
import { countBelow } from "../base/integers.ts";
import { type Span, spanText } from "../base/source.ts";
import type { Shape } from "../ir/shape.ts";
import { hole } from "../ops/hole.ts";
import type { CheckedGraph, OpNode, Value } from "../ops/op.ts";
import type { Place } from "./build.ts";
import type { Module } from "./module.ts";
import { doubted, lookUp, type SharedInstance } from "./scope.ts";

export interface Gaps {
  /** Axes of results that rest on a mistake, by the id of the node. */
  readonly doubts: Map<number, Value["doubt"]>;
  /** The ids of nodes that may do something else than they seem to. */
  readonly guesses: Set<number>;
  /** Instances that an unknown part may use. */
  readonly instances: Set<SharedInstance>;
  /** Whether nothing is known for sure: expansion ended early, or what reaches everywhere is wrong. */
  isTotal: boolean;
}

export function noGaps(): Gaps {
  return { doubts: new Map(), guesses: new Set(), instances: new Set(), isTotal: false };
}

/** The value, doubtful from here on, behind a part of the spec that cannot be expanded. */
export function obscured(
  value: Value,
  place: Place,
  text: Span,
  ...operands: readonly (Value | undefined)[]
): Value {
  return doubted(addHole(value, place, text, operands));
}

/** The same value behind a hole, which may read its operands and all that the text names. */
export function addHole(
  value: Value,
  place: Place,
  text: Span,
  operands: readonly (Value | undefined)[],
): Value {
  const { shape } = value;
  return { ...value, node: pushHole([value, ...operands, ...namedIn(text, place)], shape, text, place) };
}

/** A hole for an item of a model that gives no value. */
export function addHoleWithoutValue(text: Span, place: Place): void {
  pushHole(namedIn(text, place), { channels: 1, sizes: [] }, text, place);
}

function pushHole(
  read: readonly (Value | undefined)[],
  shape: Shape,
  text: Span,
  { build: { nodes }, path, frame }: Place,
): number {
  const id = nodes.length;
  const inputs = [...new Set(read.flatMap((value) => value?.node ?? []))];
  const origin = { span: text, parts: new Map(), frame };
  nodes.push({ id, path, op: hole, attrs: {}, inputs, shape, weights: [], origin });
  return id;
}

const known = new WeakMap<Span, ReadonlySet<string>>();

/** Read once: what stands in a loop leaves a hole in each repetition. */
function namesIn(text: Span): ReadonlySet<string> {
  const names = known.get(text) ?? new Set(spanText(text).match(/[A-Za-z_]\w*/g));
  known.set(text, names);
  return names;
}

/** The tensors that a text names; of shared instances that it names, nothing is known. */
function namedIn(text: Span, { build, scope }: Place): readonly Value[] {
  const named: Value[] = [];
  for (const name of namesIn(text)) {
    const entry = lookUp(scope, name);
    if (entry?.kind === "tensor") named.push(entry.value);
    if (entry?.kind === "shared") build.gaps.instances.add(entry.instance);
  }
  return named;
}

/** Gives a value its name; where two have one name, nobody knows which of them is meant further on. */
export function nameValue(name: ast.Name, value: Value, { build, scope }: Place): void {
  if (build.resolution.bad.has(name)) build.gaps.isTotal = true;
  scope.entries.set(name.text, { kind: "tensor", value, span: name.span });
}

/** Marks the nodes from `first` on as guesses. */
export function guessFrom(first: number, { gaps, nodes }: Place["build"]): void {
  for (let id = first; id < nodes.length; id += 1) gaps.guesses.add(id);
}

/** Marks the channels of the nodes from `first` on as doubtful. */
export function doubtChannelsFrom(first: number, { gaps, nodes }: Place["build"]): void {
  for (let id = first; id < nodes.length; id += 1)
    gaps.doubts.set(id, new Set([...(gaps.doubts.get(id) ?? []), 0]));
}

type Definition = ast.Block | ast.Model;

/** Whether the text of a definition, and what follows up to the next one, was read as it stands there. */
export function isLegible(definition: Definition, module: Module): boolean {
  const known = illegible.get(module) ?? illegibleIn(module);
  illegible.set(module, known);
  return !known.has(definition);
}

const illegible = new WeakMap<Module, ReadonlySet<Definition>>();

function illegibleIn({ ast: file, misread }: Module): ReadonlySet<Definition> {
  if (misread.length === 0) return new Set();
  const definitions = [...file.blocks, ...file.models].toSorted((a, b) => a.span.start - b.span.start);
  return new Set(
    misread.flatMap(
      ({ start }) => definitions[countBelow(definitions, start + 1, ({ span }) => span.start) - 1] ?? [],
    ),
  );
}

/** Whether a part of the network is hidden. */
export function hasHoles({ nodes }: CheckedGraph): boolean {
  return nodes.some(({ op }) => op === hole);
}

/** The nodes, with a hole in place of each that may be something else. */
export function withHoles(nodes: readonly OpNode[], { guesses, instances }: Gaps): readonly OpNode[] {
  if (guesses.size + instances.size === 0) return nodes;
  const obscuredWeights = new Set([...instances].flatMap(({ weights }) => weights.flat()));
  return nodes.map((node) =>
    guesses.has(node.id) || node.weights.some((weight) => obscuredWeights.has(weight))
      ? { ...node, op: hole, attrs: {}, weights: [] }
      : node,
  );
}
