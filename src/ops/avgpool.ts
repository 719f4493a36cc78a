/** Average pooling over windows. */
import { quoted } from "../base/text.ts";
import { boundShape, rankOf } from "../ir/shape.ts";
import { type AdaptiveAttrs, adaptiveMeans, lowerAdaptiveMeans } from "./adaptive-avgpool.ts";
import { boolean, perAxis } from "./argument.ts";
import { conflictingParameters } from "./call-problems.ts";
import { liftWindow } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { poolArguments, poolAttrs, poolShape, selects, VIEW } from "./pool.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";
import { readsElement, readsPadding, windowReads } from "./reference-window.ts";
import { checkMap, spread, type WindowAttrs, windowOn } from "./window.ts";

export interface WindowedAvgpoolAttrs extends WindowAttrs {
  /** Whether the zeros of the padding count in the divisor. */
  readonly countsPadding: boolean;
}

export type AvgpoolAttrs = WindowedAvgpoolAttrs | AdaptiveAttrs;

export const avgpool: OpStage<AvgpoolAttrs> = defineOp({
  name: "avgpool",
  group: "pooling",
  summary:
    "The mean of each window. The stride defaults to the window. With `to` in place of a window, the windows are as PyTorch's adaptive pooling chooses them.",
  slots: { kernel: "unless-to", stride: "optional" },
  arguments: {
    ...poolArguments,
    count_pad: { type: boolean, summary: "whether padding counts in the divisor", default: "true" },
    to: { type: perAxis(1), summary: "adaptive: the sizes that come out" },
  },
  examples: [
    {
      source: "avgpool 2",
      input: { channels: 128, sizes: [56, 56] },
      output: { channels: 128, sizes: [28, 28] },
      parameters: 0,
    },
    {
      source: "avgpool(to=7)",
      input: { channels: 512, sizes: [10, 14] },
      output: { channels: 512, sizes: [7, 7] },
      parameters: 0,
    },
  ],
  attrs(call, [input], site): AvgpoolAttrs | undefined {
    const { to, count_pad, pad } = call.arguments;
    if (to !== undefined) {
      for (const part of ["stride", "pad", "ceil", "count_pad"] as const) {
        if ((part === "stride" ? call.stride : call.arguments[part]) === undefined) continue;
        const what = part === "stride" ? "a stride" : quoted(`${part}=`);
        site.report(conflictingParameters, ["avgpool", "`to=`", what], {
          at: part,
          help: ["leave it out: the sizes that come out say which windows there are"],
        });
      }
      if (!checkMap("avgpool", input, site)) return undefined;
      return { to: spread(to, rankOf(input), "size", "to", site) };
    }
    const attrs = poolAttrs("avgpool", call, input, site);
    // TensorFlow's `same` never counts the padding; the language keeps that.
    const countsPadding = count_pad ?? (pad ?? site.settings.pad) !== "same";
    return attrs && { ...attrs, countsPadding };
  },
  shape: ([input], attrs, site) =>
    "to" in attrs ? { channels: input.channels, sizes: attrs.to } : poolShape("avgpool", input, attrs, site),
  memory: (_output, attrs) => (isSlice(attrs) ? VIEW : {}),
  countedAs: (attrs) => ("to" in attrs ? "adaptive-avgpool" : isSlice(attrs) ? "slice" : undefined),
  reference([x], _weight, attrs) {
    if ("to" in attrs) return adaptiveMeans(x, attrs);
    const { rule, countsPadding } = attrs;
    const { batch, channels, sizes } = extentsOf(x);
    const { window, overhang } = windowOn(rule, { channels, sizes });
    const reads = windowReads(sizes, window, overhang);
    const y = zeros([batch, channels, ...reads.sizes]);
    const inputs = planesOf(x);
    planesOf(y).forEach((output, index) => {
      output.forEach((_, position) => {
        let [sum, counted] = [0, 0];
        for (const tap of reads.taps) {
          const read = tap[position] ?? 0;
          if (readsElement(read)) sum += inputs[index]?.[read] ?? 0;
          if (readsElement(read) || (countsPadding && readsPadding(read))) counted += 1;
        }
        output[position] = sum / counted;
      });
    });
    return y;
  },
  lower(lowering, [x], attrs) {
    if ("to" in attrs) return lowerAdaptiveMeans(lowering, x, attrs);
    const { rule, countsPadding } = attrs;
    const { window, overhang } = windowOn(rule, boundShape(lowering.shapes[0]));
    if (overhang.every((rows) => rows === 0)) {
      return lowering.add({ kind: "average-pool", window: liftWindow(window), countsPadding }, [x]);
    }
    // The overhang never counts: where padding does, it must first become part of the value.
    const padded = countsPadding ? window.size.map(() => [0, 0] as const) : window.padding;
    const padding = padded.map(([before, after], axis) => [before, after + (overhang[axis] ?? 0)] as const);
    const pads = liftWindow(window).padding;
    const value = countsPadding
      ? lowering.add({ kind: "pad", padding: [[0, 0], ...pads, [0, 0]], value: 0 }, [x], "pad")
      : x;
    return lowering.add(
      { kind: "average-pool", window: liftWindow({ ...window, padding }), countsPadding: false },
      [value],
    );
  },
});

function isSlice(attrs: AvgpoolAttrs): boolean {
  return !("to" in attrs) && selects(attrs);
}
