/** DN0613: a model whose name says another depth than it has. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { count } from "../base/text.ts";
import { depthOf } from "../ops/depth.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { defineLint, type Lint, modelOf } from "./context.ts";
import { isConvolution } from "./families.ts";

const depthNameMismatch: DiagnosticKind<[said: number, depth: number]> = defineLint({
  code: "DN0613",
  severity: "warning",
  message: (said: number, depth: number) =>
    `the name says ${said} layers, and there are ${count(depth, "layer")} with weights`,
  explain: {
    title: "depth-name-mismatch",
    text: "The number in a name such as `densenet121` counts the convolutions and linear layers on the longest way through the network, so shortcuts do not count; the number of a Wide ResNet counts all its convolutions. Only names made of `densenet`, `resnet`, `resnext`, `vgg` or `wrn` and one number are looked at.",
    wrong:
      "dn 1;\nmodel resnet4 { set order = post; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 16; conv 3 -> 16; gap; linear -> 2 >; }\n",
    right:
      "dn 1;\nmodel resnet3 { set order = post; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 16; conv 3 -> 16; gap; linear -> 2 >; }\n",
  },
});

export const lint: Lint = {
  kinds: [depthNameMismatch],
  check(context) {
    const { graph, isWhole } = context;
    const [, family, digits] = /^(densenet|resnet|resnext|vgg|wrn)[_-]?(\d+)$/i.exec(graph.name) ?? [];
    const last = context.nodes.at(-1);
    if (!isWhole || family === undefined || last === undefined) return;
    const [said, depth] = [Number(digits), depthOf(graph)];
    if (said === depth || (/^wrn$/i.test(family) && said === convolutionsIn(graph))) return;
    context.report(depthNameMismatch, [said, depth], last, {
      instead: modelOf(last),
      help: ["call it by the depth that it has, or look for the layers that differ"],
    });
  },
};

/** Zagoruyko and Komodakis 2016 count the projections on the shortcuts, and no linear layer. */
function convolutionsIn(graph: CheckedGraph): number {
  return graph.nodes.filter(isConvolution).length;
}
