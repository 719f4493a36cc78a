/** What maximum and average pooling share: arguments, window, ceil mode, sizes. */
import type { Shape } from "../ir/shape.ts";
import { type Argument, type Arguments, boolean, type PadRule, padRule } from "./argument.ts";
import type { Call, Expansion, MemoryUse, Site } from "./op.ts";
import {
  paddingTooLarge,
  resolveWindow,
  type WindowAttrs,
  type WindowRule,
  windowedSizes,
} from "./window.ts";

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

/** The pool's window; `undefined`: reported. */
export function poolAttrs(
  name: string,
  call: Call<PoolArguments>,
  shape: Shape,
  site: Expansion,
): WindowAttrs | undefined {
  const { pad = site.settings.pad, ceil } = call.arguments;
  const { kernel = [1], stride } = call;
  const rule = resolveWindow(
    name,
    { kernel, stride, defaultStride: "window", pad, defaultPad: "overlapping", ceil },
    shape,
    site,
  );
  if (rule === undefined) return undefined;
  checkPadding(rule, site);
  return { rule };
}

/** Whether each window is one element: then the pool is a strided slice, as PyTorch writes it, and computes nothing. */
export function selects({ rule }: WindowAttrs): boolean {
  return (
    rule.size.every((size) => size === 1) &&
    // Windows of one element need no padding to have a position in each stride.
    rule.padding.every((pad) => pad === "same" || Math.max(...pad) === 0)
  );
}

export const VIEW: MemoryUse = { result: "view", keeps: "nothing" };

export function poolShape(name: string, input: Shape, { rule }: WindowAttrs, site: Site): Shape {
  return { channels: input.channels, sizes: windowedSizes(name, rule, input, site) };
}

function checkPadding({ size, padding }: WindowRule, site: Site): void {
  const axis = padding.findIndex(
    (pair, index) => pair !== "same" && Math.max(...pair) > (size[index] ?? 1) / 2,
  );
  const [window, pair] = [size[axis], padding[axis]];
  if (window === undefined || pair === undefined || pair === "same") return;
  site.report(paddingTooLarge, [Math.max(...pair), `half of window ${window}`], {
    at: "pad",
    help: [`pad by at most ${Math.floor(window / 2)}`],
  });
}
