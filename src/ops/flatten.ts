/** All elements of a sample as one vector, channels outermost as in PyTorch. */
import { elementCount, rankOf } from "../ir/shape.ts";
import { channelsFirst } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf } from "./reference-tensor.ts";

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
  shape: ([input]) => ({ channels: Number(elementCount(input)), sizes: [] }),
  // Channels come first already, so the elements stand in the right order.
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
