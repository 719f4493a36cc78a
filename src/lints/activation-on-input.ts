/** DN0609: an activation before the first layer. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { quoted } from "../base/text.ts";
import type { OpNode } from "../ops/op.ts";
import { softmax } from "../ops/softmax.ts";
import { defineLint, type Lint, type LintContext, stageName } from "./context.ts";
import { argumentEdits } from "./edits.ts";
import { isActivation, isIn, isJoin, isUnit, keepsShape } from "./families.ts";

const activationOnInput: DiagnosticKind<[activation: string, input: string]> = defineLint({
  code: "DN0609",
  severity: "warning",
  message: (activation: string, input: string) =>
    `${quoted(activation)} is applied to the raw input ${quoted(input)}`,
  explain: {
    title: "activation-on-input",
    text: "Before the first layer there are no features yet: a rectifier there zeroes part of the picture. Networks of pre-activation units begin with a stem that is none, a convolution alone or one with norm and activation behind it. Inputs of 16 channels and more are taken to be features of another network.",
    wrong:
      "dn 1;\nmodel m { set order = pre; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 8; bn; relu; gap >; }\n",
    right:
      "dn 1;\nmodel m { set order = pre; input x: f32[3 @ 8x8]; output y = x < conv 3 (order=post) -> 8; gap >; }\n",
  },
});

/** Pictures have 1 to 4 channels, satellite images 13, electrocardiograms 12 leads; no published stem makes fewer than 16. */
const MOST_RAW_CHANNELS = 15;

export const lint: Lint = {
  kinds: [activationOnInput],
  check(context) {
    const inputs = rawInputs(context);
    const leading = leadingToUnits(context);
    for (const node of context.nodes) {
      const input = inputs.get(node.inputs[0] ?? -1);
      if (input === undefined || !isActivation(node) || node.op === softmax || !leading.has(node.id))
        continue;
      const isOfUnit = stageName(node) !== node.op.name;
      context.report(activationOnInput, [node.op.name, input], node, {
        ...(isOfUnit && {
          label: `puts ${quoted(node.op.name)} before its convolution`,
          fix: {
            title: "give it `order=post`",
            applicability: "maybe-incorrect",
            edits: argumentEdits(node.origin, "order", "post"),
          },
        }),
        help: [
          isOfUnit
            ? "begin with `order=post` (convolution, norm, activation) or `order=bare`"
            : "put it after the first convolution",
        ],
      });
    }
  },
};

/** For each node that an input comes to with no layer in between, by its id: the name of the input. */
function rawInputs({ nodes, graph, knows }: LintContext): ReadonlyMap<number, string> {
  const raw = new Map<number, string>();
  const isNarrow = (node: OpNode | undefined): boolean =>
    node !== undefined && knows("channels", node) && node.shape.channels <= MOST_RAW_CHANNELS;
  for (const { name, node } of graph.inputs) if (isNarrow(graph.nodes[node])) raw.set(node, name);
  for (const node of nodes) {
    const name = raw.get(node.inputs[0] ?? -1);
    // What the first activation leaves is not raw any more.
    const passesOn = (keepsShape(node) && !isActivation(node)) || isIn("shape", node);
    if (name !== undefined && passesOn) raw.set(node.id, name);
  }
  return raw;
}

/** The ids of nodes whose result comes to a unit before it comes to a join. */
function leadingToUnits({ nodes, readersOf }: LintContext): ReadonlySet<number> {
  const leading = new Set<number>();
  for (const node of nodes.toReversed()) {
    const leads = (reader: OpNode): boolean => isUnit(reader) || (!isJoin(reader) && leading.has(reader.id));
    if (readersOf(node).some(leads)) leading.add(node.id);
  }
  return leading;
}
