/** DN0411: an input whose channels stand last. */
import type { DiagnosticKind, Fix } from "../base/diagnostic.ts";
import { spanText } from "../base/source.ts";
import { listOf } from "../base/text.ts";
import { axisName, printShape, rankOf, type Shape } from "../ir/shape.ts";
import { printSize } from "../ir/size.ts";
import type { OpNode } from "../ops/op.ts";
import { defineLint, type Lint } from "./context.ts";

const layoutSuspect: DiagnosticKind<[axis: string, last: string, channels: number]> = defineLint({
  code: "DN0411",
  severity: "warning",
  message: (axis: string, last: string, channels: number) =>
    `${axis} = ${last} and C = ${channels}: are the channels of this input written last?`,
  explain: {
    title: "layout-suspect",
    text: "Types of this language begin with the channels, `[3 @ 224x224]`, as in PyTorch; Keras and picture files have them last. An input that is as high as it has channels, and 1, 3 or 4 wide, is nearly always one with its channels written last.",
    wrong:
      "dn 1;\nmodel m { set order = post; input x: f32[28 @ 28, 1]; output y = x < conv 3 -> 16; gap; linear -> 10 >; }\n",
    right:
      "dn 1;\nmodel m { set order = post; input x: f32[1 @ 28, 28]; output y = x < conv 3 -> 16; gap; linear -> 10 >; }\n",
  },
});

export const lint: Lint = {
  kinds: [layoutSuspect],
  check(context) {
    for (const { node: id } of context.graph.inputs) {
      const node = context.graph.nodes[id];
      if (node === undefined || !isReversed(node.shape)) continue;
      if (!context.knows("channels", node) || !context.knows("sizes", node)) continue;
      const { channels, sizes } = node.shape;
      const rank = rankOf(node.shape);
      const last = printSize(sizes[rank - 1] ?? 0);
      const fix = channelsFirst(node);
      context.report(layoutSuspect, [axisName(rank, rank), last, channels], node, {
        at: "0",
        label: `${channels} channels, ${listOf(sizes.map((size, axis) => `${axisName(rank, axis + 1)} = ${printSize(size)}`))}`,
        help: ["write the channels first"],
        ...(fix && { fix }),
      });
    }
  },
};

/** Of grey pictures, of those in colour, and of those with a mask. */
const LAST_CHANNELS = [1, 3, 4];
const SMALLEST_SQUARE = 8;
const SMALLEST_PICTURE = 32;

/** Whether all sizes but the last are those of a picture, as the channels would be. */
function isReversed({ channels, sizes }: Shape): boolean {
  const last = sizes.at(-1);
  const others = sizes.slice(0, -1);
  if (typeof last !== "number" || !LAST_CHANNELS.includes(last) || others.length === 0) return false;
  const isSquare = channels >= SMALLEST_SQUARE && others.every((size) => size === channels);
  const isLarge = (size: Shape["sizes"][number]): boolean =>
    typeof size !== "number" || size >= SMALLEST_PICTURE;
  return isSquare || (last === 3 && channels >= SMALLEST_PICTURE && others.every(isLarge));
}

/** Puts what is written last first; sizes that are one expression are written out. */
function channelsFirst({ shape: { channels, sizes }, origin: { parts } }: OpNode): Fix | undefined {
  const spans = [channels, ...sizes].map((_, axis) => parts.get(`${axis}`));
  const written = spans.flatMap((span) => (span === undefined ? [] : [span]));
  const [first, second] = written;
  if (first === undefined || second === undefined || written.length < spans.length) return undefined;
  const texts = written.map(spanText);
  const areApart = new Set(written.map(({ start }) => start)).size === written.length;
  const moved = areApart ? [texts.at(-1) ?? "", ...texts.slice(0, -1)] : undefined;
  const last = sizes.at(-1);
  if (moved === undefined && (/\D/.test(texts[0] ?? "") || !/^\d+(x\d+)+$/.test(texts[1] ?? "")))
    return undefined;
  const edits =
    moved === undefined
      ? [
          { span: first, text: `${last}` },
          { span: second, text: [channels, ...sizes.slice(0, -1)].join("x") },
        ]
      : written.map((span, axis) => ({ span, text: moved[axis] ?? "" }));
  const title = `write ${printShape({ channels: Number(last), sizes: [channels, ...sizes.slice(0, -1)] })}`;
  return { title, applicability: "machine-applicable", edits };
}
