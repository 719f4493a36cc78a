/** DN0610: features of pre-activation units that are read without norm and activation. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { spanBefore } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { rankOf } from "../ir/shape.ts";
import { bn } from "../ops/bn.ts";
import { concat } from "../ops/concat.ts";
import { groupOf } from "../ops/index.ts";
import type { Group, OpNode } from "../ops/op.ts";
import { relu } from "../ops/relu.ts";
import { defineLint, type Lint, type LintContext, stageKey, stageName } from "./context.ts";
import { isActivation, isConvolution, isJoin, isNorm, isUnit } from "./families.ts";

const incompletePreactivation: DiagnosticKind<[reader: string, missing: string]> = defineLint({
  code: "DN0610",
  severity: "warning",
  message: (reader: string, missing: string) => `features reach ${quoted(reader)} without ${missing}`,
  explain: {
    title: "incomplete-preactivation",
    text: "A pre-activation unit leaves norm and activation to whoever reads its result, so the last features need both before the head, and a transition needs both before its convolution. Leaving out the last activation cost a well-known DenseNet 0.3 % of accuracy before it was noticed.",
    wrong:
      "dn 1;\nmodel m { set order = pre; input x: f32[16 @ 8x8]; output y = x < conv 3 -> 16; add; gap; linear -> 2 >; }\n",
    right:
      "dn 1;\nmodel m { set order = pre; input x: f32[16 @ 8x8]; output y = x < conv 3 -> 16; add; bn; relu; gap; linear -> 2 >; }\n",
  },
});

export const lint: Lint = {
  kinds: [incompletePreactivation],
  check(context) {
    // What is hidden may be the head that ends in norm and activation.
    if (!context.isWhole) return;
    const heads = headsOf(context);
    // Who ends one trunk in norm and activation leaves them out of another on purpose.
    if (!heads.some((head) => isComplete(head, context))) {
      const missingBefore = searchBack(context);
      for (const head of heads) {
        const missing = missingBefore(head);
        if (missing !== undefined) reportMissing(head, missing, context);
      }
    }
    if (!context.nodes.some((node) => isPreactivatedJoin(node, context))) return;
    for (const node of context.nodes) {
      const norm = context.sourceOf(node);
      const joined = norm && isNorm(norm) ? context.sourceOf(norm) : undefined;
      if (isConvolution(node) && joined?.op === concat) reportMissing(node, "activation", context);
    }
  },
};

type Missing = "norm and activation" | "activation";

function reportMissing(node: OpNode, missing: Missing, context: LintContext): void {
  const stages = missing === "activation" ? `${relu.name};` : `${bn.name}; ${relu.name};`;
  context.report(incompletePreactivation, [stageName(node), missing], node, {
    help: [`put \`${stages}\` before it`],
    fix: {
      title: `insert \`${stages}\``,
      applicability: "maybe-incorrect",
      edits: [{ span: spanBefore(node.origin.span), text: `${stages} ` }],
    },
  });
}

/** Those that turn a map into the vector that the classifier reads; a gate does so too, and goes back to maps. */
function headsOf(context: LintContext): readonly OpNode[] {
  const isMap = (node: OpNode): boolean => rankOf(node.shape) > 0;
  const backToMaps = leadingTo(isMap, context);
  return context.nodes.filter((node) => {
    const source = context.sourceOf(node);
    return source !== undefined && isMap(source) && !isMap(node) && !backToMaps.has(node.id);
  });
}

/** The ids of nodes whose result comes to one of some nodes in the end. */
function leadingTo(isEnd: (node: OpNode) => boolean, context: LintContext): ReadonlySet<number> {
  const leading = new Set<number>();
  for (const node of context.nodes.toReversed())
    if (context.readersOf(node).some((reader) => isEnd(reader) || leading.has(reader.id)))
      leading.add(node.id);
  return leading;
}

