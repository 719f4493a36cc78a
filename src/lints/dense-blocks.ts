/**
 * Dense connectivity as it shows in a graph, however it was written: concatenations of a value with what was computed
 * from it, one after the other (Huang et al. 2017, section 3).
 */
import { concat } from "../ops/concat.ts";
import type { OpNode } from "../ops/op.ts";
import { windowRuleOf } from "../ops/window.ts";
import type { LintContext } from "./context.ts";
import { isConvolution, isJoin, isUnit } from "./families.ts";

export interface DenseLayer {
  /** What the layer reads. */
  readonly input: OpNode;
  /** From the first operation on `input` to the new features. */
  readonly steps: readonly OpNode[];
  /** `input` and the new features. */
  readonly output: OpNode;
}

export interface DenseBlock {
  /** Two or more, each reading the output of the one before, all adding as many channels; one where that is thrown away. */
  readonly layers: readonly [DenseLayer, ...DenseLayer[]];
  /** Channels that each layer adds. */
  readonly growth: number;
  /** All features. */
  readonly output: OpNode;
  /** The new features of one layer, where they go on alone. */
  readonly lost: LostFeatures | undefined;
}

export interface LostFeatures {
  readonly node: OpNode;
  /** How many there would be with those that go no further. */
  readonly total: number;
}

interface Chain {
  readonly layers: DenseLayer[];
  /** Of a last layer whose concatenation is thrown away. */
  lost?: LostFeatures;
}

const known = new WeakMap<LintContext, readonly DenseBlock[]>();

/** Found once for all lints that ask. */
export function denseBlocks(context: LintContext): readonly DenseBlock[] {
  const blocks = known.get(context) ?? findDenseBlocks(context);
  known.set(context, blocks);
  return blocks;
}

function findDenseBlocks(context: LintContext): readonly DenseBlock[] {
  const chains: Chain[] = [];
  const ending = new Map<OpNode, Chain>();
  for (const node of context.graph.nodes) {
    const layer = node.op === concat ? layerOf(node, context) : undefined;
    const lost = layer && !context.isLive(node) ? thrownAway(layer, context) : undefined;
    if (layer === undefined || (lost === undefined && !context.isLive(node))) continue;
    let chain = ending.get(layer.input);
    if (chain?.layers[0] === undefined || growthOf(chain.layers[0]) !== growthOf(layer)) {
      chain = { layers: [] };
      chains.push(chain);
    }
    if (lost !== undefined) chain.lost = lost;
    if (lost === undefined || chain.layers.length === 0) chain.layers.push(layer);
    ending.delete(layer.input);
    ending.set(layer.output, chain);
  }
  return chains.flatMap(({ layers: [first, ...rest], lost }): DenseBlock[] => {
    if (first === undefined || (rest.length === 0 && lost === undefined)) return [];
    const last = rest.at(-1) ?? first;
    const output = context.isLive(last.output) ? last.output : last.input;
    return [
      {
        layers: [first, ...rest],
        growth: growthOf(first),
        output,
        lost: lost ?? lostAfter(last, context),
      },
    ];
  });
}

function growthOf({ input, output }: DenseLayer): number {
  return output.shape.channels - input.shape.channels;
}

/** The layer that a concatenation ends: one operand, and others that were computed from it. */
function layerOf(output: OpNode, context: LintContext): DenseLayer | undefined {
  const operands = context.sourcesOf(output);
  // What the others were computed from comes before them.
  const input = operands.reduce((first, operand) => (operand.id < first.id ? operand : first), output);
  const ways: (readonly OpNode[])[] = [];
  for (const operand of operands) {
    if (operand === input) continue;
    const way = wayFrom(input, operand, context);
    if (way === undefined) return undefined;
    ways.push(way);
  }
  const [steps] = ways;
  const isKnown = [input, output].every((node) => context.knows("channels", node));
  return isKnown && steps?.some(isConvolution) ? { input, steps, output } : undefined;
}

/** A layer has at most twelve in published networks. */
const MOST_STEPS = 64;

/** The operations from `start` (left out) to `end`, along first operands; `undefined` for more than a layer has. */
function wayFrom(start: OpNode, end: OpNode, context: LintContext): readonly OpNode[] | undefined {
  const steps: OpNode[] = [];
  let node: OpNode | undefined = end;
  while (node !== undefined && node.id > start.id && steps.length < MOST_STEPS) {
    steps.push(node);
    node = context.sourceOf(node);
  }
  return node === start && steps.length > 0 ? steps.reverse() : undefined;
}

/** A concatenation that nothing reads, of a value with features that go on without it. */
function thrownAway({ steps, output }: DenseLayer, context: LintContext): LostFeatures | undefined {
  const node = steps.at(-1);
  return node === undefined || !context.isLive(node) || context.readersOf(node).some(isJoin)
    ? undefined
    : { node, total: output.shape.channels };
}

/** Goes on as the layer before did, to features that a concatenation should have joined; nothing else reads its output. */
function lostAfter(last: DenseLayer, context: LintContext): LostFeatures | undefined {
  let node = last.output;
  for (const step of last.steps) {
    const readers = context.readersOf(node);
    const [next] = readers;
    if (next === undefined || readers.length > 1 || context.isOutput(node) || !isAlike(next, step))
      return undefined;
    node = next;
  }
  return context.readersOf(node).some(isJoin)
    ? undefined
    : { node, total: last.output.shape.channels + node.shape.channels };
}

/** Whether two nodes do the same, on inputs that may be of different widths. */
function isAlike(a: OpNode, b: OpNode): boolean {
  if (a.op !== b.op || a.inputs.length !== b.inputs.length) return false;
  if (isUnit(a) && a.shape.channels !== b.shape.channels) return false;
  const [first, second] = [a, b].map((node) => windowRuleOf(node)?.size.join("x"));
  return first === second;
}
