/** Transposed convolution: every element of the input adds its multiple of the kernel to the output. */
import type { Window } from "../ir/lowered.ts";
import { type BoundShape, boundShape, printShape, product, rankOf } from "../ir/shape.ts";
import { mapSize, type Size } from "../ir/size.ts";
import { boolean, type PerAxis, perAxis } from "./argument.ts";
import { outOfRange } from "./call-problems.ts";
import { checkBothGroups, perGroup } from "./groups.ts";
import { kernelLayout, liftWindow } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";
import { readsElement, windowReads } from "./reference-window.ts";
import type { Init } from "./settings.ts";
import { applyUnit, unitArguments, withOwnOrder } from "./unit.ts";
import { checkMap, spread, windowTooLarge } from "./window.ts";

export interface UpconvAttrs {
  readonly channels: number;
  readonly groups: number;
  readonly bias: boolean;
  readonly init: Init;
  readonly size: PerAxis;
  readonly stride: PerAxis;
  /** How many rows the output loses at each end. */
  readonly pad: PerAxis;
  /** How many it gets back at the last end; less than the stride, or by default at most as many as were taken off. */
  readonly outpad: PerAxis;
}

const { groups, order, act, init } = unitArguments;

export const upconv: OpStage<UpconvAttrs> = defineOp({
  name: "upconv",
  group: "units",
  summary:
    "Transposed convolution; the output is exactly the stride times the input unless `pad` or `outpad` is written. Never expanded by the ambient `order`.",
  slots: { kernel: "optional", stride: "optional", channels: "optional" },
  arguments: {
    pad: { type: perAxis(0), summary: "rows taken off both ends", default: "ceil((K-s)/2), at least 0" },
    outpad: { type: perAxis(0), summary: "rows added at the last end", default: "2*pad - (K-s)" },
    groups,
    bias: { type: boolean, summary: "adds a learnt number per channel", default: "true" },
    order,
    act,
    init,
  },
  examples: [
    {
      source: "upconv -> 32",
      input: { channels: 64, sizes: [28, 28] },
      output: { channels: 32, sizes: [56, 56] },
      parameters: 8224,
    },
    {
      source: "upconv 3 (order=post, groups=2) -> 6",
      input: { channels: 4, sizes: [5, 7] },
      output: { channels: 6, sizes: [10, 14] },
      parameters: 120,
    },
    {
      source: "upconv 2 /1 -> 8",
      input: { channels: 4, sizes: [5, 7] },
      output: { channels: 8, sizes: [5, 7] },
      parameters: 136,
    },
    {
      source: "upconv 4 (pad=0, bias=false) /3 -> 2",
      input: { channels: 3, sizes: [5] },
      output: { channels: 2, sizes: [16] },
      parameters: 24,
    },
  ],
  readsGrowth: true,
  apply: (op, call, [input], expansion) =>
    applyUnit(op, withOwnOrder(call), call.channels ?? expansion.growth(), input, expansion),
  attrs({ kernel, stride, channels = 1, arguments: given }, [input], site) {
    if (!checkMap("upconv", input, site)) return undefined;
    const rank = rankOf(input);
    const size = spread(kernel ?? [2], rank, "window size", "kernel", site);
    const step = spread(stride ?? [2], rank, "stride", "stride", site);
    const written = given.pad ?? given.outpad;
    const excess = size.map((k, axis) => k - (step[axis] ?? 1));
    const halves = excess.map((amount) => Math.max(0, Math.ceil(amount / 2)));
    const pad = written === undefined ? halves : spread(given.pad ?? [0], rank, "padding", "pad", site);
    const outpad =
      written === undefined
        ? excess.map((amount, axis) => 2 * (halves[axis] ?? 0) - amount)
        : spread(given.outpad ?? [0], rank, "padding", "outpad", site);
    const odd = outpad.findIndex((amount, axis) => amount >= (step[axis] ?? 1));
    if (odd >= 0 && written !== undefined) {
      site.report(outOfRange, ["`outpad`", `less than the stride ${step[odd]}`, `${outpad[odd]}`], {
        at: "outpad",
        help: ["rows behind the last window would be zeros: pad the result instead"],
      });
      return undefined;
    }
    return {
      channels,
      groups: given.groups ?? 1,
      bias: given.bias ?? true,
      init: given.init ?? site.settings.init ?? "kaiming",
      size,
      stride: step,
      pad,
      outpad,
    };
  },
  shape([input], attrs, site) {
    const { channels, groups, size, stride, pad, outpad } = attrs;
    checkBothGroups(groups, input.channels, channels, site);
    const misfits: number[] = [];
    const sizes = input.sizes.map((length, axis): Size => {
      const [k = 1, s = 1, p = 0, o = 0] = [size[axis], stride[axis], pad[axis], outpad[axis]];
      // Dumoulin and Visin 2016, relationship 14.
      const change = (n: number): number => (n - 1) * s - 2 * p + k + o;
      const step = { every: 1, from: Math.ceil((2 * p) / s) + 1, rises: true } as const;
      if (!site.demand(length, (n) => change(n) >= 1, step, { input: 0, axis: axis + 1 })) {
        misfits.push(axis);
        return 1;
      }
      return mapSize(length, change, { every: 1, by: s });
    });
    if (misfits.length > 0) {
      site.report(windowTooLarge, [`padding ${pad.join("x")} of \`upconv\``, printShape(input)], {
        at: "pad",
        label: "it takes off all rows that come out",
        claims: misfits.map((axis) => ({ input: 0, axis: axis + 1 })),
        help: ["pad less"],
      });
    }
    return { channels, sizes };
  },
  weights([input], { channels, groups, size, bias }) {
    const shape = [input.channels, perGroup(channels, groups), ...size];
    const kernel = { name: "weight", role: "kernel", shape } as const;
    return bias ? [kernel, { name: "bias", role: "bias", shape: [channels] }] : [kernel];
  },
  // Every input element is multiplied by the window of each channel of its group.
  macs: ([input], output, { groups, size }) =>
    product([input.channels, ...input.sizes, perGroup(output.channels, groups), ...size]),
  reference([x], weight, attrs) {
    const { batch, channels: inputChannels, sizes } = extentsOf(x);
    const { channels, groups, bias, size } = attrs;
    const kernel = weight("weight").data;
    const shifts = bias ? weight("bias").data : new Float64Array(channels);
    const outputSizes = sizesOf({ channels: inputChannels, sizes }, attrs);
    const y = zeros([batch, channels, ...outputSizes]);
    const outputs = planesOf(y);
    outputs.forEach((output, index) => {
      output.fill(shifts[index % channels] ?? 0);
    });
    // The windows of the convolution that this is the transpose of: one an input element.
    const { taps } = windowReads(outputSizes, windowOf(attrs));
    const nWritten = channels / groups;
    const nTaps = Number(product(size));
    planesOf(x).forEach((input, index) => {
      const channel = index % inputChannels;
      const sample = (index - channel) / inputChannels;
      const first = sample * channels + Math.floor((channel * groups) / inputChannels) * nWritten;
      for (let member = 0; member < nWritten; member += 1) {
        const output = outputs[first + member];
        taps.forEach((tap, place) => {
          const factor = kernel[(channel * nWritten + member) * nTaps + place] ?? 0;
          tap.forEach((target, position) => {
            if (output === undefined || !readsElement(target)) return;
            output[target] = (output[target] ?? 0) + factor * (input[position] ?? 0);
          });
        });
      }
    });
    return y;
  },
  lower(lowering, [x], attrs) {
    const { groups, bias, size } = attrs;
    const sizes = sizesOf(boundShape(lowering.shapes[0]), attrs);
    const transposed = {
      kind: "transposed-convolution",
      window: liftWindow(windowOf(attrs)),
      sizes: size.length === 1 ? [1, ...sizes] : sizes,
      groups,
    } as const;
    const kernel = lowering.weight("weight", kernelLayout(size));
    if (!bias) return lowering.add(transposed, [x, kernel]);
    return lowering.add({ kind: "bias" }, [
      lowering.add(transposed, [x, kernel], "transposed"),
      lowering.weight("bias"),
    ]);
  },
});

function sizesOf({ sizes }: BoundShape, { size, stride, pad, outpad }: UpconvAttrs): readonly number[] {
  return sizes.map(
    (n, axis) =>
      (n - 1) * (stride[axis] ?? 1) - 2 * (pad[axis] ?? 0) + (size[axis] ?? 1) + (outpad[axis] ?? 0),
  );
}

/** Of the convolution from the output to the input. */
function windowOf({ size, stride, pad, outpad }: UpconvAttrs): Window {
  const padding = pad.map((amount, axis) => {
    const given = outpad[axis] ?? 0;
    // A stride that is left over at the end stands for no element of the input; a whole one is a row less taken off.
    return [amount, given < (stride[axis] ?? 1) ? amount : amount - given] as const;
  });
  return { size, stride, dilation: size.map(() => 1), padding };
}
