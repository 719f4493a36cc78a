/** All elements of a sample as one vector, channels outermost as in PyTorch. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { listOf } from "../base/text.ts";
import { elementCount, isBoundShape, rankOf, sizeAt } from "../ir/shape.ts";
import { printSize } from "../ir/size.ts";
import { channelsFirst } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf } from "./reference-tensor.ts";

export const dependsOnSymbol: DiagnosticKind<[sizes: string]> = defineDiagnostic({
  code: "DN0506",
  message: (sizes) => `the length of the vector would depend on ${sizes}, and so would the weights behind it`,
  explain: {
    title: "weights-depend-on-symbol",
    text: "The number of weights of a network is fixed, whatever it is fed. A vector of all elements of a map of free size has no fixed length; `gap` gives one number per channel for every size.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ H, 8]; output y = x < flatten; linear -> 2 >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ H, 8]; output y = x < gap; linear -> 2 >; }\n",
  },
});

export const flatten: OpStage<object> = defineOp({
  name: "flatten",
  group: "shape",
  summary: "All elements as one vector, channels outermost (PyTorch's order).",
  slots: {},
  arguments: {},
  examples: [
    {
      source: "flatten",
      input: { channels: 64, sizes: [4, 4] },
      output: { channels: 1024, sizes: [] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape([input], _attrs, site) {
    if (isBoundShape(input)) return { channels: Number(elementCount(input)), sizes: [] };
    const free = input.sizes.flatMap((size, index) => (typeof size === "number" ? [] : [index + 1]));
    site.report(dependsOnSymbol, [listOf(free.map((axis) => printSize(sizeAt(input, axis) ?? 0)))], {
      claims: free.map((axis) => ({ input: 0, axis })),
      doubts: [0],
      help: ["take the mean over the positions with `gap`, or give the size a number"],
    });
    return { channels: input.channels, sizes: [] };
  },
  // Channels come first already, so the elements stand in the right order.
  memory: () => ({ result: "view", keeps: "nothing" }),
  reference([x]) {
    const { batch } = extentsOf(x);
    return { shape: [batch, x.data.length / batch], data: x.data };
  },
  lower(lowering, [x]) {
    const [shape] = lowering.shapes;
    if (rankOf(shape) === 0) return lowering.add({ kind: "identity" }, [x]);
    const channelMajor = lowering.add(
      { kind: "transpose", permutation: channelsFirst(shape) },
      [x],
      "transpose",
    );
    return lowering.add({ kind: "reshape", shape: [Number(elementCount(shape))] }, [channelMajor]);
  },
});
