/** Convolution, at ranks 1, 2 and 3: the unit that `order` expands with a norm and an activation. */
import { boundShape, product } from "../ir/shape.ts";
import { checkBothGroups, perGroup } from "./groups.ts";
import { kernelLayout, liftWindow } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";
import { type Tap, windowReads } from "./reference-window.ts";
import type { Init } from "./settings.ts";
import { applyUnit, unitArguments } from "./unit.ts";
import { resolveWindow, type WindowAttrs, windowedSizes, windowOn } from "./window.ts";

export interface ConvAttrs extends WindowAttrs {
  readonly channels: number;
  /** Of equally many channels; outputs read the inputs of their own group only. */
  readonly groups: number;
  readonly bias: boolean;
  readonly init: Init;
}

export const conv: OpStage<ConvAttrs> = defineOp({
  name: "conv",
  group: "units",
  summary:
    "Convolution, with the batch norm and activation that `order` adds. `-> c` are its output channels (default `k`).",
  slots: { kernel: "required", stride: "optional", channels: "optional" },
  arguments: unitArguments,
  examples: [
    {
      source: "conv 7 (order=bare, bias=false) /2 -> 64",
      input: { channels: 3, sizes: [224, 224] },
      output: { channels: 64, sizes: [112, 112] },
      parameters: 9408,
    },
    {
      source: "conv 3 (order=pre) -> 32",
      input: { channels: 128, sizes: [28] },
      output: { channels: 32, sizes: [28] },
      parameters: 12544,
    },
    {
      source: "conv 3 (order=bare, groups=4) -> 12",
      input: { channels: 8, sizes: [9, 7] },
      output: { channels: 12, sizes: [9, 7] },
      parameters: 228,
    },
  ],
  readsGrowth: true,
  apply: (op, call, [input], expansion) =>
    applyUnit(op, call, call.channels ?? expansion.growth(), input, expansion),
  attrs(
    { kernel = [1], stride, channels = 1, arguments: { pad, dilation, groups, bias, init } },
    [input],
    site,
  ) {
    const rule = resolveWindow(
      "conv",
      { kernel, stride, defaultStride: "one", dilation, pad: pad ?? site.settings.pad, defaultPad: "always" },
      input,
      site,
    );
    return (
      rule && {
        channels,
        groups: groups ?? 1,
        rule,
        bias: bias ?? false,
        init: init ?? site.settings.init ?? "kaiming",
      }
    );
  },
  shape([input], { channels, groups, rule }, site) {
    checkBothGroups(groups, input.channels, channels, site);
    return { channels, sizes: windowedSizes("conv", rule, input, site) };
  },
  weights([input], { channels, groups, rule, bias }) {
    const shape = [channels, perGroup(input.channels, groups), ...rule.size];
    const kernel = { name: "weight", role: "kernel", shape } as const;
    return bias ? [kernel, { name: "bias", role: "bias", shape: [channels] }] : [kernel];
  },
  // Every output element reads the window in each channel of its group; a bias is no multiply-add.
  macs: ([input], output, { groups, rule }) =>
    product([output.channels, ...output.sizes, perGroup(input.channels, groups), ...rule.size]),
  // Where more rows are added on one side, PyTorch adds the difference first and keeps what that gives.
  memory(_output, { rule }, [input]) {
    const operand = boundShape(input);
    const { padding } = windowOn(rule, operand).window;
    if (padding.every(([before, after]) => before === after)) return {};
    const sizes = operand.sizes.map((length, axis) => {
      const [before, after] = padding[axis] ?? [0, 0];
      return length + Math.abs(after - before);
    });
    return { keeps: "nothing", keepsMore: { elements: product([operand.channels, ...sizes]) } };
  },
  reference([x], weight, { channels, groups, rule, bias }) {
    const { batch, channels: inputChannels, sizes } = extentsOf(x);
    const kernel = weight("weight").data;
    const shifts = bias ? weight("bias").data : new Float64Array(channels);
    const { window } = windowOn(rule, { channels: inputChannels, sizes });
    const reads = windowReads(sizes, window);
    const y = zeros([batch, channels, ...reads.sizes]);
    const inputs = planesOf(x);
    const nRead = perGroup(inputChannels, groups);
    planesOf(y).forEach((output, index) => {
      const channel = index % channels;
      const sample = (index - channel) / channels;
      output.fill(shifts[channel] ?? 0);
      const group = Math.floor((channel * groups) / channels);
      for (let member = 0; member < nRead; member += 1) {
        const input = inputs[sample * inputChannels + group * nRead + member];
        const first = (channel * nRead + member) * reads.taps.length;
        reads.taps.forEach((tap, place) => {
          if (input !== undefined) addProducts(output, input, tap, kernel[first + place] ?? 0);
        });
      }
    });
    return y;
  },
  lower(lowering, [x], { groups, rule, bias }) {
    const { window } = windowOn(rule, boundShape(lowering.shapes[0]));
    const convolution = { kind: "convolution", window: liftWindow(window), groups } as const;
    const kernel = lowering.weight("weight", kernelLayout(window.size));
    if (!bias) return lowering.add(convolution, [x, kernel]);
    return lowering.add({ kind: "bias" }, [
      lowering.add(convolution, [x, kernel], "convolution"),
      lowering.weight("bias"),
    ]);
  },
});

/** One place of the kernel times what each window reads there. Padding is zeros, which add nothing. */
function addProducts(output: Float64Array, input: Float64Array, tap: Tap, factor: number): void {
  for (let window = 0; window < output.length; window += 1) {
    const read = tap[window] ?? 0;
    if (read >= 0) output[window] = (output[window] ?? 0) + factor * (input[read] ?? 0);
  }
}
