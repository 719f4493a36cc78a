/** What maximum and average pooling share: arguments, window, ceil mode, sizes. */
import type { Window } from "../ir/lowered.ts";
import type { Shape } from "../ir/shape.ts";
import { type Argument, type Arguments, boolean, type PadRule, padRule } from "./argument.ts";
import type { Call, Expansion, Site } from "./op.ts";
import { paddingTooLarge, reach, resolveWindow, windowedSizes } from "./window.ts";

export interface PoolAttrs {
  readonly window: Window;
  /** How far the last window stands out behind the padding, per axis (ceil mode). */
  readonly overhang: readonly number[];
}

export interface PoolArguments extends Arguments {
  readonly pad: Argument<PadRule>;
  readonly ceil: Argument<boolean>;
}

export const poolArguments: PoolArguments = {
  pad: {
    type: padRule,
    summary: "padding",
    default: "floor((K-1)/2) where a smaller stride is written, else 0",
  },
  ceil: { type: boolean, summary: "keeps the last, partial window (PyTorch's ceil_mode)", default: "false" },
};

/** The pool's window on this shape; `undefined`: reported. */
export function poolAttrs(
  name: string,
  call: Call<PoolArguments>,
  shape: Shape,
  site: Expansion,
): PoolAttrs | undefined {
  const { pad, ceil } = call.arguments;
  const rule = pad ?? site.settings.pad;
  const window = resolveWindow(
    name,
    {
      kernel: call.kernel ?? [1],
      stride: call.stride,
      defaultStride: "window",
      pad: rule,
      defaultPad: "overlapping",
    },
    shape,
    site,
  );
  if (window === undefined) return undefined;
  if (rule !== "same") checkPadding(window, site);
  return {
    window,
    overhang: shape.sizes.map((length, axis) => (ceil === true ? overhangOf(length, window, axis) : 0)),
  };
}

export function poolShape(name: string, input: Shape, { window, overhang }: PoolAttrs, site: Site): Shape {
  return { channels: input.channels, sizes: windowedSizes(name, window, input, site, overhang) };
}

function checkPadding(window: Window, site: Site): void {
  const axis = window.padding.findIndex((pads, index) => Math.max(...pads) > (window.size[index] ?? 1) / 2);
  const [size, padding] = [window.size[axis], window.padding[axis]];
  if (size === undefined || padding === undefined) return;
  site.report(paddingTooLarge, [Math.max(...padding), size], {
    at: "pad",
    help: [`pad by at most ${Math.floor(size / 2)}`],
  });
}

/** The last window must start inside the input or its leading padding (PyTorch, `pooling_output_shape`). */
function overhangOf(length: number, window: Window, axis: number): number {
  const [before, after] = window.padding[axis] ?? [0, 0];
  const [size, stride] = [window.size[axis] ?? 1, window.stride[axis] ?? 1];
  const free = length + before + after - reach(size, window.dilation[axis] ?? 1);
  const missing = (stride - (free % stride)) % stride;
  const lastStart = free + missing;
  return lastStart < length + before ? missing : 0;
}
