/** DN0604: dense blocks of one network that grow at different rates. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { listOf } from "../base/text.ts";
import { callOf, defineLint, type Lint } from "./context.ts";
import { denseBlocks } from "./dense-blocks.ts";

const growthNotConstant: DiagnosticKind<[rates: string]> = defineLint({
  code: "DN0604",
  severity: "hint",
  message: (rates: string) => `the growth rate varies across dense blocks: ${rates}`,
  explain: {
    title: "growth-not-constant",
    text: "In a DenseNet every layer adds the same number k of channels (Huang et al. 2017, section 3): the width grows by itself, because each layer sees what all before it made. A rate that doubles from block to block is a habit of other networks, and multiplies the parameters.",
    wrong:
      'dn 1;\nimport { densePlain, transition } from "std";\nmodel m { set order = pre; input x: f32[16 @ 8x8]; output y = x < densePlain(k=8, n=2); transition; densePlain(k=16, n=2); bn; relu; gap >; }\n',
    right:
      'dn 1;\nimport { densePlain, transition } from "std";\nmodel m { set order = pre; input x: f32[16 @ 8x8]; output y = x < densePlain(k=8, n=2); transition; densePlain(k=8, n=2); bn; relu; gap >; }\n',
  },
});

export const lint: Lint = {
  kinds: [growthNotConstant],
  check(context) {
    const blocks = denseBlocks(context);
    const odd = blocks.find(({ growth }) => growth !== blocks[0]?.growth);
    const node = odd?.layers[0].steps.at(-1);
    if (node === undefined) return;
    const rates = listOf([...new Set(blocks.map(({ growth }) => `${growth}`))]);
    const instead = callOf(node);
    context.report(growthNotConstant, [rates], node, {
      ...(instead && { instead }),
      label: `grows by ${odd?.growth}, the first one by ${blocks[0]?.growth}`,
      help: ["use one `k` for the whole network, as the paper does"],
    });
  },
};
