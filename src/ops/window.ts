/** Windows of convolutions and pools: from what is written to one entry per axis, and the sizes that come out. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { modulo } from "../base/integers.ts";
import { count } from "../base/text.ts";
import type { Padding, Window } from "../ir/lowered.ts";
import { axisName, type BoundShape, printShape, printSizes, rankOf, type Shape } from "../ir/shape.ts";
import { mapSize, printSize, type Size } from "../ir/size.ts";
import type { PadRule, Pairs, PerAxis } from "./argument.ts";
import type { OpNode, Site } from "./op.ts";

export const wrongRank: DiagnosticKind<[problem: string]> = defineDiagnostic({
  code: "DN0306",
  message: (problem: string) => problem,
  explain: {
    title: "parameter-rank",
    text: "A window, stride, dilation or padding lists one number per spatial axis: one for signals, two for images, three for volumes. A single number holds for every axis, so blocks written with single numbers serve all three.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < maxpool 2x2x2 >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < maxpool 2x2 >; }\n",
  },
});

export const rankMismatch: DiagnosticKind<[name: string, needs: "a map" | "a vector", shape: string]> =
  defineDiagnostic({
    code: "DN0402",
    message: (name: string, needs: "a map" | "a vector", shape: string) =>
      `\`${name}\` needs ${needs}, and receives ${needs === "a map" ? "the vector" : "the map"} ${shape}`,
    explain: {
      title: "rank-mismatch",
      text: "Convolutions and pools need spatial axes; linear layers need a vector. `gap` and `flatten` turn a map into a vector, and nothing turns it back.",
      wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < linear -> 2 >; }\n",
      right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap; linear -> 2 >; }\n",
    },
  });

export const windowTooLarge: DiagnosticKind<[window: string, size: string]> = defineDiagnostic({
  code: "DN0406",
  message: (window: string, size: string) => `${window} does not fit in ${size}`,
  explain: {
    title: "window-too-large",
    text: "A window must fit into its input with the padding. When it does not, the input of the network is too small for its depth, or one stage too many halves the sizes.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 2x2]; output y = x < maxpool 3 >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 4x4]; output y = x < maxpool 3 >; }\n",
  },
});

export const paddingTooLarge: DiagnosticKind<[pad: number, limit: string]> = defineDiagnostic({
  code: "DN0407",
  message: (pad: number, limit: string) => `padding ${pad} is more than ${limit}`,
  explain: {
    title: "padding-too-large",
    text: "A pool may pad by at most half of its window; with more, some windows would see nothing but padding. `pad (mode=reflect)` mirrors the rows behind the outermost one, so it adds at most as many as there are.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < maxpool 2 (pad=2) /2 >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < maxpool 2 (pad=1) /2 >; }\n",
  },
});

export interface WindowRequest {
  readonly kernel: PerAxis;
  readonly stride?: PerAxis | undefined;
  /** What a stride left out means. */
  readonly defaultStride: "one" | "window";
  readonly dilation?: PerAxis | undefined;
  readonly pad?: PadRule | undefined;
  /** Padding where no rule is written: `floor(reach / 2)` everywhere, or only where the stride is smaller than the window. */
  readonly defaultPad: "always" | "overlapping";
  readonly ceil?: boolean | undefined;
}

/** One entry per axis of `shape`, a guess where the list does not fit (reported); `undefined` for a vector (reported). */
export function resolveWindow(
  name: string,
  request: WindowRequest,
  shape: Shape,
  site: Site,
): WindowRule | undefined {
  if (!checkMap(name, shape, site)) return undefined;
  const rank = rankOf(shape);
  const size = spread(request.kernel, rank, "window size", "kernel", site);
  const stride =
    request.stride === undefined && request.defaultStride === "window"
      ? size
      : spread(request.stride ?? [1], rank, "stride", "stride", site);
  const dilation = spread(request.dilation ?? [1], rank, "dilation", "dilation", site);
  const written = padPairs(request.pad, rank, site);
  const padding = size.map((k, axis): Padding | "same" => {
    const [s = 1, d = 1] = [stride[axis], dilation[axis]];
    if (written === "same") return "same";
    if (written === "valid") return [0, 0];
    if (written !== "default") return written[axis] ?? [0, 0];
    const overlaps = request.stride !== undefined && s < k;
    if (request.defaultPad === "overlapping" && !overlaps) return [0, 0];
    const half = Math.floor((d * (k - 1)) / 2);
    return [half, half];
  });
  return { size, stride, dilation, padding, ceil: request.ceil ?? false };
}

