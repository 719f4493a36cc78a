/** DN0608: a bias that a batch norm takes away again. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { listOf, quoted } from "../base/text.ts";
import { add } from "../ops/add.ts";
import { bn } from "../ops/bn.ts";
import { concat } from "../ops/concat.ts";
import { groupOf } from "../ops/index.ts";
import type { Group, OpNode } from "../ops/op.ts";
import { sub } from "../ops/sub.ts";
import { windowRuleOf } from "../ops/window.ts";
import { defineLint, type Lint, type LintContext, stageName } from "./context.ts";
import { argumentEdits } from "./edits.ts";
import { isUnit } from "./families.ts";

const biasCancelled: DiagnosticKind<[stage: string, norm: string]> = defineLint({
  code: "DN0608",
  severity: "warning",
  message: (stage: string, norm: string) => `the bias of ${quoted(stage)} is removed by ${quoted(norm)}`,
  explain: {
    title: "bias-cancelled",
    text: "Batch norm subtracts the mean of each channel, and with it whatever was added to the whole channel before: the bias is learnt, stored and has no effect (Ioffe and Szegedy 2015, section 3.2). Concatenation, sums and pools in between change nothing of that. The fix changes which weights the network has, so it is for a person to apply.",
    wrong:
      "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < conv 3 (order=bare) -> 8; bn; relu; gap >; }\n",
    right:
      "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < conv 3 (order=bare, bias=false) -> 8; bn; relu; gap >; }\n",
  },
});

export const lint: Lint = {
  kinds: [biasCancelled],
  check(context) {
    const biased = context.nodes.filter(hasBias);
    const removed = removals(biased, context);
    // A bias that several nodes share is removed where all of them lose it.
    const kept = new Set(biased.filter((node) => !removed.has(node)).flatMap((node) => node.weights));
    const found = biased.filter(
      (node) => removed.has(node) && !node.weights.some((weight) => kept.has(weight)),
    );
    for (const node of found) {
      const through = removed.get(node) ?? [];
      context.report(biasCancelled, [stageName(node), bn.name], node, {
        ...(through.length > 0 && {
          notes: [
            `${listOf(through.map(quoted))} in between carr${through.length > 1 ? "y" : "ies"} it on as it is`,
          ],
        }),
        help: ["write `bias=false`"],
        fix: {
          title: "write `bias=false`",
          applicability: "maybe-incorrect",
          edits: argumentEdits(node.origin, "bias", "false"),
        },
      });
    }
  },
};

function hasBias(node: OpNode): boolean {
  return isUnit(node) && node.weights.some(({ role }) => role === "bias");
}

/**
 * Of some nodes and all that follows from them: those of which a constant added to a channel is lost, each with what
 * carries it to the norm that removes it.
 */
function removals(
  starts: readonly OpNode[],
  { nodes, readersOf, isOutput }: LintContext,
): ReadonlyMap<OpNode, readonly string[]> {
  const following = new Set(starts.map(({ id }) => id));
  for (const { id, inputs } of nodes) if (inputs.some((source) => following.has(source))) following.add(id);
  const removed = new Map<OpNode, readonly string[]>();
  for (const node of nodes.toReversed()) {
    if (!following.has(node.id) || isOutput(node)) continue;
    const carriers = new Set<string>();
    const isRemoved = readersOf(node).every((reader) => {
      if (reader.op === bn) return true;
      const further = keepsConstants(reader) ? removed.get(reader) : undefined;
      if (further !== undefined) for (const name of [stageName(reader), ...further]) carriers.add(name);
      return further !== undefined;
    });
    if (isRemoved) removed.set(node, [...carriers]);
  }
  return removed;
}

/** Whether a constant added to a channel of an operand comes out as one added to a channel. */
export function keepsConstants(node: OpNode): boolean {
  return KEEPING_JOINS.has(node.op) || (KEEPING_GROUPS.has(groupOf(node)) && !mixesInZeros(node));
}

const KEEPING_GROUPS: ReadonlySet<Group | undefined> = new Set([
  "pooling",
  "regularise",
  "per channel",
  "shape",
]);
const KEEPING_JOINS: ReadonlySet<unknown> = new Set([concat, add, sub]);

/** Whether it reads or adds zeros around the value, so that the constant is another one at the border. */
function mixesInZeros(node: OpNode): boolean {
  const { attrs } = node;
  if (typeof attrs !== "object" || attrs === null) return false;
  if ("mode" in attrs && attrs.mode === "zero") return true;
  const countsPadding = "countsPadding" in attrs && attrs.countsPadding === true;
  const padding = windowRuleOf(node)?.padding ?? [];
  return countsPadding && padding.some((pad) => pad === "same" || pad[0] + pad[1] > 0);
}
