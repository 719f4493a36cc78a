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
    const heads = context.nodes.filter((node) => isHead(node, context));
    // Who ends one trunk in norm and activation leaves them out of another on purpose.
    if (!heads.some((head) => isComplete(head, context))) {
      for (const head of heads) {
        const missing = missingBefore(head, context);
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

/** Turns a map into the vector that the classifier reads; a gate does so too, and goes back to maps. */
function isHead(node: OpNode, context: LintContext): boolean {
  const source = context.sourceOf(node);
  if (source === undefined || rankOf(source.shape) === 0 || rankOf(node.shape) > 0) return false;
  const seen = new Set([node]);
  for (const each of seen) {
    if (rankOf(each.shape) > 0) return false;
    for (const reader of context.readersOf(each)) seen.add(reader);
  }
  return true;
}

/** Whether a head reads an activation of a norm. */
function isComplete(head: OpNode, context: LintContext): boolean {
  const activation = context.sourceOf(head);
  const norm = activation && context.sourceOf(activation);
  return activation !== undefined && norm !== undefined && isActivation(activation) && isNorm(norm);
}

interface Way {
  readonly node: OpNode;
  readonly joined: boolean;
  readonly normalized: boolean;
}

/** Whether a unit reads a value, in the end. */
function leadsToUnit(node: OpNode, context: LintContext): boolean {
  const seen = new Set([node]);
  for (const each of seen) {
    for (const reader of context.readersOf(each)) {
      if (isUnit(reader)) return true;
      seen.add(reader);
    }
  }
  return false;
}

/** Goes back from a head to the convolutions whose results come to it with no activation in between. */
function missingBefore(head: OpNode, context: LintContext): Missing | undefined {
  const hasClassifier = leadsToUnit(head, context);
  const open: Way[] = [];
  const seen = new Set<OpNode>();
  const goOn = (node: OpNode, way: Omit<Way, "node">): void => {
    for (const source of context.sourcesOf(node)) {
      if (seen.has(source)) continue;
      seen.add(source);
      open.push({ node: source, ...way });
    }
  };
  goOn(head, { joined: false, normalized: false });
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    const { node, joined, normalized } = way;
    if (isUnit(node)) {
      // Behind a join, or within one unit of `order=pre` before a classifier: else it may be the classifier itself.
      const isFeature = joined || hasClassifier;
      const isRaw = isFeature && isConvolution(node) && isPreactivated(node, context, { anyStage: joined });
      if (isRaw && (joined || !normalized)) return normalized ? "activation" : "norm and activation";
    } else if (isNorm(node)) {
      if (!joined && !normalized) goOn(node, { joined, normalized: true });
    } else if (!isActivation(node)) {
      const passesOn = isJoin(node) || PASSING_ON.has(groupOf(node));
      if (passesOn) goOn(node, { joined: joined || isJoin(node), normalized });
    }
  }
  return undefined;
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