/** Whether the first operand has spatial axes; reports DN0402 otherwise. */
export function checkMap(name: string, input: Shape, site: Site): boolean {
  if (rankOf(input) > 0) return true;
  site.report(rankMismatch, [name, "a map", printShape(input)], {
    claims: [{ input: 0, axis: "rank" }],
    help: ["put it before the value becomes a vector"],
  });
  return false;
}

/** A window as it was written, before it is known what it works on. One entry per axis. */
export interface WindowRule extends Omit<Window, "padding"> {
  /** `same`: as much as the length asks for. */
  readonly padding: readonly (Padding | "same")[];
  /** Whether a last, partial window is kept (PyTorch's ceil_mode). */
  readonly ceil: boolean;
}

/** What the attributes of convolutions and pools have. */
export interface WindowAttrs {
  readonly rule: WindowRule;
}

/** The rule on one axis of a certain length. */
interface AxisWindow {
  readonly padding: Padding;
  /** How far the last window stands out behind the padding (ceil mode). */
  readonly overhang: number;
  /** What is left for the window to move in; negative when it does not fit. */
  readonly free: number;
}

function axisWindow(rule: WindowRule, axis: number, length: number): AxisWindow {
  const [k = 1, s = 1, d = 1] = [rule.size[axis], rule.stride[axis], rule.dilation[axis]];
  const written = rule.padding[axis] ?? [0, 0];
  const padding = written === "same" ? samePadding(length, reach(k, d), s) : written;
  const free = length + padding[0] + padding[1] - reach(k, d);
  const overhang = rule.ceil ? overhangOf(length + padding[0], free, s) : 0;
  return { padding, overhang, free: free + overhang };
}

/** PyTorch's rule (`pooling_output_shape`): the last window must start inside the input or its leading padding. */
function overhangOf(end: number, free: number, stride: number): number {
  const missing = modulo(-free, stride);
  return free + missing < end ? missing : 0;
}

/** The padding and overhang that the rule comes to on a value of these sizes. */
export function windowOn(
  rule: WindowRule,
  { sizes }: BoundShape,
): { window: Window; overhang: readonly number[] } {
  const axes = sizes.map((length, axis) => axisWindow(rule, axis, length));
  const { size, stride, dilation } = rule;
  return {
    window: { size, stride, dilation, padding: axes.map(({ padding }) => padding) },
    overhang: axes.map(({ overhang }) => overhang),
  };
}

/** How many positions a dilated window spans. */
export function reach(size: number, dilation: number): number {
  return dilation * (size - 1) + 1;
}

/** TensorFlow's rule: the output has ceil(length / stride) positions, the odd one of the padding goes last. */
function samePadding(length: number, span: number, stride: number): Padding {
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + span - length);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** One number per axis; a single number holds for all. Reports DN0306 otherwise, and guesses that too. */
export function spread(values: PerAxis, rank: number, what: string, at: string, site: Site): PerAxis {
  const all = Array.from({ length: rank }, () => values[0] ?? 1);
  if (values.length === 1) return all;
  if (values.length === rank) return values;
  const [first] = values;
  site.report(wrongRank, [`${count(values.length, what)} for ${axes(rank)}`], {
    at,
    label: `the value here has ${axes(rank)}`,
    notes: [`this looks like a ${values.length}-D setting`],
    help: [rank === 1 ? "write a single number" : `write a single number, or ${count(rank, "number")}`],
    fix: (edits) =>
      values.some((value) => value !== first)
        ? undefined
        : edits.replaceKernel(at, { title: `write \`${first}\``, text: `${first}` }),
  });
  return all;
}

function axes(rank: number): string {
  return count(rank, "spatial axis", "spatial axes");
}

function padPairs(
  pad: PadRule | undefined,
  rank: number,
  site: Site,
): readonly Padding[] | "same" | "valid" | "default" {
  if (pad === undefined) return "default";
  if (typeof pad === "string") return pad;
  return spreadPairs(pad, rank, "pad", site) ?? "default";
}