/** Whether a head reads an activation of a norm. */
function isComplete(head: OpNode, context: LintContext): boolean {
  const activation = context.sourceOf(head);
  const norm = activation && context.sourceOf(activation);
  return activation !== undefined && norm !== undefined && isActivation(activation) && isNorm(norm);
}

/** How a search back from a head came to a node. */
interface Way {
  readonly node: OpNode;
  readonly joined: boolean;
  readonly normalized: boolean;
  /** Whether the head leads to a unit: else the unit before it may be the classifier itself. */
  readonly hasClassifier: boolean;
}

/** Goes back from heads to the convolutions whose results come to them with no activation in between. */
function searchBack(context: LintContext): (head: OpNode) => Missing | undefined {
  const leadingToUnit = leadingTo(isUnit, context);
  /** What each way that was gone leads to: a network may have many heads on one trunk. */
  const found = new Map<string, Missing | undefined>();
  const missingAmong = (ways: readonly Way[]): Missing | undefined =>
    ways.map((way) => found.get(keyOf(way))).findLast((missing) => missing !== undefined);
  return (head) => {
    const hasClassifier = leadingToUnit.has(head.id);
    const first = waysTo(head, { joined: false, normalized: false, hasClassifier }, context);
    const passed = new Map<string, Way>();
    const open = [...first];
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      const key = keyOf(way);
      if (found.has(key) || passed.has(key)) continue;
      passed.set(key, way);
      for (const further of waysFurther(way, context)) open.push(further);
    }
    // What is found further back is known first.
    for (const [key, way] of [...passed].sort(([, a], [, b]) => a.node.id - b.node.id))
      found.set(key, missingAt(way, context) ?? missingAmong(waysFurther(way, context)));
    return missingAmong(first);
  };
}

function keyOf({ node, joined, normalized, hasClassifier }: Way): string {
  return `${node.id} ${joined} ${normalized} ${hasClassifier}`;
}

function waysTo(node: OpNode, way: Omit<Way, "node">, context: LintContext): readonly Way[] {
  return context.sourcesOf(node).map((source) => ({ ...way, node: source }));
}

function waysFurther(way: Way, context: LintContext): readonly Way[] {
  const { node, joined, normalized } = way;
  if (isUnit(node) || isActivation(node)) return [];
  if (isNorm(node)) return joined || normalized ? [] : waysTo(node, { ...way, normalized: true }, context);
  const passesOn = isJoin(node) || PASSING_ON.has(groupOf(node));
  return passesOn ? waysTo(node, { ...way, joined: joined || isJoin(node) }, context) : [];
}

function missingAt(
  { node, joined, normalized, hasClassifier }: Way,
  context: LintContext,
): Missing | undefined {
  // Behind a join, or within one unit of `order=pre` before a classifier.
  const isFeature = joined || hasClassifier;
  if (!isFeature || !isConvolution(node) || (normalized && !joined)) return undefined;
  if (!isPreactivated(node, context, { anyStage: joined })) return undefined;
  return normalized ? "activation" : "norm and activation";
}

const PASSING_ON: ReadonlySet<Group | undefined> = new Set(["pooling", "regularise", "shape", "per channel"]);

/** Whether norm and activation stand right before a convolution, in its own stage unless any will do. */
function isPreactivated(node: OpNode, context: LintContext, { anyStage }: { anyStage: boolean }): boolean {
  const activation = context.sourceOf(node);
  const norm = activation && context.sourceOf(activation);
  if (activation === undefined || norm === undefined) return false;
  return isActivation(activation) && isNorm(norm) && (anyStage || stageKey(activation) === stageKey(node));
}

/** A convolution that reads concatenated features through norm and activation. */
function isPreactivatedJoin(node: OpNode, context: LintContext): boolean {
  if (!isConvolution(node) || !isPreactivated(node, context, { anyStage: true })) return false;
  const [activation] = context.sourcesOf(node);
  const norm = activation && context.sourceOf(activation);
  return norm !== undefined && context.sourceOf(norm)?.op === concat;
}
