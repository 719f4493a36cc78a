/** DenseNets as the golden data describes them, built node by node in execution order, independent of any spec. */
import { avgpool } from "../../src/ops/avgpool.ts";
import { bn } from "../../src/ops/bn.ts";
import { concat } from "../../src/ops/concat.ts";
import { conv } from "../../src/ops/conv.ts";
import { gap } from "../../src/ops/gap.ts";
import { linear } from "../../src/ops/linear.ts";
import { maxpool } from "../../src/ops/maxpool.ts";
import type { CheckedGraph, OpNode } from "../../src/ops/op.ts";
import { relu } from "../../src/ops/relu.ts";
import { graphBuilder } from "./graph-builder.ts";

export interface DensenetOptions {
  readonly blocks: readonly number[];
  readonly growth: number;
  readonly stem: "imagenet" | "cifar";
  readonly stemChannels: number;
  readonly classes: number;
  readonly size: number;
  /** Of the stem alone; absent: PyTorch's. */
  readonly stemPad?: "same";
}

/** The node at the end of each module whose output the golden data measures. */
export function stagePaths({ blocks, stem }: DensenetOptions): ReadonlyMap<string, string> {
  const paths = new Map([["features.conv0", "stem"]]);
  if (stem === "imagenet") paths.set("features.norm0", "stem/bn").set("features.pool0", "pool");
  blocks.forEach((layers, index) => {
    paths.set(`features.denseblock${index + 1}`, `dense.${index + 1}/${layers}/concat`);
    if (index > 0) paths.set(`features.transition${index}`, `transition.${index}/avgpool`);
  });
  // torchvision's class calls the last norm `norm5` however many blocks there are.
  return paths.set(`features.norm${stem === "imagenet" ? 5 : blocks.length + 1}`, "last/bn");
}

/** DenseNet-BC with compression 1/2 (Huang et al. 2017, section 3). */
export function densenet(options: DensenetOptions): CheckedGraph {
  const { blocks, growth, stem, stemChannels, classes, size, stemPad } = options;
  const stemArguments = stemPad === undefined ? {} : { pad: stemPad };
  const graph = graphBuilder("densenet");
  const normRelu = (path: string, x: OpNode): OpNode =>
    graph.add(`${path}/relu`, relu, [graph.add(`${path}/bn`, bn, [x])]);
  const normReluConv = (path: string, x: OpNode, kernel: number, channels: number): OpNode =>
    graph.add(path, conv, [normRelu(path, x)], { kernel: [kernel], channels });

  let value = graph.input("x", { channels: 3, sizes: [size, size] });
  if (stem === "imagenet") {
    value = graph.add("stem", conv, [value], {
      kernel: [7],
      stride: [2],
      channels: stemChannels,
      arguments: stemArguments,
    });
    value = graph.add("pool", maxpool, [normRelu("stem", value)], {
      kernel: [3],
      stride: [2],
      arguments: stemArguments,
    });
  } else {
    value = graph.add("stem", conv, [value], { kernel: [3], channels: stemChannels });
  }
  blocks.forEach((layers, block) => {
    if (block > 0) {
      const halved = Math.floor(value.shape.channels / 2);
      const narrow = normReluConv(`transition.${block}/conv`, value, 1, halved);
      value = graph.add(`transition.${block}/avgpool`, avgpool, [narrow], { kernel: [2] });
    }
    for (let layer = 1; layer <= layers; layer += 1) {
      const path = `dense.${block + 1}/${layer}`;
      const bottleneck = normReluConv(`${path}/bottleneck`, value, 1, 4 * growth);
      const fresh = normReluConv(`${path}/conv`, bottleneck, 3, growth);
      value = graph.add(`${path}/concat`, concat, [value, fresh]);
    }
  });
  const pooled = graph.add("gap", gap, [normRelu("last", value)]);
  graph.output("logits", graph.add("linear", linear, [pooled], { channels: classes }));
  return graph.finish();
}
