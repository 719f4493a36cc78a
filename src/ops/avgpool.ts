/** Average pooling over windows. */
import { boundShape } from "../ir/shape.ts";
import { boolean, perAxis } from "./argument.ts";
import { liftWindow } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { poolArguments, poolAttrs, poolShape } from "./pool.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";
import { readsElement, readsPadding, windowReads } from "./reference-window.ts";
import { notSupported } from "./unsupported.ts";
import { type WindowAttrs, windowOn } from "./window.ts";

export interface AvgpoolAttrs extends WindowAttrs {
  /** Whether the zeros of the padding count in the divisor. */
  readonly countsPadding: boolean;
}

export const avgpool: OpStage<AvgpoolAttrs> = defineOp({
  name: "avgpool",
  group: "pooling",
  summary: "The mean of each window. The stride defaults to the window.",
  slots: { kernel: "optional", stride: "optional" },
  arguments: {
    ...poolArguments,
    count_pad: { type: boolean, summary: "whether padding counts in the divisor", default: "true" },
    to: { type: perAxis(1), summary: "adaptive: the sizes that come out; not supported yet" },
  },
  examples: [
    {
      source: "avgpool 2",
      input: { channels: 128, sizes: [56, 56] },
      output: { channels: 128, sizes: [28, 28] },
      parameters: 0,
    },
  ],
  attrs(call, [input], site) {
    const { to, count_pad, pad } = call.arguments;
    if (to !== undefined) {
      site.report(notSupported, ["`avgpool (to=…)` is"], {
        at: "to",
        help: ["write a window: `avgpool 2`, or `gap` for one position"],
      });
      return undefined;
    }
    const attrs = poolAttrs("avgpool", call, input, site);
    // TensorFlow's `same` never counts the padding; the language keeps that.
    const countsPadding = count_pad ?? (pad ?? site.settings.pad) !== "same";
    return attrs && { ...attrs, countsPadding };
  },
  shape: ([input], attrs, site) => poolShape("avgpool", input, attrs, site),
  reference([x], _weight, { rule, countsPadding }) {
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
  lower(lowering, [x], { rule, countsPadding }) {
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