/** One pair per axis; a single pair holds for all. Reports DN0306 otherwise. */
export function spreadPairs(
  pairs: Pairs,
  rank: number,
  at: string,
  site: Site,
): readonly Padding[] | undefined {
  if (pairs.length === 1) return Array.from({ length: rank }, () => pairs[0] ?? [0, 0]);
  if (pairs.length === rank) return pairs;
  site.report(wrongRank, [`${count(pairs.length, "padding")} for ${axes(rank)}`], {
    at,
    help: [`write one padding, or ${rank}: one per axis`],
  });
  return undefined;
}

/**
 * Sizes after the window: `floor((n + before + after + overhang - reach) / stride) + 1` (Dumoulin and Visin 2016).
 * Reports DN0406 where a window does not fit.
 */
export function windowedSizes(name: string, rule: WindowRule, shape: Shape, site: Site): readonly Size[] {
  const misfits: number[] = [];
  const sizes = shape.sizes.map((length, axis) => {
    const stride = rule.stride[axis] ?? 1;
    // Paddings and overhangs depend on the length modulo the stride, so a stride more is a position more.
    const step = { every: stride, by: 1 };
    const claim = { input: 0, axis: axis + 1 };
    if (
      !site.demand(
        length,
        (n) => axisWindow(rule, axis, n).free >= 0,
        { every: stride, from: smallestFit(rule, axis), rises: true },
        claim,
      )
    ) {
      misfits.push(axis);
      return 1;
    }
    return mapSize(length, (n) => Math.floor(axisWindow(rule, axis, n).free / stride) + 1, step);
  });
  const [first] = misfits;
  if (first !== undefined) {
    const reaches = rule.size.map((size, axis) => reach(size, rule.dilation[axis] ?? 1));
    const pads = rule.padding.some((pair) => pair !== "same" && pair[0] + pair[1] > 0);
    site.report(
      windowTooLarge,
      [
        `window ${reaches.join("x")} of \`${name}\``,
        `${printSizes(shape.sizes)}${pads ? " with its padding" : ""}`,
      ],
      {
        at: "kernel",
        label: `${axisName(rankOf(shape), first + 1)} is ${printSize(shape.sizes[first] ?? 0)} here`,
        claims: misfits.map((axis) => ({ input: 0, axis: axis + 1 })),
        help: ["use a larger input, or leave out one of the stages before it that make the sizes smaller"],
      },
    );
  }
  return sizes;
}

/** A length from which the window surely fits. */
function smallestFit(rule: WindowRule, axis: number): number {
  return reach(rule.size[axis] ?? 1, rule.dilation[axis] ?? 1);
}

/** The window of a convolution or pool. */
export function windowRuleOf(node: OpNode): WindowRule | undefined {
  const { attrs } = node;
  return typeof attrs === "object" && attrs !== null && "rule" in attrs
    ? (attrs.rule as WindowRule)
    : undefined;
}

/** After how many rows the question which rows are read repeats, and from which length on. */
export function rowPeriod(rule: WindowRule, axis: number): { every: number; from: number } {
  return { every: rule.stride[axis] ?? 1, from: 2 * smallestFit(rule, axis) + (rule.stride[axis] ?? 1) };
}

/** Whether no row can be lost, whatever the length: windows without gaps that move by one. */
export function readsEachRow({ stride, dilation }: WindowRule, axis: number): boolean {
  return stride[axis] === 1 && dilation[axis] === 1;
}

/** Whether each row of an axis of this length is read by a window of one of the rules at least. */
export function readsAllRows(rules: readonly WindowRule[], axis: number, length: number): boolean {
  const isRead = new Uint8Array(Math.max(0, length));
  for (const rule of rules) {
    const [size = 1, stride = 1, dilation = 1] = [rule.size[axis], rule.stride[axis], rule.dilation[axis]];
    const { padding, free } = axisWindow(rule, axis, length);
    for (let start = 0; start <= free; start += stride) {
      for (let tap = 0; tap < size; tap += 1) {
        const row = start - padding[0] + tap * dilation;
        if (row >= 0 && row < length) isRead[row] = 1;
      }
    }
  }
  return isRead.every((read) => read === 1);
}

/** The window of a node as it comes out on its input; paddings that depend on a free size are shown as none. */
export function windowOf(node: OpNode, input: Shape | undefined): Window | undefined {
  const rule = windowRuleOf(node);
  if (rule === undefined || input === undefined) return undefined;
  const { channels, sizes } = input;
  return windowOn(rule, { channels, sizes: sizes.map((size) => (typeof size === "number" ? size : 0)) })
    .window;
}
