/** DN0611: dropout in a place where it does something else than it seems to. */
import type { DiagnosticKind, Fix } from "../base/diagnostic.ts";
import { spanText } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { type DropoutAttrs, dropout } from "../ops/dropout.ts";
import type { OpNode } from "../ops/op.ts";
import { defineLint, type Lint, type LintContext, type LintDetails, stageName } from "./context.ts";
import { isActivation, isIn, isNorm } from "./families.ts";

const orderSuspect: DiagnosticKind<[next: string]> = defineLint({
  code: "DN0611",
  severity: "hint",
  message: (next: string) => `${quoted(dropout.name)} stands before ${quoted(next)}`,
  explain: {
    title: "order-suspect",
    text: "Dropout changes the variance while training and not at inference, so a norm behind it learns statistics that no longer hold (Li et al. 2019). A pool behind it picks or averages around the zeros, and less is dropped than `p` says; an activation behind it is the usual one, written the other way round. Before a join dropout is as published.",
    wrong:
      "dn 1;\nmodel m { input x: f32[16 @ 8x8]; output y = x < conv 3 (order=bare) -> 16; dropout; relu; gap >; }\n",
    right:
      "dn 1;\nmodel m { input x: f32[16 @ 8x8]; output y = x < conv 3 (order=bare) -> 16; relu; dropout; conv 3 (order=bare) -> 16; gap >; }\n",
  },
});

export const lint: Lint = {
  kinds: [orderSuspect],
  check(context) {
    for (const node of context.nodes) {
      if (node.op !== dropout || (node.attrs as DropoutAttrs).probability === 0) continue;
      for (const next of context.readersOf(node)) {
        const note = consequenceOf(next);
        if (note === undefined) continue;
        const last = endOfRun(next, context);
        context.report(orderSuspect, [next.op.name], node, { notes: [note], ...remedy(node, next, last) });
      }
    }
  },
};

function consequenceOf(next: OpNode): string | undefined {
  if (isNorm(next)) return `it shifts the statistics that ${quoted(next.op.name)} learns`;
  if (isIn("pooling", next)) return `${quoted(next.op.name)} fills in for what was dropped`;
  return isActivation(next) ? "the usual order is the activation first" : undefined;
}

/** The last of the stages in a row that dropout should not stand before: that is where it belongs. */
function endOfRun(first: OpNode, context: LintContext): OpNode {
  let last = first;
  for (;;) {
    const [next, ...others] = context.readersOf(last);
    if (next === undefined || others.length > 0 || context.isOutput(last)) return last;
    if (!isOwnStage(next) || consequenceOf(next) === undefined) return last;
    last = next;
  }
}

/** What a unit begins with cannot be parted from it. */
function isOwnStage(node: OpNode): boolean {
  return stageName(node) === node.op.name;
}

function remedy(node: OpNode, next: OpNode, last: OpNode): Pick<LintDetails, "help" | "fix"> {
  if (!isOwnStage(next)) return { help: ["leave it out, or drop behind the last norm"] };
  const help = [`put it after ${quoted(last.op.name)}`];
  const [moved, end] = [node.origin.span, last.origin.span];
  const passed = { file: end.file, start: moved.end, end: end.end };
  // One stage after the other, with no bracket and no comment.
  const isRow = /^(\s*;[^;<>|]*)+$/.test(spanText(passed)) && !spanText(passed).includes("//");
  if (moved.file !== end.file || !isRow) return { help };
  const text = `${spanText(passed).replace(/^\s*;\s*/, "")}; ${spanText(moved)}`;
  const fix: Fix = {
    title: `move it behind ${quoted(last.op.name)}`,
    applicability: "maybe-incorrect",
    edits: [{ span: { ...passed, start: moved.start }, text }],
  };
  return { help, fix };
}
